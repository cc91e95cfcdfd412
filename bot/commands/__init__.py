"""Commands: one file a noun, declared once, served on every platform."""

from bot.commands.table import CommandTable

__all__ = ["CommandTable"]
