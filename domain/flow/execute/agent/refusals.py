"""What a person has said no to: not asked about again, however it is worded, and by no agent of the task."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.flow.common.outcome import DIGEST
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus

CLOSES = 2
"""So many times a person says no before a tool is closed for the task."""


@dataclass(frozen=True, slots=True)
class Declined:
    """The calls of a task that a person has rejected: their digests, each with the person's words, and how many there
    were of each tool."""

    calls: Mapping[str, str] = field(default_factory=dict[str, str])
    tools: Mapping[str, int] = field(default_factory=dict[str, int])

    def told(self, tool: str, digest: str) -> tuple[str, str] | None:
        """Why a call that would be asked about is not: ``refused`` or ``closed``, and the sentence; None: it may be."""
        if digest in self.calls:
            words = self.calls[digest]
            said = f" Their words: “{words}”." if words else ""
            return "refused", f"The person said no to exactly this call, and is not asked again.{said}"
        if self.tools.get(tool, 0) >= CLOSES:
            return "closed", (
                f"The person said no to {tool} {self.tools[tool]} times; it changes nothing more in this task. "
                "Put what you wanted into words instead."
            )
        return None


def declined(steps: Iterable[Step]) -> Declined:
    """What was said no to in these steps."""
    calls: dict[str, str] = {}
    tools: dict[str, int] = {}
    for step in steps:
        output = step.output or {}
        if step.status is not StepStatus.SKIPPED or output.get("rejected") is not True:
            continue
        digest = (step.input or {}).get(DIGEST)
        if digest is not None:
            calls[digest] = str(output.get("words") or "")
            tools[step.name] = tools.get(step.name, 0) + 1
    return Declined(calls, tools)
