"""What Slack's error codes mean for whoever called, in ``ports``' words.

Codes: the method pages of docs.slack.dev (chat.postMessage, chat.update, files.completeUploadExternal, ...).
"""

from collections.abc import Mapping
from datetime import timedelta

from domain.core.errors import Ambiguous, Invalid, LegworkError, Misconfigured, NotFound, Refused, Unavailable

LIMITED = "ratelimited"
"""The ``reason`` of the Unavailable that a rate limit raises."""

_DEFAULT_WAIT = 30
"""Seconds to wait where a rate limit names none."""

_INVALID = frozenset(
    {
        "block_mismatch",
        "blocks_too_long",
        "invalid_attachments",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_chunks",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
    }
)

_GONE = frozenset({"cant_update_message", "edit_window_closed", "file_deleted", "file_not_found", "message_not_found"})

_LATER = frozenset({"accesslimited", "request_timeout", "service_unavailable", "team_added_to_org"})

_PERHAPS = frozenset({"fatal_error", "internal_error"})
"""Slack says of both that a part of what was asked may have happened."""

_REFUSED: Mapping[str, tuple[str, str]] = {
    "account_inactive": ("Slack has deactivated Legwork's bot.", "An admin has to install the app again."),
    "channel_not_found": ("This channel is not open to Legwork.", "Invite it with “/invite @Legwork”."),
    "invalid_auth": (
        "Slack does not accept a token of SLACK_BOT_TOKEN.",
        "An admin has to set the token of the installed app.",
    ),
    "is_archived": ("This channel is archived.", "An admin has to unarchive it, or ask in another one."),
    "messages_tab_disabled": ("The app's messages tab is off.", "An admin has to switch it on under App Home."),
    "missing_scope": ("Legwork's Slack app lacks a permission.", "An admin has to update its manifest and reinstall."),
    "not_authed": (
        "Slack does not accept a token of SLACK_BOT_TOKEN.",
        "An admin has to set the token of the installed app.",
    ),
    "not_in_channel": ("Legwork is not in this channel.", "Invite it with “/invite @Legwork”."),
    "restricted_action": ("This channel may not be written to.", "An admin has to change who may post there."),
    "token_expired": ("Legwork's Slack token has expired.", "An admin has to install the app again."),
    "token_revoked": ("Legwork's Slack token was revoked.", "An admin has to install the app again."),
}


def explained(code: str, *, retry_after: str | None = None) -> LegworkError:
    """The error that stands for a refusal of Slack's; ``reason`` is Slack's own code."""
    if code in (LIMITED, "rate_limited"):
        wait = int(retry_after) if retry_after is not None and retry_after.isdigit() else _DEFAULT_WAIT
        return Unavailable("Slack asks for patience.", code=LIMITED, after=timedelta(seconds=wait))
    if code in _INVALID:
        return Invalid(f"Slack rejects the form of the message ({code}).", code=code)
    if code in _GONE:
        return NotFound("That message is no longer in Slack.", code=code)
    if code in _LATER:
        return Unavailable(f"Slack cannot do that at the moment ({code}).", code=code)
    if code in _PERHAPS:
        return Ambiguous(f"Slack failed while doing it ({code}).", code=code)
    sentence, remedy = _REFUSED.get(
        code, (f"Slack refused: {code}.", "An admin can look the code up at docs.slack.dev.")
    )
    return Refused(sentence, remedy=remedy, code=code)


def app_token_refused(code: str) -> Misconfigured:
    """What it means that Slack opens no connection with the app's token."""
    return Misconfigured(
        f"Slack refuses SLACK_APP_TOKEN ({code}).",
        remedy="Make an app-level token with the scope connections:write; docs/slack.md shows where.",
    )


def of_status(status: int) -> LegworkError:
    """The error that stands for an answer which is no JSON. Only a 503 says that nothing was done."""
    if status == 503:
        return Unavailable("Slack is overloaded.", code="http_503")
    return Ambiguous(f"Slack's answer could not be read (status {status}).", code=f"http_{status}")
