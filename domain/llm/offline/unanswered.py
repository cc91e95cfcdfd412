"""“as PDF”, “as a bar chart”, and nothing besides, where there is no answer that it could be meant of."""

from domain.llm.offline.plans import Proposal, refused
from domain.llm.offline.situation import Situation
from domain.llm.offline.target import target_of
from domain.llm.offline.wishes import asks_particular, wanted_format, wants_chart

_NOT_ANSWERED = "What you asked for last was not answered, so there is nothing to "


def unanswered(situation: Situation) -> Proposal | None:
    """What was answered before a refusal is not taken for what was refused, however often it is wished."""
    deed = _deed(situation)
    if deed is None or situation.attachments or situation.mentioned or situation.urls or situation.referred:
        return None
    if situation.failed or situation.told.startswith(_NOT_ANSWERED):
        return refused(f"{_NOT_ANSWERED}{deed}. Ask it in other words, or ask again for what you want to {deed}.")
    tables = any(file.is_data for file in situation.known)
    if tables or situation.result or situation.last.get("query"):
        return None
    return refused(f"There is no answer yet to {deed}: attach a table and ask something of it first.")


def _deed(situation: Situation) -> str | None:
    """What is to be done to an answer, where the words say nothing else."""
    target = target_of(situation)
    if target is not None:
        return None
    names = [file.name for file in situation.known]
    if asks_particular(situation.bare, names):
        return None
    if wanted_format(situation.bare) is not None:
        return "write"
    return "draw" if wants_chart(situation.bare) else None
