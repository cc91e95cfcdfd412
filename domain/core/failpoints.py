"""Places of the flow at which a process can be made to die, stand still or fail, to show that nothing is lost there.

Nothing is armed unless LEGWORK_FAILPOINTS says so: ``deliver.posted=kill`` when the place is first reached,
``deliver.posted=kill@3`` at the third time; several are separated by commas. Actions: ``kill`` (SIGKILL of this
process), ``stop`` (SIGSTOP), ``fail`` (an exception). Each goes off once. In production nothing can be armed.
"""

import os
import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from domain.core.errors import Misconfigured
from domain.core.logging import logger
from domain.core.settings import Settings

log = logger(__name__)

VARIABLE = "LEGWORK_FAILPOINTS"

Point = Literal[
    "receive.heard",  # the edge has an event; nothing of it is stored
    "receive.stored",  # its rows, and those of a place that is new, are written and not committed
    "receive.received",  # they are committed; the event is not acknowledged
    "job.claimed",  # a worker holds a job and has not begun with it
    "job.done",  # the job is completed; the slot is about to take the next
    "understand.fetched",  # a message's file lies in storage; the message does not know
    "understand.settled",  # what a message leads to is written and not committed
    "understand.understood",  # it is committed
    "model.answered",  # a model has answered (and has to be paid); nothing of it is stored
    "plan.replanned",  # another plan is committed, with what is done kept and what was said meanwhile heard
    "plan.planned",  # the plan, its steps and its card are committed
    "think.thinking",  # an agent's model is about to be asked for the next round, which heard what the person said
    "intent.intending",  # an external call may be made; its intent is not stored
    "intent.intended",  # an external call's intent is committed; the call was not made
    "tool.called",  # a tool's call has ended, external or not; its outcome is not stored
    "execute.recording",  # what came back is written and not committed
    "execute.recorded",  # it is committed; what starts next was not started
    "hand_over.handing",  # a step's job is queued in another queue; that is not committed
    "hand_over.taken",  # that job has its step; nothing of it was done
    "hand_over.giving",  # the step has come to its end; nothing of it is stored
    "hand_over.storing",  # it is stored, the next advance is queued, and neither is committed
    "hand_over.stored",  # both are committed
    "conclude.noting",  # a message is noted with another task, which is not committed
    "conclude.noted",  # it is committed
    "conclude.concluding",  # the last transaction of a task, or of its job, is written and not committed
    "conclude.concluded",  # it is committed
    "deliver.sending",  # a message is marked as being sent; the platform was not called
    "deliver.posted",  # the platform has taken it; that is not noted
    "deliver.sent",  # it is noted
    "mail.sending",  # a mail is marked as being sent; its server was not called
    "mail.taken",  # the server has taken it; that is not noted
    "export.written",  # a part of an export lies in storage; that is not noted
    "export.joined",  # its parts are one file; that is not noted
    "export.handing",  # its person is told that it is there, which is not committed
    "export.handed",  # it is committed
    "erase.begun",  # an erasure is noted beside the database; its row does not say so
    "erase.stopping",  # the tasks of whose data is erased are stopped; their jobs are not
    "erase.stopped",  # nothing runs for them any more
    "erase.removed",  # a file is gone; the row that names it is not
    "erase.erasing",  # some rows are erased, which is not committed
    "erase.erased",  # it is committed
    "sweep.swept",  # a sweep has woken and rescued; that is not committed
    "seal.sealing",  # rows of the audit trail have their seals, which is not committed
    "seal.sealed",  # it is committed
    "link.using",  # a page's link is used up, and what it is good for done; that is not committed
    "link.used",  # it is committed; the browser has no answer
    "tokens.asking",  # a process is the one that asks for a platform's next token; it has not
    "tokens.given",  # the platform has given it, and takes the one before no more; nothing is stored
    "tokens.kept",  # it is stored
    "move.moving",  # a chat goes on under another id, with all that is in it; that is not committed
    "move.moved",  # it is committed
    "keys.begun",  # a rotation of keys has begun
    "keys.renewed",  # Legwork's own key was made anew; nothing is wrapped with it
    "keys.rewrapping",  # data keys are wrapped with the present key; that is not committed
    "keys.rewrapped",  # it is committed
    "keys.made",  # an organization has a new data key; nothing is sealed under it
    "keys.resealing",  # secrets are sealed under it; that is not committed
    "keys.resealed",  # it is committed
    "keys.ended",  # the rotation is over; the key before is still beside the present one
]
"""Every place, in the order in which a message comes by; behind them those of the upkeep."""

POINTS: tuple[Point, ...] = get_args(Point)

Action = Literal["kill", "stop", "fail"]

_WRITTEN = re.compile(rf"(?P<point>[\w.]+)=(?P<action>{'|'.join(get_args(Action))})(?:@(?P<time>[1-9]\d*))?")


class Struck(Exception):
    """What ``fail`` raises: an error that nobody expected."""


@dataclass(slots=True)
class Charge:
    """What happens at a point, and after how many more times of reaching it."""

    action: Action
    left: int = 1


_armed: dict[Point, Charge] = {}


def reach(point: Point) -> None:
    """The flow has come to this point. Raises Struck where it was armed to fail."""
    if _armed:
        _strike(point)


def arm(settings: Settings) -> None:
    """Arm what LEGWORK_FAILPOINTS names, in place of what was armed; called once as a process starts.

    Raises:
        Misconfigured: it cannot be read, or this is production.
    """
    charges = read(os.environ.get(VARIABLE, ""))
    if charges and settings.env == "production":
        raise Misconfigured(f"{VARIABLE} breaks processes on purpose and is refused in production.", remedy="Unset it.")
    _armed.clear()
    _armed.update(charges)
    if charges:
        log.warning(
            "FAILPOINTS ARE ARMED: this process breaks on purpose",
            failpoints={point: f"{charge.action}@{charge.left}" for point, charge in charges.items()},
        )


def read(written: str) -> Mapping[Point, Charge]:
    """What a value of LEGWORK_FAILPOINTS asks for.

    Raises:
        Misconfigured: a point or an action that there is not, or another form.
    """
    charges: dict[Point, Charge] = {}
    for part in filter(None, (part.strip() for part in written.split(","))):
        found = _WRITTEN.fullmatch(part)
        if found is None:
            raise Misconfigured(
                f"{VARIABLE} cannot be read at “{part}”.",
                remedy=f"Write point=action or point=action@time; actions are {', '.join(get_args(Action))}.",
            )
        if found["point"] not in POINTS:
            raise Misconfigured(
                f"{VARIABLE} names “{found['point']}”, which is no failpoint.", remedy=f"There are {', '.join(POINTS)}."
            )
        charges[cast(Point, found["point"])] = Charge(cast(Action, found["action"]), int(found["time"] or 1))
    return charges


def _strike(point: Point) -> None:
    charge = _armed.get(point)
    if charge is None:
        return
    charge.left -= 1
    if charge.left > 0:
        return
    del _armed[point]
    log.warning("a failpoint was reached", point=point, action=charge.action)
    match charge.action:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "fail":
            raise Struck(f"the failpoint {point} was reached")
