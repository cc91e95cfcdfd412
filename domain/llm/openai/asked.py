"""The function calls of one answer, put together from fragments however a server cuts and numbers them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from domain.llm.json_text import mended_object
from domain.llm.model import ToolCall
from domain.llm.openai.call import UNREADABLE_CALL, Broken
from domain.llm.openai.reading import part


@dataclass(slots=True)
class _Call:
    index: int | None
    id: str = ""
    name: str = ""
    arguments: str = ""

    @property
    def complete(self) -> bool:
        return bool(self.name) and _sound(self.arguments) is not None


@dataclass(slots=True)
class Asked:
    """Fragments go in with ``add``; ``calls`` are what they amount to."""

    _calls: list[_Call] = field(default_factory=list[_Call])

    def add(self, fragment: Mapping[str, Any]) -> None:
        function = part(fragment.get("function")) or fragment
        index = fragment.get("index")
        index = index if isinstance(index, int) else None
        call_id, name = str(fragment.get("id") or ""), str(function.get("name") or "")
        written = _written(function.get("arguments"))
        call = self._called(index, call_id, name, written)
        call.id = call.id or call_id
        if call.name != name:
            call.name = name if not call.name or name.startswith(call.name) else call.name + name
        if not (written and written == call.arguments and call.complete):  # said again as a whole
            call.arguments += written

    def _called(self, index: int | None, call_id: str, name: str, written: str) -> _Call:
        """The call that a fragment goes on with, or the one it begins."""
        of_id = [
            call for call in self._calls if call_id and call.id == call_id and (index is None or call.index == index)
        ]
        if of_id and not (name and written and written != of_id[-1].arguments and of_id[-1].complete):
            return of_id[-1]
        of_index = [call for call in self._calls if index is None or call.index == index]
        if of_index and not of_id:
            last = of_index[-1]
            another = bool(call_id and last.id and last.id != call_id)
            begins = bool(name) and bool(written) and written != last.arguments and last.complete
            if not another and not begins:
                return last
        self._calls.append(_Call(index))
        return self._calls[-1]

    def calls(self) -> tuple[ToolCall, ...]:
        """The calls in order, each with an id of its own. Raises Broken, naming what cannot be read."""
        made: list[ToolCall] = []
        wrong: list[str] = []
        taken: set[str] = set()
        for place, call in enumerate((call for call in self._calls if call.name), 1):
            call_id = call.id if call.id and call.id not in taken else f"call_{place}"
            taken.add(call_id)
            try:
                made.append(ToolCall(call_id, call.name, arguments_of(call.name, call.arguments)))
            except Broken as error:
                wrong.append(error.reason)
        if wrong:
            raise Broken("; ".join(wrong), code=UNREADABLE_CALL)
        return tuple(made)

    def __bool__(self) -> bool:
        return any(call.name for call in self._calls)


def arguments_of(name: str, written: str) -> dict[str, Any]:
    """A function call's arguments, mended where their meaning is plain. Raises Broken where they are no object."""
    if written.strip() in ("", "null", '""'):
        return {}
    value = _sound(written)
    if value is None:
        value = mended_object(written)
    if value is None:
        raise Broken(f"the arguments of {name} are no JSON object: {written[:200]}")
    return value


def _sound(written: str) -> dict[str, Any] | None:
    try:
        value: object = json.loads(written, strict=False)
    except ValueError:
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _written(arguments: object) -> str:
    if arguments is None or isinstance(arguments, str):
        return arguments or ""
    return json.dumps(arguments, ensure_ascii=False)
