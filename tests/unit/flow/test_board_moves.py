"""A board that moves on is at every moment as one that lays everything out anew.

``LEGWORK_EXAMPLES`` says how many plans are played, and has them be others each time.
"""

import os
from copy import deepcopy
from datetime import datetime, timedelta
from random import Random, SystemRandom
from typing import Any

from domain.flow.common.board import Board
from domain.flow.common.outcome import Back, Outcome, apply
from domain.flow.execute.agent.hearing import listener, turn_to
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus
from domain.workflows.references import WHOLE
from domain.workflows.spec import Spec
from tests.factories.boards import GIVEN, NOW, any_outcome, any_spec, carried_on, decided, tried_again
from tests.factories.interpreter import Interpreter

EXAMPLES = int(os.environ.get("LEGWORK_EXAMPLES", "200"))
FIRST = SystemRandom().randrange(2**32) if "LEGWORK_EXAMPLES" in os.environ else 0
MOST_STEPS = 80


class Both:
    """A plan on the board and with the interpreter; whatever happens to one happens to the other."""

    def __init__(self, spec: Spec, random: Random) -> None:
        self.spec, self.random, self.now = spec, random, NOW
        self.load({})

    def load(self, steps: dict[str, Step]) -> None:
        self.board = Board(self.spec, deepcopy(steps), self.now)
        self.interpreter = Interpreter(self.spec, deepcopy(steps), self.now)

    def took(self, step_id: str, change: Outcome | StepStatus) -> None:
        self.board.took(step_id, change, self.now)
        self.interpreter.took(step_id, change, self.now)

    def are_alike(self) -> None:
        board, right = self.board, self.interpreter
        assert board.steps == right.steps
        assert [one.id for one in sorted(board.everything(), key=lambda one: one.place)] == list(right.laid)
        assert [one.id for one in board.startable(self.now)] == right.startable(self.now)
        assert [one.id for one in board.startable(self.now, 2)] == right.startable(self.now)[:2]
        for name in ("failed", "unknown", "asking", "handed"):
            assert [step.node_id for step in getattr(board, name)] == getattr(right, name), name
        assert [step.node_id for step in board.caught] == right.caught_steps
        for name in ("failed_by_model", "unanswerable", "done", "declined", "came_to_nothing", "next_wake"):
            assert getattr(board, name) == getattr(right, name), name
        for placed in board.everything():
            seen, names = right.scope(placed.id, GIVEN), placed.spot.names
            assert board.scope(placed, lambda: GIVEN) == (
                {n: seen[n] for n in names if n in seen} if WHOLE not in names else seen
            )

    # -- what happens ------------------------------------------------------------------------------------

    def goes_on(self) -> bool:
        """One thing happens. False: nothing can any more."""
        board, random = self.board, self.random
        acts = [
            *[self.start] * 3 * bool(board.startable(self.now)),
            *[self.come_back] * 3 * bool(board.running),
            *[self.carry_on] * 2 * bool(board.handed),
            *[self.decide] * 2 * bool(board.asking),
            *[self.travel] * bool(board.next_wake),
            *[self.retry] * (bool(board.failed) and random.random() < 0.2),
            *[self.say] * (random.random() < 0.1),
            *[self.stop] * (random.random() < 0.02),
        ]
        if not acts:
            return False
        random.choice([*acts, self.reload])()
        return True

    def start(self) -> None:
        startable = self.board.startable(self.now)
        self.took(self.random.choice(startable[:3]).id, StepStatus.RUNNING)

    def come_back(self) -> None:
        step = self.random.choice(self.board.running)
        self.took(step.node_id, any_outcome(self.random, step, self.now))

    def carry_on(self) -> None:
        """The job of a step that was handed over is done, and a worker has the task, or the next one will."""
        step = self.random.choice(self.board.handed)
        state = carried_on(self.random, step, self.now)
        if self.random.random() < 0.5:
            self.board.came_back([deepcopy(state)], self.now)
            self.interpreter.took(step.node_id, Back(deepcopy(state)), self.now)
        else:
            stored = deepcopy(self.stored())
            apply(stored[step.node_id], Back(state), self.now)
            self.load(stored)

    def decide(self) -> None:
        """While nobody works on it."""
        step = self.random.choice(self.board.asking)
        self.load(self.stored() | {step.node_id: decided(self.random, step)})

    def travel(self) -> None:
        self.now += timedelta(minutes=self.random.choice((1, 30, 60)))

    def retry(self) -> None:
        self.load(tried_again(self.stored()))

    def say(self) -> None:
        """A person says something, which the next round hears."""
        agent_id = listener(self.board)
        assert agent_id == self.interpreter.listener()
        if agent_id is not None:
            turn_to(self.board, agent_id, self.now)
            self.interpreter.turn_to(agent_id, self.now)

    def stop(self) -> None:
        """A person stops it, and has it tried again."""
        self.board.cancel(self.now)
        self.interpreter.cancel(self.now)
        assert self.board.steps == self.interpreter.steps
        self.retry()

    def reload(self) -> None:
        """The worker died; another one picks up what it ran."""
        self.load(self.stored())
        for step in self.board.running:
            lost = step.type not in ("agent", "think") and self.random.random() < 0.3
            self.took(step.node_id, StepStatus.UNKNOWN if lost else StepStatus.PENDING)

    def stored(self) -> dict[str, Step]:
        return self.board.steps


def test_whatever_the_plan_and_whatever_happens_the_board_is_as_one_laid_out_anew() -> None:
    for seed in range(FIRST, FIRST + EXAMPLES):
        try:
            play(Random(seed))
        except Exception as error:
            error.add_note(f"It was the plan of the seed {seed}.")
            raise


def play(random: Random) -> None:
    both = Both(any_spec(random), random)
    both.are_alike()
    for _ in range(MOST_STEPS):
        if not both.goes_on():
            break
        both.are_alike()
    both.board.cancel(both.now)
    both.interpreter.cancel(both.now)
    assert both.board.steps == both.interpreter.steps


def test_a_board_that_is_loaded_is_the_one_that_was_stored() -> None:
    for seed in range(20):
        random = Random(seed)
        both = Both(any_spec(random), random)
        while random.random() < 0.95 and both.goes_on():
            pass
        again = Board(both.spec, deepcopy(both.board.steps), both.now)
        assert not again.added
        assert not again.changed
        assert _seen(again, both.now) == _seen(both.board, both.now)


def _seen(board: Board, now: datetime) -> dict[str, Any]:
    names = ("failed", "unknown", "asking", "done", "declined", "next_wake", "running")
    return {name: getattr(board, name) for name in names} | {"may": [one.id for one in board.startable(now)]}
