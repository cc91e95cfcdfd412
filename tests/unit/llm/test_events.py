"""What is read of a server's bytes, framed and cut as it likes."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.llm.openai.call import Broken
from domain.llm.openai.events import LONGEST_ANSWER, Events

Read = list[dict[str, Any] | str | None]
A, B = {"text": "Ä 💡 “a”"}, {"text": "b"}


def read(*parts: bytes) -> Read:
    """Every object in turn; a reason at its end where it was none."""
    events, found = Events(), Read()
    try:
        for part in parts:
            found.extend(events.take(part))
        found.extend(events.end())
    except Broken as error:
        found.append(error.reason)
    return found


def written(value: object, **how: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, **how).encode()


FIRST, SECOND = written(A), written(B)
STREAMS: dict[str, tuple[bytes, Read]] = {
    "plain": (b"data: %s\n\ndata: %s\n\ndata: [DONE]\n\n" % (FIRST, SECOND), [A, B, None]),
    "of two returns": (b"data: %s\r\n\r\ndata: %s\r\n\r\ndata: [DONE]\r\n\r\n" % (FIRST, SECOND), [A, B, None]),
    "of returns alone": (b"data: %s\r\rdata: %s\r\rdata: [DONE]\r\r" % (FIRST, SECOND), [A, B, None]),
    "without blanks": (b"data:%s\n\ndata:%s\n\ndata:[DONE]\n\n" % (FIRST, SECOND), [A, B, None]),
    "named, with comments": (
        b": hello\n\nevent: x\nid: 7\nretry: 9\ndata: %s\n\n:\n: still here\n\ndata: %s\n\n" % (FIRST, SECOND),
        [A, B],
    ),
    "over several lines": (
        b"data: {\ndata: %s: 1,\r\ndata: %s: 2}\n\ndata: %s" % (b'"a"', b'"b"', FIRST),
        [{"a": 1, "b": 2}, A],
    ),
    "without empty lines": (b"data: %s\ndata: %s\ndata: [DONE]\n" % (FIRST, SECOND), [A, B, None]),
    "without its last line's end": (b"data: %s\n\ndata: %s" % (FIRST, SECOND), [A, B]),
    "with the mark of its encoding": (b"\xef\xbb\xbfdata: %s\n\n" % FIRST, [A]),
    "the mark before a whole answer": (b"\xef\xbb\xbf" + FIRST, [A, None]),
    "empty events": (b"data\n\ndata:\n\ndata: \n\ndata: %s\n\n" % FIRST, [A]),
    "events without data": (b"event: ping\n\ndata: %s\n\nevent: ping\n\n" % FIRST, [A]),
    "whole": (FIRST, [A, None]),
    "whole, over several lines": (written({"a": [1, {"b": "c"}]}, indent=2), [{"a": [1, {"b": "c"}]}, None]),
    "whole, line by line": (FIRST + b"\n" + SECOND + b"\r\n", [A, B, None]),
    "an error after two pieces": (
        b'data: %s\n\ndata: %s\n\ndata: {"error": {"message": "no"}}\n\n' % (FIRST, SECOND),
        [A, B, {"error": {"message": "no"}}],
    ),
    "no JSON after a piece": (b"data: %s\n\ndata: {broken\n\ndata: %s\n\n" % (FIRST, SECOND), [A, "it is unreadable"]),
    "no object after a piece": (b"data: %s\n\ndata: [1]\n\n" % FIRST, [A, "it is unreadable"]),
    "half an object at its end": (b'data: %s\n\ndata: {"text": ' % FIRST, [A, "it is unreadable"]),
    "what only Python reads": (b'data: {"a": NaN, "b": "\tc", "d": %d}\n\n' % 2**70, [{"b": "\tc", "d": 2**70}]),
    "no text in its encoding": (b'data: {"a": "\xff"}\n\n', [{"a": "\ufffd"}]),
    "a web page": (b"\n<html>\n<p>data: no</p>", ["it is a web page"]),
    "words": (b"upstream is away\n", ["it is unreadable"]),
    "nothing": (b"", []),
    "blank lines": (b"\r\n\n\r\r\n", []),
    "nested without end": (b"data: " + b"[" * 100_000, ["it is unreadable"]),
}


def comparable(found: Read) -> Read:
    """Without what is not equal to itself."""
    return [{k: v for k, v in one.items() if v == v} if isinstance(one, dict) else one for one in found]


@pytest.mark.parametrize("name", STREAMS)
def test_each_framing_gives_its_objects(name: str):
    sent, expected = STREAMS[name]
    assert comparable(read(sent)) == expected


@pytest.mark.parametrize("name", [name for name, (sent, _) in STREAMS.items() if len(sent) < 1_000])
def test_a_byte_at_a_time_gives_the_same(name: str):
    sent, expected = STREAMS[name]
    assert comparable(read(*(sent[place : place + 1] for place in range(len(sent))))) == expected


@given(st.sampled_from(sorted(STREAMS)), st.data())
def test_any_cutting_gives_the_same(name: str, data: st.DataObject):
    sent, expected = STREAMS[name]
    cuts = data.draw(st.lists(st.integers(0, len(sent)), max_size=8).map(sorted))
    assert comparable(read(*(sent[begin:end] for begin, end in pairwise((0, *cuts, len(sent)))))) == expected


OBJECTS = st.lists(st.dictionaries(st.text(max_size=5), st.text() | st.integers() | st.none(), max_size=3), max_size=5)


@given(OBJECTS, st.sampled_from([b"\n", b"\r\n", b"\r"]), st.booleans(), st.data())
def test_any_objects_come_through_any_line_ends_and_cuts(
    objects: list[dict[str, Any]], end: bytes, ascii_: bool, data: st.DataObject
):
    lines = (json.dumps(each, ensure_ascii=ascii_).encode("utf-8", "surrogatepass") for each in objects)
    sent = b"".join(b"data: %s%s%s" % (line, end, end) for line in lines)
    cuts = data.draw(st.lists(st.integers(0, len(sent)), max_size=6).map(sorted))
    assert read(*(sent[begin:stop] for begin, stop in pairwise((0, *cuts, len(sent))))) == objects


def test_a_piece_is_given_before_what_stands_behind_it_is_looked_at():
    """So that nothing of an answer is lost that came in one packet with its error."""
    taken = Events().take(b"data: %s\n\ndata: {broken\n\n" % FIRST)
    assert next(iter(taken)) == A
    with pytest.raises(Broken):
        next(iter(taken))


def test_an_answer_without_an_end_is_ended():
    assert read(*[b" " * 1_000_000] * (LONGEST_ANSWER // 1_000_000 + 1)) == ["it has no end"]
