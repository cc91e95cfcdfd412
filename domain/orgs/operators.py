"""Who runs this installation: the accounts named in the settings, and whoever sits at its console."""

from domain.core.settings import Settings

CONSOLE = "console"
"""The platform of terminals: who can start one here holds the address of the database, or its files."""


def account(platform: str, workspace: str, person: str) -> str:
    """An account of a platform as ``LEGWORK_PLATFORM_ADMINS`` names it."""
    return f"{platform}:{workspace}:{person}"


def is_named(settings: Settings, platform: str, workspace: str, person: str | None) -> bool:
    """Whether it is the console, or an account named in the settings. ``person``: the platform's id, if said."""
    return platform == CONSOLE or (
        person is not None and account(platform, workspace, person) in settings.platform_admins
    )
