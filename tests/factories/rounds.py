"""An agent's rounds without an engine: a script of replies, judged and run as the policy has it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.flow.common.outcome import DIGEST
from domain.flow.common.rounds import Round
from domain.flow.execute.agent.ending import settle, stopped
from domain.flow.execute.agent.offered import ToolFacts, tool_facts
from domain.flow.execute.agent.policy import Standing, judge, said_last, standing
from domain.flow.execute.agent.refusals import Declined, declined
from domain.llm.model import Reply, ToolCall
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus
from domain.tools.kit import Kit
from tests.factories.rehearsal import Rehearsal

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
Asked = tuple[str, dict[str, Any]]
Came = dict[str, Any] | str
"""What a call comes to: its output, the sentence it fails with, or ``REFUSED``."""
REFUSED = {"rejected": True}


def agent_input(**given: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "goal": "find out why",
        "inputs": [],
        "tools": None,
        "rounds": 12,
        "budget": None,
        "minutes": 20.0,
        "reads": False,
        "past": 0,
        "legs": 0,
        "begun_at": NOW.isoformat(),
    }
    return usual | given


def rehearsed(*, reads: bool = False, role: str = "member") -> dict[str, ToolFacts]:
    """What there is to know of the tools that rehearse: note and items read, keep writes, send is external."""
    kit = Kit(1, frozenset(), role)
    return {
        tool.name: tool_facts(tool, kit, task_id=UUID(int=1), user_id=UUID(int=2), reads=reads)
        for tool in Rehearsal().tools()
    }


def works(name: str, arguments: Mapping[str, Any]) -> Came:
    """Every call says what it was called with."""
    return {"text": f"{name}: {arguments.get('text', '')}"}


def comes(output: dict[str, Any] | str, **others: dict[str, Any] | str) -> Callable[[str, Mapping[str, Any]], Came]:
    """Every call comes to this, but for those of tools that are named."""

    def came(name: str, arguments: Mapping[str, Any]) -> Came:
        return others.get(name, output)

    return came


def in_turn(*outputs: dict[str, Any] | str) -> Callable[[str, Mapping[str, Any]], Came]:
    """The calls come to these, one after the other."""
    left = iter(outputs)

    def came(name: str, arguments: Mapping[str, Any]) -> Came:
        return next(left)

    return came


@dataclass
class Agent:
    """``came`` says what each call comes to; each thought takes ``minute`` minutes."""

    input: dict[str, Any] = field(default_factory=agent_input)
    offered: Mapping[str, ToolFacts] = field(default_factory=rehearsed)
    came: Callable[[str, Mapping[str, Any]], Came] = works
    spent: Decimal | None = Decimal(0)
    price: Decimal | None = Decimal(0)
    minute: float = 0
    rounds: list[Round] = field(default_factory=list[Round])
    made: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list[tuple[str, str, dict[str, Any]]])
    """Calls that were made: the name of the call, the tool, and what it was called with."""

    @property
    def standing(self) -> Standing:
        return standing(self.input, self.rounds, spent=self.spent, greatest_price=self.price)

    @property
    def declined(self) -> Declined:
        return declined(step for each in self.rounds for _, step in each.calls if step is not None)

    @property
    def told(self) -> list[str]:
        """What the calls of the last round were answered with, where they were not made."""
        return [entry["told"] for entry, _ in self.rounds[-1].calls if "told" in entry]

    @property
    def why(self) -> list[str | None]:
        return [entry.get("why") for entry, _ in self.rounds[-1].calls]

    def think(
        self, *calls: Asked, text: str = "", data: dict[str, Any] | None = None, heard: bool = False
    ) -> dict[str, Any]:
        """The next thought, with this reply; and its calls. ``heard``: it hears what the person has said. Returns what
        the thought puts out."""
        now = standing(self.input, self.rounds, spent=self.spent, greatest_price=self.price, heard=heard)
        asked = tuple(ToolCall(str(number), name, given) for number, (name, given) in enumerate(calls))
        since = said_last(self.input, self.rounds, heard=heard)
        entries = judge(
            Reply(text, data, asked), self.rounds, {} if now.withheld else self.offered, self.declined, since=since
        )
        notes = [{"id": "1", "words": "only 2025"}] if heard else []
        output: dict[str, Any] = {"text": text, "calls": entries, "orders": now.orders, "withheld": now.withheld}
        output["heard"] = notes
        if now.ends is not None:
            output |= {"calls": []} | stopped(self.input, self.rounds, now.ends)
        else:
            output |= settle(
                self.input,
                self.rounds,
                entries,
                text=text,
                data=data,
                ended=now.ended,
                withheld=now.withheld,
                last=now.last,
            )
        index = len(self.rounds)
        think = Step(f"n1[{index}].think", "think", "think", StepStatus.SUCCEEDED, output=output)
        think.started_at, think.finished_at = NOW, NOW + timedelta(minutes=self.minute)
        ran = tuple((entry, None if "told" in entry else self._run(index, entry)) for entry in entries)
        self.rounds.append(Round(index, think, ran))
        return output

    def insist(self, *calls: Asked, most: int = 30) -> dict[str, Any]:
        """The model asks for the same calls in turn, whatever it is told, until that ends it."""
        for number in range(most):
            output = self.think(calls[number % len(calls)])
            if "ended" in output:
                return output
        raise AssertionError("it goes on for ever")

    def _run(self, index: int, entry: Mapping[str, Any]) -> Step:
        step = Step(f"n1[{index}].{entry['id']}", "tool", entry["name"], StepStatus.SUCCEEDED)
        self.made.append((f"{index}.{entry['id']}", entry["name"], entry["arguments"]))
        came = self.came(entry["name"], entry["arguments"])
        if isinstance(came, str):
            step.status, step.error = StepStatus.FAILED, {"code": "invalid", "sentence": came}
        elif "rejected" in came or "not_made" in came:
            facts = self.offered[step.name]
            step.status, step.output = StepStatus.SKIPPED, came
            step.input = {DIGEST: facts.digest(facts.read_arguments(entry["arguments"]))}
        else:
            step.output = came
        return step


def note(text: str = "a") -> Asked:
    return "note", {"text": text}


def keep(text: str = "a") -> Asked:
    return "keep", {"text": text}


def send(to: str = "ben", text: str = "") -> Asked:
    return "send", {"to": to, "text": text}
