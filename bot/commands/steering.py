"""``/stop``, ``/cancel``, ``/pause`` and ``/resume``: the words that steer, as commands."""

from collections.abc import Sequence
from dataclasses import replace

from bot.commands import named_task
from bot.commands.declare import Call, Noun, Verb
from domain.conversations.said import Said
from domain.flow.common.words import Wish, wants_everything_stopped, wish
from domain.flow.understand import at_hand, steer
from domain.orgs.access import Permission

_BY_ID = {"stop": steer.stop, "pause": steer.pause, "resume": steer.resume}


async def _steer(call: Call, wanted: Wish) -> Sequence[Said]:
    """The task that is named; without a name the one at hand."""
    if call.words and wanted == "stop" and wants_everything_stopped(f"stop {call.rest()}"):
        said, _ = await at_hand.stop_everything(call.session, call.heard)
    elif not call.words or wish(f"{wanted} {call.rest()}") == wanted:  # “/stop please”
        said, _ = await at_hand.steer_at_hand(call.session, call.heard, wanted)
    else:
        task_id = await named_task.named(replace(call, words=call.words[:1]))
        said = await _BY_ID[wanted](call.session, call.heard, task_id)
    return said


async def _stop(call: Call) -> Sequence[Said]:
    return await _steer(call, "stop")


async def _pause(call: Call) -> Sequence[Said]:
    return await _steer(call, "pause")


async def _resume(call: Call) -> Sequence[Said]:
    return await _steer(call, "resume")


STOP = Noun(
    "stop",
    "ends what I am doing here",
    (
        Verb(
            "now",
            "the task at hand, or the one named; what is done is kept",
            "/stop",
            _stop,
            Permission.WORK,
            audited=False,
        ),
    ),
    also=("abort", "halt", "quit"),
)
CANCEL = Noun(
    "cancel", "the same as stop", (Verb("now", "see stop", "/cancel", _stop, Permission.WORK, audited=False),)
)
PAUSE = Noun(
    "pause",
    "lets what is running finish, then waits",
    (Verb("now", "the task at hand, or the one named", "/pause", _pause, Permission.WORK, audited=False),),
    also=("wait",),
)
RESUME = Noun(
    "resume",
    "goes on with what was paused",
    (Verb("now", "the task at hand, or the one named", "/resume", _resume, Permission.WORK, audited=False),),
    also=("continue",),
)
