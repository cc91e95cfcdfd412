"""Whether a process may start with the key that is given; looked at before anything else is loaded."""

from domain.core.errors import Misconfigured
from domain.core.settings import Settings

MAKE = "Make one with: head -c 32 /dev/urandom | base64"


def is_own(settings: Settings) -> bool:
    """Whether the key is Legwork's own, in the data directory: nobody has given one."""
    return settings.key is None and settings.key_file is None and settings.key_command is None


def required(settings: Settings) -> None:
    """Raises Misconfigured in production without a key: one that Legwork makes itself lies beside the data."""
    if is_own(settings) and settings.env == "production":
        raise Misconfigured(
            "In production secrets need a key that is kept apart from them.",
            remedy=f"Set LEGWORK_KEY, LEGWORK_KEY_FILE or LEGWORK_KEY_COMMAND. {MAKE}",
            code="no_key",
        )
