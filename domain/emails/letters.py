"""What mails say, in plain words. Names in them are anybody's: they are shown as names, and lead nowhere."""

import re
from collections.abc import Sequence
from datetime import datetime

from domain.emails.mailer import Letter

_SHOWN = 60
"""Characters of a name."""
_LEADS = re.compile(r"(?<=\w)(?:[.:/@\\\u3002\uff0e\uff0f\uff1a\uff20\uff61]+)(?=[\w/])")
"""Programs take the dots and signs of East Asian writing for the same (https://www.unicode.org/reports/tr46/#Notation)."""


def plain(name: str) -> str:
    """A name in one line, in which no mail program finds an address to open."""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    shown = _LEADS.sub(" ", words)
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1].rstrip()}…"


def moment(at: datetime) -> str:
    return f"{at:%-d %B %Y, %H:%M} UTC"


def invitation(key: str, to: str, *, org: str, inviter: str, role: str, until: datetime, ways: Sequence[str]) -> Letter:
    """``ways`` lead in, each a sentence with the link in it."""
    listed = "\n\n".join(f"- {way}" for way in ways)
    return Letter(
        key,
        to,
        f"You are invited to {plain(org)}",
        f"“{plain(inviter)}” invites you to join “{plain(org)}” on Legwork, as {role}: it does work for people who "
        f"write to it in chat.\n\nThe invitation is good until {moment(until)}, for you alone. To accept, do one of "
        f"these:\n\n{listed}\n\n"
        "Did you not expect this? Then do nothing: you become a member of nothing, and no reminder follows.\n",
    )


def ownership(key: str, to: str, *, account: tuple[str, str], until: datetime, page: str) -> Letter:
    """Whoever reads this says whether the address is theirs. ``account``: what who asks is called, and where."""
    name, where = map(plain, account)
    return Letter(
        key,
        to,
        "Is this your mail address?",
        f"“{name}” on {where} asks Legwork to make {to} one of their accounts.\n\n"
        f"If that is you, open this page until {moment(until)}, and press the button there:\n\n{page}\n\n"
        "You are then asked once more, in the chat where you asked for this.\n\n"
        "Did you not expect this? Then do nothing: nothing is joined, and no reminder follows.\n",
    )
