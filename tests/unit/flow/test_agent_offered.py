"""Calls that there are not, or that an agent may not make: what they are answered with. No I/O."""

from tests.factories.rounds import Agent, keep, note, rehearsed, send


def test_an_invented_tool_is_answered_with_names_like_it() -> None:
    agent = Agent()
    agent.think(("notes", {}), ("fly_to_the_moon", {}))
    assert agent.told[0] == "There is no tool called notes. Did you mean note or items?"
    assert agent.told[1] == "There is no tool called fly_to_the_moon. Use those you were given."
    assert "send" not in " ".join(agent.told)


def test_wrong_arguments_are_answered_with_how_it_is_called() -> None:
    agent = Agent()
    agent.think(("send", {"too": "ben"}))
    assert agent.why == ["bad_arguments"]
    assert "send(to: string, text?: string, authorization?: string)" in agent.told[0]


def test_an_agent_that_may_only_read_changes_nothing() -> None:
    agent = Agent(offered=rehearsed(reads=True))
    agent.think(note(), keep(), send())
    assert agent.why == [None, "refused", "refused"]


def test_a_viewers_agent_changes_nothing() -> None:
    agent = Agent(offered=rehearsed(role="viewer"))
    agent.think(keep(), send(), note())
    assert agent.why == ["refused", "refused", None]
