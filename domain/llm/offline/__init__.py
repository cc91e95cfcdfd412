"""Answers by rules where no model is configured: it says so, and says what it can do."""
