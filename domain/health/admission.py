"""Who is let in, in effect."""

from collections.abc import Sequence

from domain.core.settings import Settings
from domain.health.check import Finding, ok, warning

__all__ = ["admission"]

_NAME = "admission"
_WHO = {
    "open": "Everybody who finds Legwork may have work done.",
    "request": "New people and groups wait until a platform admin lets them in.",
    "invited": "Only invited people may have work done, and whom a platform admin lets in.",
}


async def admission(settings: Settings, appointed: int) -> Sequence[Finding]:
    """What ``LEGWORK_ADMISSION`` comes to, and who runs the installation: whoever sits at its console (it takes the
    database to start one), who is named in the settings, and who was ``appointed``."""
    named = len(settings.platform_admins)
    admins = f"whoever sits at a console here, {named} named in the settings, {appointed} appointed"
    said = f"{_WHO[settings.admits]} Platform admins: {admins}."
    if settings.admits == "open" and settings.env == "production":
        return [
            warning(_NAME, said, "Set LEGWORK_ADMISSION to request or invited, unless everybody may spend your model.")
        ]
    if settings.admits != "open" and not named and not appointed:
        remedy = "Name one in LEGWORK_PLATFORM_ADMINS, or make one with “legwork admin init”."
        return [warning(_NAME, said, remedy)]
    return [ok(_NAME, said)]
