"""What every way in needs: docs/permissions.md, from the lists that decide it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.commands import confirming
from bot.commands.own_thread import SET
from bot.commands.table import NOUNS
from bot.slack import forms
from domain.flow.understand.acts import ACTS, PAUSE, PRESSES, READ, RESUME, STOP
from domain.orgs.access import ROLES, Act, Others, Permission, Role


@dataclass(frozen=True, slots=True)
class Way:
    """A way in, and what it needs. ``permission`` None: it is no person of an organization who comes this way."""

    name: str
    permission: Permission | None
    besides: str = ""
    """What else decides."""


COMMANDED = "as the command that it carries"

_OTHERS: Mapping[Others, str] = MappingProxyType(
    {
        "nobody": "one's own",
        "overseers": "one's own; anybody's: who oversees the organization",
        "deciders": "one's own; in shared chats, where `approvals` is `admins`: who oversees the organization",
        "readers": "one's own; a shared chat's: who is there, and who oversees the organization",
    }
)

_CARRYING: Mapping[str, str] = MappingProxyType(
    {
        "command": COMMANDED,
        "details": "as `/tasks show`",
        confirming.CONFIRM: "as the command it was asked for; the same person, within five minutes, once",
        forms.FORM_ACTION: "opens a form, and shows nothing",
    }
)
"""Buttons that lead to something else."""

_AS: Mapping[str, Act] = MappingProxyType(
    {
        **ACTS,
        **dict.fromkeys(("threads.rename", "threads.model", "threads.instructions", "models.use"), SET),
        **dict.fromkeys(("stop.now", "cancel.now"), STOP),
        "pause.now": PAUSE,
        "resume.now": RESUME,
        **dict.fromkeys(("tasks.logs", "tasks.files"), READ),
    }
)
"""What the commands do that are done to what is somebody's."""

FORMS: Mapping[str, Way] = MappingProxyType(
    {
        forms.COMMAND: Way(forms.COMMAND, Permission.SEE, COMMANDED),
        forms.GIVE: Way(forms.GIVE, Permission.WORK, "it begins one's own work"),
    }
)
"""Forms of a platform."""

ROUTES: Mapping[str, Way] = MappingProxyType(
    {
        "/healthz": Way("/healthz", None, "anybody: it says that the process lives"),
        "/readyz": Way("/readyz", None, "anybody: it names what does not answer"),
        "/l/{token}": Way("/l/{token}", None, "who holds the link, once; looking at it uses up nothing"),
        "/account": Way("/account", None, "whose browser is signed in"),
        "/account/sign-out": Way("/account/sign-out", None, "the same, by a form of that page"),
        "/account/sign-out-everywhere": Way("/account/sign-out-everywhere", None, "the same, by a form of that page"),
        "/slack/events": Way("/slack/events", None, "Slack, by its signature"),
        "/slack/install": Way("/slack/install", None, "anybody: it leads to Slack, which says who may install apps"),
        "/slack/oauth": Way("/slack/oauth", None, "the browser that was led there, once, within ten minutes"),
        "/telegram/{bot}": Way("/telegram/{bot}", None, "Telegram, by the webhook's secret"),
    }
)
"""What is served over HTTP, pages among it, by the path."""


def verbs() -> Iterator[Way]:
    """Every command."""
    for noun in NOUNS:
        for verb in noun.verbs:
            act = _AS.get(noun.action(verb))
            besides = [
                *([_OTHERS[act.others]] if act is not None else []),
                *(["answered in private"] if verb.private else []),
                *(["asked about first"] if verb.confirms is not None else []),
                *(["also who is no member: it may be what lets them in"] if verb.opens else []),
                *(["not without a name"] if verb.personal else []),
            ]
            yield Way(f"/{noun.name} {verb.name}", verb.permission, "; ".join(besides))


def presses() -> Iterator[Way]:
    """Every button."""
    for action, act in PRESSES.items():
        yield Way(action, act.permission, _OTHERS[act.others])
    for action, besides in _CARRYING.items():
        yield Way(action, Permission.SEE, besides)


def page() -> str:
    """The whole document."""
    return "\n".join(
        [
            "# Who may do what",
            "",
            "Written by `make docs` from the lists that decide it (`domain/orgs/access.py`, `bot/commands`,",
            "`domain/flow/understand/acts.py`, `bot/permissions.py`); a test compares them. Admins oversee and manage.",
            "The operator is who runs the installation (`LEGWORK_PLATFORM_ADMINS`), whatever their role. Who is",
            "suspended or removed, and who never belonged, may nothing of it but what lets them in.",
            "",
            "Whatever is read stands somewhere: a private chat's is its person's alone, a shared chat's is for who is",
            "there and for admins, and what a person may not see is told as what there is not.",
            *_table("Permissions", (Way(str(one), one) for one in Permission)),
            *_table("Commands", verbs()),
            *_table("Buttons", presses()),
            *_table("Forms", FORMS.values()),
            *_table("Over HTTP", ROUTES.values()),
            "",
        ]
    )


def _table(title: str, ways: Iterable[Way]) -> list[str]:
    head = [
        "",
        f"## {title}",
        "",
        f"| | needs | {' | '.join(Role)} | operator | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return head + [_row(way) for way in ways]


def _row(way: Way) -> str:
    if way.permission is None:
        return f"| `{way.name}` | | | | | | | {way.besides} |"
    may = ["x" if way.permission in ROLES[role] else "" for role in Role]
    operator = "x" if way.permission is Permission.OPERATE else ""
    return f"| `{way.name}` | {way.permission} | {' | '.join([*may, operator])} | {way.besides} |"
