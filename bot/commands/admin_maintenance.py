"""``/admin maintenance``: have new work wait while the installation is worked on, and begin afterwards."""

from collections.abc import Sequence

from bot.commands.declare import Call, Verb
from bot.commands.pages import moment
from domain.audit import record
from domain.conversations.said import Details, Note, Said
from domain.core.errors import Invalid
from domain.core.queue import Queue, bring_back, put_off_count
from domain.core.text import literal, storable
from domain.identity import repository as identity
from domain.maintenance import service as maintenance
from domain.orgs.access import Permission

LONGEST = 300
"""Characters of the words that people are told."""


async def _shown(call: Call) -> Sequence[Said]:
    if call.words:
        raise Invalid(
            f"“{call.words[0][:80]}” is neither on nor off.",
            remedy="“/admin maintenance on Back at ten.” has new work wait, “/admin maintenance off” lets it begin.",
        )
    async with call.session.system("who runs the installation is no organization's"):
        period, waits = await maintenance.now(call.session), await put_off_count(call.session)
        by = await identity.name_of(call.session, period.begun_by) if period and period.begun_by else None
    if period is None:
        return (Note(text="There is no maintenance: new work begins."),)
    fields = (
        ("since", moment(period.begun_at, call.person.timezone)),
        ("by", by or "-"),
        ("people are told", period.words or "-"),
        ("waits", _messages(waits)),
    )
    text = "What was under way goes on. “/admin maintenance off” lets begin what waits."
    return (Details(title="Maintenance", fields=fields, text=text),)


async def _on(call: Call) -> Sequence[Said]:
    words = " ".join(storable(call.rest()).split())
    if len(words) > LONGEST:
        raise Invalid(f"Those are {len(words):,} characters.", remedy=f"Say it in {LONGEST}.")
    async with call.session.system("who runs the installation is no organization's"):
        before = await maintenance.now(call.session)
        period, began = await maintenance.begin(call.session, words or None, call.person.user_id)
        changed = before is None or before.words != period.words
        if began or changed:
            _write_down(call, "maintenance.on", period.id)
    since = moment(period.begun_at, call.person.timezone)
    if not began:
        told = f" People are told now: {literal(period.words)}" if changed else ""
        return (Note(text=f"There is maintenance already, since {since}.{told}"),)
    told = f"People are told: {literal(period.words)}" if period.words else "People are told that it is worked on."
    return (
        Note(
            text=f"New work waits from now on; what is under way goes on to its end. {told} "
            "“/admin maintenance off” lets begin what waits."
        ),
    )


async def _off(call: Call) -> Sequence[Said]:
    async with call.session.system("who runs the installation is no organization's"):
        period = await maintenance.end(call.session, call.person.user_id)
        if period is None:
            return (Note(text="There is no maintenance: new work begins."),)
        count = await bring_back(call.session, Queue.TASK.value)
        _write_down(call, "maintenance.off", period.id, waited=count)
    since = moment(period.begun_at, call.person.timezone)
    begins = f"{_messages(count)} begin{'s' if count == 1 else ''} now, in order" if count else "nothing waited"
    return (Note(text=f"The maintenance of {since} is over: {begins}."),)


def _messages(count: int) -> str:
    return f"{count:,} message{'s' if count != 1 else ''}"


def _write_down(call: Call, action: str, period_id: object, **details: object) -> None:
    record(
        call.session,
        action,
        org_id=None,
        actor=call.heard.actor,
        resource=("maintenance", period_id),
        permission=Permission.OPERATE,
        details=details,
        request_id=call.heard.message_id,
    )


OPERATE = Permission.OPERATE

VERBS = (
    Verb(
        "maintenance",
        "whether new work waits, and how much does",
        "/admin maintenance",
        _shown,
        OPERATE,
        private=True,
        audited=False,
    ),
    Verb(
        "maintenance on",
        "has new work wait; what is under way goes on",
        "/admin maintenance on Back at ten.",
        _on,
        OPERATE,
        private=True,
        audited=False,
    ),
    Verb(
        "maintenance off",
        "lets begin what waits",
        "/admin maintenance off",
        _off,
        OPERATE,
        private=True,
        audited=False,
    ),
)
