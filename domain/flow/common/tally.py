"""What each step of a plan counts for with those around it, kept as they change: nothing is ever looked for."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from domain.flow.common.agenda import Agenda
from domain.flow.common.outputs import Outputs
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus
from domain.workflows.graph import ENDED, Placed, Wanted
from domain.workflows.spec import ERROR


@dataclass(slots=True)
class Standing:
    """One step among the others."""

    placed: Placed
    step: Step
    open: int
    """How many of those it needs have not ended."""
    alive: int = 0
    """From how many of those that have it goes on."""
    left: int = 0
    """How many of those it holds are not over."""
    held: list["Standing"] = field(default_factory=list["Standing"])
    """Those it holds, in the plan's order."""

    @property
    def ended(self) -> bool:
        """Whether what needs it waits no longer. A failure ends what hangs on it only where somebody deals with it."""
        return self.step.status.means.ended or (self.step.status is StepStatus.FAILED and self.placed.caught)

    def tell(self) -> bool:
        """Who deals with a failure can refer to it, as the step's output. Returns whether that is new."""
        if self.step.status is not StepStatus.FAILED or not self.placed.caught:
            return False
        error, output = self.step.error or {}, self.step.output or {}
        told = {"code": error.get("code"), "sentence": error.get("sentence")}
        if output.get("error") == told:
            return False
        self.step.output = output | {"error": told}
        return True


class Tally:
    """Steps stand in it from ``place`` to ``remove``; each is left before it changes, and entered as it is then."""

    def __init__(self) -> None:
        self.at: dict[str, Standing] = {}
        self.of: dict[StepStatus, dict[str, Standing]] = defaultdict(dict)
        self.failed: dict[str, Standing] = {}
        """Those that failed, which nobody deals with."""
        self.done = 0
        """How many steps of the plan itself are over."""
        self.agenda = Agenda()
        self.outputs = Outputs()
        self.touched: list[Standing] = []
        """Steps for which something may follow from what changed."""

    def place(self, placed: Placed, step: Step) -> Standing:
        self.at[placed.id] = at = Standing(placed, step, placed.spot.needs)
        if placed.parent is not None:
            holder = self.at[placed.parent.id]
            holder.held.append(at)
            holder.left += 1
        return at

    def remove(self, at: Standing) -> None:
        """Together with all others that its holder holds."""
        del self.of[at.step.status][at.placed.id], self.at[at.placed.id]
        self.failed.pop(at.placed.id, None)
        self.agenda.drop(at.placed.id)
        self.outputs.drop(at.placed)

    def leave(self, at: Standing) -> None:
        """Take back what the step counts for."""
        placed, means = at.placed, at.step.status.means
        del self.of[at.step.status][placed.id]
        self.failed.pop(placed.id, None)
        self.agenda.drop(placed.id)
        self.done -= means.final and placed.parent is None
        if means.over and placed.parent is not None:
            self.at[placed.parent.id].left += 1
        if at.ended:
            self.outputs.drop(placed)
            for name, wanted in placed.spot.after:
                follower = self.at[placed.prefix + name]
                follower.open += 1
                follower.alive -= _alive(at.step, wanted)
                if follower.step.status is StepStatus.PENDING:
                    self.agenda.drop(follower.placed.id)

    def enter(self, at: Standing) -> None:
        """Count it for what it is now."""
        placed, means = at.placed, at.step.status.means
        self.of[at.step.status][placed.id] = at
        self.touched.append(at)
        self.done += means.final and placed.parent is None
        if means.over and placed.parent is not None:
            holder = self.at[placed.parent.id]
            holder.left -= 1
            if holder.left == 0:
                self.touched.append(holder)
        if at.step.status is StepStatus.FAILED and not placed.caught:
            self.failed[placed.id] = at
        if at.ended:
            if at.step.output is not None:
                self.outputs.keep(placed, at.step.output)
            for name, wanted in placed.spot.after:
                follower = self.at[placed.prefix + name]
                follower.open -= 1
                follower.alive += _alive(at.step, wanted)
                if follower.open == 0:
                    self.touched.append(follower)

    def with_status(self, *statuses: StepStatus) -> list[Step]:
        """The steps of those statuses, in the plan's order."""
        return in_order([at for status in statuses for at in self.of[status].values()])


def in_order(standing: Collection[Standing]) -> list[Step]:
    """The steps, as the plan has them."""
    if not standing:
        return []
    if len(standing) > 1:
        standing = sorted(standing, key=lambda at: at.placed.place)
    return [at.step for at in standing]


def _alive(step: Step, wanted: Wanted) -> bool:
    """Whether what hangs on the step by such an edge goes on from it."""
    if wanted == ENDED:
        return True
    if wanted == ERROR:
        return step.status is StepStatus.FAILED
    if not step.status.means.alive:
        return False
    return wanted is None or (step.output or {}).get("result") is wanted
