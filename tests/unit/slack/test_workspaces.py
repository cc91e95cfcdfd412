"""Several workspaces at once: each is spoken to and heard with its own token, and one never stands in for another."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import cast

import pytest

from bot.edge import Edge
from bot.slack import events
from bot.slack.gateways import SlackGateways, open_gateway
from bot.slack.listen import listen
from bot.slack.web import Web, tokens
from bot.slack.workspaces import Workspaces
from domain.connectors.service import Installation
from domain.conversations.ports import Address, Incoming, Posted
from domain.conversations.said import Note
from domain.core.errors import Misconfigured, NotFound, Refused, Unavailable
from domain.core.ids import new_id
from domain.core.settings import Settings
from tests.contracts.telegram import nowhere
from tests.fakes.slack import Channel, FakeSlack, Person, Rules, Workspace
from tests.unit.slack.taking import Taking, listening

ORG = new_id()


class Two:
    """The double with two workspaces; ``stranger`` has the app installed too, and no token is set for it."""

    def __init__(self, slack: FakeSlack) -> None:
        self.slack = slack
        self.acme, self.bolt = slack.workspace, slack.install("Bolt")
        self.stranger = slack.install("Stranger")
        self.tokens = f"{self.acme.bot_token}, {self.bolt.bot_token},"

    def talk(self, workspace: Workspace) -> tuple[Person, Channel, Address]:
        mara = self.slack.person(f"Mara of {workspace.name}", workspace=workspace)
        channel = self.slack.channel("sales", mara, workspace=workspace)
        asked = mara.say(channel, "What moved?")
        return mara, channel, Address("slack", workspace.id, channel.id, thread=asked.ts, person=mara.id)


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    rules = Rules(limited=False, retries=(0.02,) * 50, farewell=0.05)
    async with FakeSlack(rules=rules) as fake:
        yield Two(fake)


@pytest.fixture
async def gateway(two: Two) -> AsyncIterator[SlackGateways]:
    client = nowhere()
    settings = Settings.model_validate({"slack_bot_token": two.tokens, "slack_api_base_url": two.slack.base_url})
    edge = SimpleNamespace(settings=settings, redis=client, database=None, storage=SimpleNamespace(read=None))
    made = open_gateway(cast(Edge, edge))
    yield made
    await made.close()
    await client.aclose()


# -- saying -------------------------------------------------------------------------------------------


async def test_each_workspace_is_spoken_to_with_its_own_token(two: Two, gateway: SlackGateways) -> None:
    for workspace in (two.bolt, two.acme):
        _, channel, to = two.talk(workspace)
        posted = await gateway.post(to, Note(text=f"Hello {workspace.name}."), key=f"note:{channel.id}")
        [said] = two.slack.said(channel)
        assert two.slack.shown(said) == f"Hello {workspace.name}."
        assert posted == Posted(said.ts)
        await gateway.edit(to, said.ts, Note(text="Good-bye."), key=f"note:{channel.id}")
        assert two.slack.shown(said) == "Good-bye."
        assert await gateway.find(to, f"note:{channel.id}") == posted
        await gateway.preview(to, f"answer:{channel.id}", "Enquiries fe")
        assert "Enquiries fe" in two.slack.shown(channel)
    asked = [request for request in two.slack.requests if request.method == "auth.test"]
    assert len(asked) == 2, "whose a token is, is asked once"


async def test_a_workspace_without_a_token_is_refused_in_a_sentence(two: Two, gateway: SlackGateways) -> None:
    _, channel, to = two.talk(two.stranger)
    with pytest.raises(Refused, match=two.stranger.id) as raised:
        await gateway.post(to, Note(text="Hello."), key="note:1")
    assert "SLACK_BOT_TOKEN" in (raised.value.remedy or "")
    with pytest.raises(Refused, match=two.stranger.id):
        await gateway.edit(to, "1.2", Note(text="Hello."), key="note:1")
    assert await gateway.find(to, "note:1") == "unknown"
    await gateway.preview(to, "answer:1", "Enquiries fe")
    assert two.slack.said(channel) == []


async def test_a_refused_token_takes_no_other_workspace_with_it(two: Two, gateway: SlackGateways) -> None:
    two.slack.uninstall(two.acme)
    _, channel, to = two.talk(two.bolt)
    await gateway.post(to, Note(text="Hello."), key="note:1")
    assert two.slack.shown(two.slack.said(channel)[0]) == "Hello."
    for _ in range(2):
        with pytest.raises(Refused, match="deactivated"):
            await gateway.post(Address("slack", two.acme.id, "C0SALES"), Note(text="Hello."), key="note:2")


async def test_a_token_is_asked_about_again_where_slack_was_away(two: Two, gateway: SlackGateways) -> None:
    two.slack.break_down("auth.test", times=2)
    _, channel, to = two.talk(two.bolt)
    with pytest.raises(Unavailable):
        await gateway.post(to, Note(text="Hello."), key="note:1")
    await gateway.post(to, Note(text="Hello."), key="note:1")
    assert len(two.slack.said(channel)) == 1


async def test_a_file_is_fetched_with_the_token_of_its_workspace(two: Two, gateway: SlackGateways) -> None:
    async with listening(two.slack, two.tokens) as edge:
        for workspace in (two.acme, two.bolt):
            who = two.slack.person("Mara", workspace=workspace)
            who.dm("look", files=[("leads.csv", f"from,{workspace.name}".encode())])
        await two.slack.settled()
    contents = {b"".join([chunk async for chunk in gateway.open_file(_ref(taken))]) for taken in edge.taken}
    assert contents == {b"from,Acme", b"from,Bolt"}
    wrong = _ref(edge.taken[0]).replace(edge.taken[0].workspace, edge.taken[1].workspace)
    with pytest.raises(NotFound):
        [chunk async for chunk in gateway.open_file(wrong)]


class _Made:
    """What is made of a token."""

    def __init__(self, web: Web) -> None:
        self.web = web

    async def close(self) -> None:
        await self.web.close()


async def test_however_many_workspaces_install_the_app_each_is_made_once() -> None:
    made: list[_Made] = []

    def make(web: Web) -> _Made:
        made.append(_Made(web))
        return made[-1]

    async def installed(team: str) -> Installation:
        return Installation(team, ORG, "active", 1, "xoxb-1", None)

    workspaces = Workspaces([], make, installed, steady=lambda: 0.0)
    for number in range(5_001):
        await workspaces.find(f"T{number}")
    assert await workspaces.find("T5000") is made[5_000]
    assert await workspaces.find("T0") is made[0]
    assert len(made) == 5_001
    await workspaces.close()


# -- hearing ------------------------------------------------------------------------------------------


async def test_every_workspace_with_a_token_is_heard_and_no_other(two: Two) -> None:
    async with listening(two.slack, two.tokens) as edge:
        for workspace in (two.acme, two.bolt, two.stranger):
            two.slack.person(f"Mara of {workspace.name}", workspace=workspace).dm(f"hello from {workspace.name}")
        await two.slack.settled()
    assert {(taken.workspace, taken.person_name, taken.text) for taken in edge.taken} == {
        (two.acme.id, "Mara of Acme", "hello from Acme"),
        (two.bolt.id, "Mara of Bolt", "hello from Bolt"),
    }
    assert {taken.organization for taken in edge.taken} == {f"slack:{two.acme.id}", f"slack:{two.bolt.id}"}
    assert {len(delivery.attempts) for delivery in two.slack.deliveries} == {1}, "a stranger's come once"


async def test_commands_and_forms_are_answered_in_their_workspace(two: Two) -> None:
    async with listening(two.slack, two.tokens) as edge:
        mara, channel, _ = two.talk(two.bolt)
        await mara.slash(channel, "/legwork", "tasks").answer()
        await mara.slash(channel, "/legwork", "").answer()
        assert mara.modal is not None
        outsider, elsewhere, _ = two.talk(two.stranger)
        await outsider.slash(elsewhere, "/legwork", "tasks").answer()
    assert [(taken.workspace, taken.text) for taken in edge.taken] == [(two.bolt.id, "/tasks")]


async def test_what_is_said_before_slack_told_whose_the_tokens_are_is_not_lost(two: Two) -> None:
    gate = two.slack.hold("auth.test", times=2)
    async with listening(two.slack, two.tokens) as edge:
        two.slack.person("Mara", workspace=two.bolt).dm("hello")
        await two.slack.until(lambda: two.slack.deliveries)
        gate.set()
        await two.slack.settled()
        assert [taken.text for taken in edge.taken] == ["hello"]


async def test_it_listens_while_one_token_is_refused(two: Two) -> None:
    two.slack.uninstall(two.acme)
    async with listening(two.slack, two.tokens) as edge:
        two.slack.person("Mara", workspace=two.bolt).dm("hello")
        await two.slack.settled()
        assert [taken.text for taken in edge.taken] == ["hello"]


async def test_where_every_token_is_refused_it_does_not_start(two: Two) -> None:
    edge = Taking(two.slack, "xoxb-wrong,xoxb-another")
    with pytest.raises(Misconfigured, match="SLACK_BOT_TOKEN"):
        await listen(cast(Edge, edge), asyncio.Event())
    await edge.redis.aclose()


# -- parts --------------------------------------------------------------------------------------------


def test_tokens_are_read_between_commas() -> None:
    assert tokens(Settings.model_validate({"slack_bot_token": " xoxb-1 ,xoxb-2,, xoxb-1"})) == ["xoxb-1", "xoxb-2"]


@pytest.mark.parametrize("given", [None, " , "])
def test_no_token_is_no_slack(given: str | None) -> None:
    with pytest.raises(Misconfigured):
        tokens(Settings.model_validate({"slack_bot_token": given}))


@pytest.mark.parametrize(
    "body",
    [
        {"team_id": "T1"},
        {"team_id": "T9", "authorizations": [{"team_id": "T1"}]},  # a shared channel, where T9 is a guest
        {"team_id": "T1", "authorizations": [{"team_id": None}]},
        {"team": {"id": "T1"}},
        {"team": {"id": "T9"}, "view": {"app_installed_team_id": "T1"}},
    ],
)
def test_the_workspace_is_that_of_the_installation(body: dict[str, object]) -> None:
    assert events.team(body) == "T1"


def _ref(taken: Incoming) -> str:
    [file] = taken.files
    assert file.ref is not None
    return file.ref
