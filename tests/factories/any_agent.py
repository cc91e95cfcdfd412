"""Random agents: what a model replies, what a person decides and says meanwhile; and, in plain words, what comes of it.

``interpret`` is written without the engine and without the policy: it is what both are held against.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Call = tuple[str, str]
"""A tool, and what it is called with. ``fly`` there is not; ``slip`` is a call of ``send`` without its arguments."""

READS = [("note", text) for text in "abc"] + [("render", "a"), ("watch", "a")]
LOOKS = [("look_again", "0.c0"), ("look_again", "1.c1")]
ASKED = [("send", "ben"), ("send", "eve"), ("send", "ada"), ("publish", "ben")]
CHANGES = [("keep", "a"), ("keep", "b"), *ASKED]
SLIPS = [("fly", ""), ("slip", "")]
FAILS = [*READS[:4], *CHANGES]


@dataclass(frozen=True)
class Reply:
    """``noted``: the person writes while the model thinks of it."""

    words: str = ""
    calls: tuple[Call, ...] = ()
    noted: bool = False


@dataclass(frozen=True)
class Played:
    """After ``replies`` the model answers “The end.”. ``broken``: calls that fail whenever they are made. ``yes``: what
    the person decides, over and over."""

    replies: tuple[Reply, ...]
    rounds: int = 8
    broken: frozenset[Call] = frozenset()
    yes: tuple[bool, ...] = (True,)
    instead: frozenset[int] = frozenset()
    """Of the times they are asked (1 is the first) those at which they write something, and decide nothing."""

    def reply(self, number: int) -> Reply:
        return self.replies[number] if number < len(self.replies) else Reply("The end.")


@dataclass
class Came:
    """What became of each call that was made a step, what was done, and how it ended after so many thoughts."""

    calls: dict[str, str] = field(default_factory=dict[str, str])
    done: Counter[Call] = field(default_factory=Counter[Call])
    thoughts: int = 0
    ended: str = ""
    text: str = "I have no answer yet."


def interpret(played: Played) -> Came:
    """The plain interpreter of forty lines."""
    came, made = Came(), list[tuple[int, Call, str]]()  # made: in which round, which call, and what it came to
    refused, asked, said = list[Call](), 0, came.text
    held = ordered = empty = heard = False
    since = 0  # the round before which the person wrote last: nothing that was read before it need hold any more
    recent: list[list[tuple[Call, bool]]] = []  # rounds since then: what was asked for, and whether that was new
    slips, names = list[bool](), list[str]()
    for number in range(played.rounds):
        last, reply = number == played.rounds - 1, played.reply(number)
        if heard:
            recent, slips, ordered, held, since = [], [], False, False, number
        stale = ordered and not any(new for _, new in recent[-1])
        stuck = held if empty else stale or slips[-3:] == [True] * 3
        withheld = last or stuck
        ordered = not empty and not stuck and circles([each for row in recent for each in row])
        noted = reply.noted and not withheld and bool(reply.words or reply.calls)
        came.thoughts, again, empty, held, heard = number + 1, empty, False, withheld, noted
        if withheld and (reply.words or reply.calls or last):
            return end(came, "rounds" if last else "looped", reply.words or said)
        if not reply.calls and reply.words and not noted:
            return end(came, "answered", reply.words)
        said = reply.words or said
        if not reply.calls and reply.words:
            continue
        if not reply.calls:
            if again:
                return end(came, "FAILED", "")
            empty = True
            recent, slips = [*recent, []], [*slips, False]
            continue
        row, placed = dict[Call, bool](), list[tuple[str, Call]]()
        slipped = [call in SLIPS for call in reply.calls[:8]]
        slips.append(all(slipped) and len(reply.calls) <= 8)
        for place, call in enumerate(reply.calls[:8]):
            if call in SLIPS or call in [each for _, each in placed]:
                continue
            if call in refused or closed(call, refused) or was_there(call, made, since):
                row.setdefault(call, False)
            else:
                placed.append((f"n1[{number}].c{place}", call))
                row[call] = True
        now = list[tuple[int, Call, str]]()
        window = [call for each in recent for call, _ in each]
        for step, call in placed:
            kind, name = call
            status = "FAILED" if call in played.broken else "SUCCEEDED"
            if call in ASKED and heard:
                status = "SKIPPED"
            elif closed(call, refused):
                status = "CLOSED"
            elif call in ASKED:
                asked += 1
                if asked in played.instead:
                    heard, status = True, "SKIPPED"
                elif not played.yes[(asked - 1) % len(played.yes)]:
                    refused.append(call)
                    status = "SKIPPED"
            if kind == "look_again":
                step_there = f"n1[{name[0]}].{name[2:]}"
                found = came.calls.get(step_there, "NOT MADE") if name in names else "NO SUCH"
                status = found if found == "SUCCEEDED" else f"FAILED: {found}"
            came.calls[step] = "FAILED" if status == "CLOSED" else status.partition(":")[0]
            came.done[call] += status in ("SUCCEEDED", "FAILED") and kind != "look_again"
            known = [each for each in made if each[1] == call] if call in window else []
            same = known if call in CHANGES else [each for each in known if each[2] == status]
            row[call] = status == "SKIPPED" or kind == "watch" or not same
            if status != "SKIPPED":
                now.append((number, call, status))
        made += now
        names += [f"{number}.c{place}" for place in range(len(reply.calls))]
        recent.append(list(row.items()))
    return came


def closed(call: Call, refused: list[Call]) -> bool:
    """Whether a person said no to its tool twice."""
    return [tool for tool, _ in refused].count(call[0]) >= 2


def was_there(call: Call, made: list[tuple[int, Call, str]], since: int) -> bool:
    """Whether it need not be made: nothing has changed since it was, or three times were enough."""
    if call[0] == "watch":
        return False
    change = max((number for number, each, how in made if each in CHANGES and how == "SUCCEEDED"), default=-1)
    change = max(change, since - 1)
    before = [how for number, each, how in made if each == call and (call in CHANGES or number > change)]
    return len(before) >= 3 or (call not in CHANGES and "SUCCEEDED" in before)


def circles(row: list[tuple[Call, bool]]) -> bool:
    """Whether nothing new has come of the same call thrice, of two in turn, or of six of any kind."""
    calls, new = [call for call, _ in row], [new for _, new in row]
    thrice = len(row) >= 3 and len(set(calls[-3:])) == 1 and not new[-1]
    in_turn = len(row) >= 6 and len(set(calls[-6:])) <= 2 and not any(new[-4:])
    return thrice or in_turn or (len(row) >= 6 and not any(new[-6:]))


def end(came: Came, ended: str, text: str) -> Came:
    came.ended, came.text = ended, text
    return came


def arguments(call: Call) -> tuple[str, dict[str, Any]]:
    """The call as a model asks for it."""
    tool, text = call
    if tool == "look_again":
        return tool, {"call": text}
    given = {"text": f"{tool} {text}"}
    return ("send", {}) if tool == "slip" else (tool, given | ({"to": text} if call in ASKED else {}))


calls = st.sampled_from([*READS, *LOOKS, *CHANGES, *SLIPS])
asking = st.one_of(
    st.builds(Reply, st.sampled_from(["", "", "I look."]), st.lists(calls, min_size=1, max_size=3).map(tuple)),
    st.builds(Reply, st.just(""), st.lists(calls, min_size=1, max_size=2).map(tuple), st.booleans()),
    st.builds(Reply, st.just(""), st.lists(calls, min_size=7, max_size=10).map(tuple)),
)
answering = st.builds(Reply, st.sampled_from(["So it is.", "", ""]), st.just(()), st.booleans())
again = st.tuples(st.lists(asking, min_size=1, max_size=2), st.integers(2, 6)).map(lambda each: each[0] * each[1])
"""The same for several rounds: models do that."""
scripts = st.lists(st.one_of(again, asking.map(lambda each: [each]), answering.map(lambda each: [each])), max_size=6)
agents = st.builds(
    Played,
    scripts.map(lambda parts: tuple(reply for part in parts for reply in part)),
    st.sampled_from([12, 12, 12, 12, 8, 5, 3, 2, 1]),
    st.frozensets(st.sampled_from(FAILS), max_size=2),
    st.lists(st.booleans(), min_size=1, max_size=3).map(tuple),
    st.frozensets(st.integers(1, 4), max_size=2),
)
