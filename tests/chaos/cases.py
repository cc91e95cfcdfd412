"""Cases that an agent looks after: what its model says in each round, and what it was sent, as its double noted it.

The model reads three pages side by side; then it writes a file and reads a page that takes long, while the person says
something more; then it changes something outside, which the person approves; then it has a page read in another queue;
then it answers. It says the same whoever asks, and however often.
"""

import json
import re
from collections import Counter
from typing import Any

from tests.chaos.apart import KEEP, NAME
from tests.fakes.openai import Behaviour, Call, FakeOpenAI, decides, says

MODEL = "gpt-5-mini"
SAID = "only 2025 counts"
"""What the person says meanwhile. The agent's third thought hears it."""
BY_PLAN, REPLANNED = "by a plan", "Written meanwhile:"
"""Of a message, that it is done by a plan; of what a model reads, that the plan hears what was said."""
HEARING, LAST = 2, 4
"""The rounds that hear that, and that answer."""
SENDS = "n1[2].c0"
"""The step that changes something outside."""
READS = ("a", "b", "c", "slow", "apart")
"""The pages that are read."""

CASE = re.compile(rb"case (\d{4})")
_ROUND = re.compile(rb'"r(\d{3})c\d{4}"')
_NUMBER = re.compile(rb"((?:case |/)(?:\w+/)?)\d{4}")
_BEGUN = re.compile(rb"Now: \S+")
_OUTSIDE = "r002c0000"
"""How the model's interface knows the call outside."""


def words(number: int) -> str:
    """How a case is begun."""
    return f"Look after case {number:04}."


def by_plan(number: int) -> str:
    """How one is begun that is done by a plan."""
    return f"Look after case {number:04} {BY_PLAN}."


def more(number: int) -> str:
    """What the person says of it meanwhile."""
    return f"For case {number:04}: {SAID}."


class Script:
    """The model's part, played by ``FakeOpenAI(otherwise=script)``; ``url`` is where the pages stand."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self, body: dict[str, Any]) -> Behaviour:
        sent = json.dumps(body["input"]).encode()
        number = int(CASE.findall(sent)[-1])
        if "text" not in body:
            return self._round(round_of(sent), number)
        if REPLANNED.encode() in sent:
            return self._planned(("slow", "b"), number)
        if SAID.encode() in sent:
            return decides({"reply": SAID, "kind": "change", "title": "", "plan": None, "task": 1})
        if BY_PLAN.encode() in sent:
            return self._planned(("slow", "a"), number)
        config = {"goal": f"Find out what is the matter with case {number:04}.", "tools": [NAME, KEEP, "http_request"]}
        node = {"id": "n1", "type": "agent", "name": "look after it", "config": config}
        plan = {"nodes": [node], "edges": []}
        return decides({"reply": "I'll look after it.", "kind": "plan", "title": f"Case {number:04}", "plan": plan})

    def _planned(self, pages: tuple[str, str], number: int) -> Behaviour:
        """One page is read after the other."""
        nodes = [
            {"id": page, "type": "tool", "name": "http_request", "config": self._page(page, number)} for page in pages
        ]
        plan = {"nodes": nodes, "edges": [list(pages)]}
        return decides({"reply": "I'll read two pages.", "kind": "plan", "title": f"Case {number:04}", "plan": plan})

    def _page(self, page: str, number: int) -> dict[str, Any]:
        return {"method": "GET", "url": f"{self._url}/{page}/{number:04}"}

    def _round(self, index: int, number: int) -> Behaviour:
        match index:
            case 0:
                return _asks(*(("http_request", self._page(page, number)) for page in "abc"))
            case 1:
                note = {"name": f"case {number:04}.txt", "text": "It is looked after."}
                return _asks((KEEP, note), ("http_request", self._page("slow", number)))
            case 2:
                return _asks(("http_request", self._page("send", number) | {"method": "POST", "body": "It is so."}))
            case 3:
                return _asks((NAME, self._page("apart", number)))
            case _:
                return says("It is looked after.")


def _asks(*calls: tuple[str, dict[str, Any]]) -> Behaviour:
    return Behaviour(calls=tuple(Call(name, given, f"call_{place}") for place, (name, given) in enumerate(calls)))


def round_of(sent: bytes) -> int:
    """Which round is asked for, with all before it in what was sent."""
    return max((int(index) + 1 for index in _ROUND.findall(sent)), default=0)


class Ledger:
    """What the agents' model was sent, by case and round, as often as it was."""

    def __init__(self, double: FakeOpenAI) -> None:
        self.sent: dict[int, dict[int, list[bytes]]] = {}
        for received in double.ledger:
            assert not received.problems, received.problems
            if "text" not in received.body:
                rounds = self.sent.setdefault(int(CASE.findall(received.raw)[-1]), {})
                rounds.setdefault(round_of(received.raw), []).append(received.raw)

    def again(self, number: int) -> Counter[int]:
        """In which rounds of a case the model was asked more than once, and how often more."""
        return Counter({index: len(sent) - 1 for index, sent in self.sent.get(number, {}).items()})

    def heard(self, number: int) -> int:
        """How often it reads, at the end, what the person said meanwhile."""
        return self.last(number).count(SAID.encode())

    def last(self, number: int) -> bytes:
        return self.sent.get(number, {}).get(LAST, [b""])[-1]

    def transcripts(self, number: int, *, noted: bool = False) -> list[set[bytes]]:
        """All that was sent in each round, without the case's number and the time at which it began; ``noted``: and
        without what came of the call outside, where that is not known but from a person who looked.
        """
        rounds = self.sent.get(number, {})
        return [{_plain(sent, noted=noted) for sent in rounds.get(index, [])} for index in range(LAST + 1)]


def _plain(sent: bytes, *, noted: bool) -> bytes:
    plain = _BEGUN.sub(b"Now:", _NUMBER.sub(rb"\1", sent))
    if not noted:
        return plain
    body = json.loads(plain)
    for item in body["input"]:
        if item.get("call_id") == _OUTSIDE and "output" in item:
            item["output"] = ""
    return json.dumps(body).encode()
