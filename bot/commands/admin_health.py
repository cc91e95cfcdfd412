"""``/admin health``: how what Legwork stands on was seen last."""

from collections.abc import Sequence

from sqlalchemy import RowMapping

from bot.commands.declare import Call, Verb
from bot.commands.pages import moment
from domain.conversations.said import Listing, Said
from domain.health import repository
from domain.orgs.access import Permission

_MARKS = {"ok": "✓", "warning": "!", "error": "✗"}


async def _health(call: Call) -> Sequence[Said]:
    async with call.session.system("who runs the installation is no organization's"):
        rows = await repository.listed(call.session)
    return (
        Listing(
            title="Health",
            columns=("check", "", "what was seen", "ms", "looked at", "so since"),
            rows=tuple(_row(call, row) for row in rows),
            footer="It is looked at each minute; “legwork doctor” looks at more.",
            empty="Nothing was looked at yet: a worker does so each minute.",
        ),
    )


def _row(call: Call, row: RowMapping) -> tuple[str, ...]:
    zone = call.person.timezone
    told = f"{row['message']} {row['remedy']}" if row["status"] != "ok" and row["remedy"] else row["message"]
    took = f"{row['response_time']:,}" if row["response_time"] is not None else "-"
    since = f"{row['standing']}, {moment(row['turned_at'], zone)}"
    return (row["name"], _MARKS[row["status"]], told, took, moment(row["last_checked"], zone), since)


VERBS = (
    Verb(
        "health",
        "how everything that Legwork stands on was seen last",
        "/admin health",
        _health,
        Permission.OPERATE,
        private=True,
        audited=False,
    ),
)
