"""The tasks that run while a message is decided on, and which of them an answer means."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from domain.core.errors import Invalid

OpenTask = Mapping[str, Any]
"""``{"number", "title", "doing"}``: the numbers count up from 1, in the order the tasks are told."""

_SHORTEST = 3
"""Letters of a name that is one."""

_NUMBER = re.compile(r"(?:task|no|nr)?[.:]?\s*#?\s*(\d+)(?:\.0?)?", re.IGNORECASE)


def meant_task(given: object, open_tasks: Sequence[OpenTask]) -> int:
    """The number of the task that a model names: by its number, however that is written, or by its title; where there
    is only one, it need not be named. Raises Invalid: it is none of them."""
    if given in (None, "", 0) and len(open_tasks) == 1:
        return int(open_tasks[0]["number"])
    written = str(given if given is not None else "").strip()
    number = _NUMBER.fullmatch(written)
    titled = [int(task["number"]) for task in open_tasks if _is_called(task, written)]
    known = [int(task["number"]) for task in open_tasks]
    if number is not None and int(number[1]) in known:
        return int(number[1])
    if len(titled) == 1:
        return titled[0]
    raise Invalid(
        f"No running task is “{written}”; task is one of {', '.join(map(str, known))}, or it is work of its own.",
        code="unreadable_answer",
    )


def _is_called(task: OpenTask, written: str) -> bool:
    title, name = _plain(task["title"]), _plain(written)
    return len(name) >= _SHORTEST and len(title) >= _SHORTEST and (name in title or title in name)


def _plain(title: object) -> str:
    return " ".join(re.sub(r"[“”„\"'#.]|^\d+[.:)]", " ", str(title).casefold()).split())
