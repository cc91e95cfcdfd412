"""What is said where an agent had to stop at a limit: how far it went, and what is still open. It is not done."""

from decimal import Decimal

from domain.flow.common.board import Board
from domain.flow.common.legs import may_go_on
from domain.flow.common.rounds import LEGS, limited_by
from domain.llm.prices import dollars
from domain.tasks.schemas import Step
from domain.tasks.states import Outcome

_NAMED = 3
"""So many of them are told one by one."""


def outcome_of(board: Board) -> Outcome:
    """What a task has come to whose steps are all over: only a part, where an agent stopped that is to answer."""
    return Outcome.PARTIAL if may_go_on(board) else Outcome.ANSWER


def stopped_early(board: Board) -> list[str]:
    """A sentence each: “I stopped after 12 rounds; still open: the prices.”"""
    limited = board.limited
    if len(limited) > _NAMED:
        return [f"{len(limited)} parts of this stopped early, before they were done."]
    alone = len(limited) == 1 and limited == may_go_on(board)
    return [_sentence(board, agent, alone=alone) for agent in limited]


def _sentence(board: Board, agent: Step, *, alone: bool) -> str:
    who = "I stopped" if alone else f"“{board.placed(agent.node_id).node.label}” stopped early,"
    still = " ".join(str((agent.output or {}).get("open") or "").split()).rstrip(".")
    return f"{who} {_limit(agent)}{f'; still open: {still}' if still else ''}."


def _limit(agent: Step) -> str:
    given, output = agent.input or {}, agent.output or {}
    legs = 1 + int(given.get(LEGS) or 0)
    match limited_by(agent):
        case "budget":
            return f"at {dollars(Decimal(str(given['budget'])) * legs)}"
        case "minutes":
            minutes = float(given["minutes"]) * legs
            return f"after {minutes:g} minute{'' if minutes == 1 else 's'}"
        case _:
            return f"after {output['rounds']} round{'' if output['rounds'] == 1 else 's'}"
