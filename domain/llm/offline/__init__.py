"""Answers by rules where no model is configured: it says so, and says what it can do.

A file a rule. ``decide.RULES`` is the order in which they are asked: the first that knows the message answers it.
"""
