"""Calls that were made before: answered from what they said, and a model that goes round in circles."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from domain.flow.common.rounds import Round
from domain.flow.execute.agent.shown import LOOK_AGAIN
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus

KEY, VOLATILE, CHANGES = "key", "volatile", "changes"
"""Of a call's entry: names the same call wherever it is asked for; that its tool is polled; that it changes things."""

MOST = 3
"""So often one call is made that brings nothing new, or changes something."""
IN_TURN = 6
"""After so many calls without anything new the model is told to do something else."""

SOMETHING_ELSE = (
    "You ask for what you have asked for before, and nothing new comes of it. Do something else, or answer with what "
    "you have found."
)

_TOLD = frozenset({"repeat", "refused", "closed"})
"""Reasons for which a call brings nothing new."""
_RAN = frozenset({StepStatus.SUCCEEDED, StepStatus.FAILED, StepStatus.UNKNOWN})


def key_of(tool: str, arguments: Mapping[str, Any]) -> str:
    """Names a call: the same for the same tool and arguments, however they are ordered."""
    return hashlib.sha256(orjson.dumps([tool, arguments], option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that the model asked for, in its round."""

    round: int
    entry: Mapping[str, Any]
    step: Step | None

    @property
    def name(self) -> str:
        """As the model reads it: “3.c0”."""
        return f"{self.round}.{self.entry['id']}"

    @property
    def key(self) -> str | None:
        return self.entry.get(KEY)

    @property
    def ran(self) -> bool:
        return self.step is not None and self.step.status in _RAN

    @property
    def succeeded(self) -> bool:
        return self.step is not None and self.step.status is StepStatus.SUCCEEDED

    @property
    def changed(self) -> bool:
        """Whether nothing that was read before it need be so any more."""
        return self.ran and not self._failed and self.entry.get(CHANGES) is True

    @property
    def _failed(self) -> bool:
        return self.step is not None and self.step.status is StepStatus.FAILED

    def came_to_the_same_as(self, other: "Asked") -> bool:
        if self.step is None or other.step is None or self.step.status is not other.step.status:
            return False
        if self._failed:
            return _why(self.step) == _why(other.step)
        return _said(self.step) == _said(other.step)


def asked(rounds: Sequence[Round]) -> Iterator[Asked]:
    """All calls, in the order in which they were asked for."""
    for each in rounds:
        for entry, step in each.calls:
            yield Asked(each.index, entry, step)


def told_before(key: str, rounds: Sequence[Round], *, changes: bool, since: int = 0) -> str | None:
    """What a call is answered with that need not be made; None: it has to be. What was read before the round ``since``
    may not hold any more."""
    made = [each for each in asked(rounds) if each.key == key and each.ran]
    if not changes:
        change = max((each.round for each in asked(rounds) if each.changed), default=-1)
        made = [each for each in made if each.round > change and each.round >= since]
        said = next((each for each in reversed(made) if each.succeeded), None)
        if said is not None:
            return (
                f"As call {said.name} said: nothing was changed since. "
                f'{LOOK_AGAIN}(call="{said.name}") shows that once more.'
            )
    if len(made) < MOST:
        return None
    last = made[-1]
    if last.step is not None and last.step.status is StepStatus.FAILED:
        return f"It failed {len(made)} times, the last time in call {last.name}, which says why."
    return f"It was done {len(made)} times, the last time in call {last.name}, and is not done again."


def polled_before(key: str, rounds: Sequence[Round]) -> list[Step]:
    """The calls of a polled tool that were equal to this one, oldest first."""
    return [each.step for each in asked(rounds) if each.key == key and each.ran and each.step is not None]


def circles(rounds: Sequence[Round]) -> bool:
    """Whether the model has just asked for the same call a third time, or for two in turn, or for anything six times,
    without anything new coming of it."""
    keys, new = _sequence(rounds)
    if len(keys) >= MOST and len(set(keys[-MOST:])) == 1 and not new[-1]:
        return True
    if len(keys) < IN_TURN:
        return False
    return not any(new[-IN_TURN:]) or (len(set(keys[-IN_TURN:])) <= 2 and not any(new[2 - IN_TURN :]))


def goes_on(rounds: Sequence[Round]) -> bool:
    """Whether the model was told to do something else before the last round, and nothing new came of that."""
    if not rounds or SOMETHING_ELSE not in ((rounds[-1].think.output or {}).get("orders") or ()):
        return False
    before = [*asked(rounds[:-1])]
    return not any(_is_new(each, before) for each in asked(rounds[-1:]))


def _sequence(rounds: Sequence[Round]) -> tuple[list[str], list[bool]]:
    """The keys of what was asked for, each once a round, and whether something new came of it."""
    keys: list[str] = []
    new: list[bool] = []
    before: list[Asked] = []
    for each in rounds:
        calls: dict[str, Asked] = {}
        for call in asked([each]):
            if call.key is not None and call.entry.get("why") in (*_TOLD, None):
                calls.setdefault(call.key, call)
        keys += calls
        new += [_is_new(call, before) for call in calls.values()]
        before += calls.values()
    return keys, new


def _is_new(call: Asked, before: Sequence[Asked]) -> bool:
    if "told" in call.entry:
        return False
    if call.entry.get(VOLATILE) is True or not call.ran:  # looked at again on purpose; or not made for another's sake
        return True
    same = [each for each in before if each.key == call.key and each.ran]
    if call.entry.get(CHANGES) is True:
        return not same
    return not any(call.came_to_the_same_as(each) for each in same)


def _why(step: Step) -> str:
    return str((step.error or {}).get("sentence") or "it failed.")


def _said(step: Step) -> Any:
    """What it put out; of one that lies in storage not where."""
    output = step.output or {}
    return {name: value for name, value in output.items() if name != "stored"} if "stored" in output else output
