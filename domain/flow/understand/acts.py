"""What people do to tasks, and who may: the one list that buttons, commands and words go by."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.audit import record
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.orgs.access import Act, Denied, Permission

SEE, WORK = Permission.SEE, Permission.WORK

BEGIN = Act("tasks.begin", WORK, what="Having work done")
STOP = Act("tasks.stop", WORK, "overseers", "Stopping a task", "stop this")
PAUSE = Act("tasks.pause", WORK, "overseers", "Pausing a task", "pause this")
RESUME = Act("tasks.resume", WORK, what="Resuming a task", do="let this go on")
RETRY = Act("tasks.retry", WORK, what="Trying a task again", do="have this tried again")
AGAIN = Act("tasks.run_again", WORK, what="Running a task again", do="run this again")
RESTART = Act("tasks.restart", WORK, what="Starting a task again", do="start this again")
PRIORITISE = Act("tasks.priority", WORK, what="Changing a priority", do="change its priority")
HAND = Act("tasks.hand", Permission.OVERSEE, "overseers", "Handing work over", "hand this over")
NOTE = Act("tasks.note", WORK, what="Changing what a task does", do="change this")
OWN = Act("tasks.take_out", WORK, what="Having work done", do="make this a task")
APPROVE = Act("tasks.approve", WORK, "deciders", "Approving", "approve this")
REJECT = Act("tasks.reject", WORK, "deciders", "Rejecting", "approve this")
ANSWER = Act("tasks.answer", WORK, what="Answering a task", do="answer this")
REDO = Act("tasks.redo", WORK, "deciders", "Having it done again", "decide this")
DONE = Act("tasks.assume_done", WORK, "deciders", "Noting it as done", "decide this")
RATE = Act("tasks.rate", SEE, what="Rating a result", do="rate this")
READ = Act("tasks.show", SEE, "readers", "Reading a task", "read this", changes=False)
SAVE = Act("tasks.save", WORK, "readers", "Keeping a plan", "keep this")
FOLD = Act("tasks.fold", SEE, "overseers", "Opening a card", "open and close this", changes=False)
SHOW_LOST = Act("messages.show", SEE, "readers", "Reading", "read this", changes=False)

PRESSES: Mapping[str, Act] = MappingProxyType(
    {
        "stop": STOP,
        "stop_all": STOP,
        "stop_thread": STOP,
        "pause": PAUSE,
        "resume": RESUME,
        "more": RESUME,
        "retry": RETRY,
        "again": AGAIN,
        "restart": RESTART,
        "own": OWN,
        "approve": APPROVE,
        "reject": REJECT,
        "answer": ANSWER,
        "redo": REDO,
        "done": DONE,
        "feedback": RATE,
        "unfold": FOLD,
        "fold": FOLD,
        "show_lost": SHOW_LOST,
    }
)
"""What the actions of buttons do, apart from those that run a command."""


ACTS: Mapping[str, Act] = MappingProxyType(
    {act.action: act for act in (*PRESSES.values(), HAND, PRIORITISE, READ, SAVE)}
)
"""All of them, as the audit trail has them."""


def acted(session: Session, heard: Heard, act: Act, what: tuple[str, object], owner: object = None) -> None:
    """Write down that this was done, in the transaction that does it. ``owner``: of what it was done to."""
    principal, others = heard.principal, {}
    permission = act.permission
    if owner is not None and owner not in principal.user_ids:
        permission, others = Permission.OVERSEE, {"of": str(owner)}
    record(
        session,
        act.action,
        org_id=principal.org_id,
        actor=heard.actor,
        resource=what,
        permission=permission,
        details=others,
        request_id=heard.message_id,
    )


def denied(session: Session, heard: Heard, refusal: Denied) -> None:
    """Write down that somebody was refused, where they are told."""
    pressed = PRESSES.get(heard.press.action) if heard.press is not None else None
    record(
        session,
        refusal.action or (pressed.action if pressed is not None else "messages.say"),
        org_id=refusal.org_id or heard.person.org_id,
        actor=heard.actor,
        resource=refusal.resource,
        outcome="refused",
        permission=refusal.permission,
        details={"reason": refusal.reason},
        request_id=heard.message_id,
    )
