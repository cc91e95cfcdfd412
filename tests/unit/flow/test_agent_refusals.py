"""What a person has said no to, and an agent that asks for it again. No I/O."""

from tests.factories.rounds import REFUSED, Agent, comes, note, send


def test_a_refused_call_is_not_asked_about_again() -> None:
    agent = Agent(came=comes(REFUSED | {"words": "not Ben"}))
    agent.think(send("ben"))
    agent.think(send("ben"), send("eve"))
    assert agent.why == ["refused", None]
    assert "“not Ben”" in agent.told[0]


def test_a_second_no_closes_the_tool() -> None:
    agent = Agent(came=comes({"text": "x"}, send=REFUSED))
    agent.think(send("ben"))
    agent.think(send("eve"))
    agent.think(send("ada", "dear"), note())
    assert agent.why == ["closed", None]
    assert len([made for made in agent.made if made[1] == "send"]) == 2


def test_words_that_ask_for_something_else_instead_are_no_no() -> None:
    agent = Agent(came=comes({"not_made": "The person wants something else: to Ada"}))
    for name in ("ben", "eve", "ada"):
        agent.think(send(name))
    assert len(agent.made) == 3


def test_who_rewords_what_was_refused_for_ever_is_ended() -> None:
    agent = Agent(came=comes(REFUSED))
    output = agent.insist(*(send(str(number)) for number in range(30)))
    assert output["ended"] in ("looped", "rounds")
    assert len(agent.made) == 2
