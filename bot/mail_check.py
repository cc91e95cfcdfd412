"""What ``legwork doctor`` finds about the mail server: whether it lets us in. Nothing is mailed."""

from collections.abc import Sequence

from domain.core.errors import Unavailable
from domain.core.settings import Settings
from domain.health import Finding, error, ok, warning

__all__ = ["LIMIT", "mail"]

LIMIT = 35.0
"""Seconds."""

_NAME = "mail"


async def mail(settings: Settings) -> Sequence[Finding]:
    """Nothing where no mail server is set."""
    if settings.mail_url is None:
        return []
    if not settings.has_mail:
        return [warning(_NAME, "A mail server is set, and no sender: no mail is sent.", "Set LEGWORK_MAIL_FROM.")]
    from domain.emails.smtp import Smtp  # what it needs is loaded only where mail is sent

    try:
        return [ok(_NAME, f"Mail goes by {await Smtp.by(settings).check()}.")]
    except Unavailable as away:
        return [error(_NAME, away.sentence, "Check LEGWORK_MAIL_URL and LEGWORK_MAIL_TLS.")]
