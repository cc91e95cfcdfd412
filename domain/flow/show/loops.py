"""How far a loop has come: its items, and what is done for them."""

from domain.flow.common.board import Board
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus

OVER = (StepStatus.SUCCEEDED, StepStatus.SKIPPED)
"""What counts as done of a loop's steps: neither what failed nor what was stopped."""


def how_far(board: Board, loop: Step) -> str:
    """“5 items, 3 of 10 steps done, 2 agents at work”. What an agent does on its way is part of one step."""
    items = len((loop.output or {}).get("items", []))
    inside = [step for step in board.inside(loop.node_id) if not board.placed(step.node_id).of_agent]
    over = sum(step.status in OVER for step in inside)
    agents = sum(board.holds(step) and board.placed(step.node_id).spot.holds == "rounds" for step in inside)
    parts = [f"{items} items", f"{over} of {len(inside)} steps done"]
    if agents:
        parts.append("1 agent at work" if agents == 1 else f"{agents} agents at work")
    return ", ".join(parts)
