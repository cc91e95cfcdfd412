"""Secrets at rest: each sealed under a data key of its organization, each data key wrapped by a key kept elsewhere.

A **keyring** seals and opens. What is sealed is bound to its table, organization, row and version: copied to another
place it does not open. Nothing of ``cryptography`` is loaded before the first secret.
"""
