import asyncio
from typing import Any

from domain.conversations.said import Answer, ApprovalCard, Note, PlanCard
from tests.factories.rehearsal import Rehearsal
from tests.factories.replies import told
from tests.factories.specs import asks, node, plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

AGENT = node("n1", "agent", "tell ben", goal="Tell Ben.")


async def test_long_arguments_on_card(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    text = "word " * 5_000 + "and the secret end"
    script.then(plan(AGENT), asks(("send", {"to": "ben", "text": text})), "Sent.")
    await talk.say("tell ben")
    [ask] = talk.card.asks
    assert dict(ask.details)["text"] == text
    await talk.press("Approve")
    assert rehearsal.of("send")[0]["text"] == text
    assert 0


async def test_secret_in_arguments(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(("send", {"to": "ben", "text": "key sk-abcdefghijklmnopqrstuvwx", "authorization": "Bearer abcdefghijklmnopqrst"})), "Sent.")
    await talk.say("tell ben")
    print(talk.card.asks)
    await talk.press("Approve")
    shown = await talk.say("/tasks show")
    print(shown)
    rows = await talk.rows("SELECT message FROM task_logs")
    print(rows)
    assert 0


async def test_search_words_with_secret(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(("search_google", {"query": "sk-abcdefghijklmnopqrstuvwx"}), ("no_such_sk-abcdefghijklmnopqrstuvwx", {})), "Sent.")
    await talk.say("tell ben")
    shown = await talk.say("/tasks show")
    print(talk.chat.shown)
    print(shown)
    assert 0


async def test_ansi(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(("send", {"to": "ben\u202e", "text": "\x1b[2Jx\u200bb"})), "Sent.")
    await talk.say("tell ben")
    print(talk.card.asks)
    assert 0
