"""What a person sees, the same on every platform: ``compose`` makes a view, each platform dresses it."""

from bot.views.compose import buttons, compose

__all__ = ["buttons", "compose"]
