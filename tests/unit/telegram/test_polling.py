"""Long polling: nothing is confirmed before it is stored, nothing is lost, and one process does it."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text

from bot.edge import Edge
from bot.telegram.listen import listen_polling
from domain.core.errors import Misconfigured
from domain.core.queue.turn import turn
from tests.factories.cases import case
from tests.fakes.telegram import FakeTelegram, Fault, Refusal, person
from tests.fixtures.waiting import eventually


@asynccontextmanager
async def listener(edge: Edge, *, quiet: float = 0.05) -> AsyncGenerator[asyncio.Task[None]]:
    stop = asyncio.Event()
    task = asyncio.create_task(listen_polling(edge, stop, seconds=5, quiet=quiet, first=0.01))
    try:
        yield task
    finally:
        stop.set()
        async with asyncio.timeout(20):
            await asyncio.gather(task, return_exceptions=True)


async def stored(edge: Edge) -> list[str]:
    async with edge.database.system("a test") as session:
        rows = await session.all(text("SELECT content FROM messages ORDER BY id"))
    return [row["content"] for row in rows]


def all_confirmed(fake: FakeTelegram) -> Callable[[], bool]:
    return lambda: not fake.world.queue


async def test_updates_are_stored_in_order_and_then_confirmed(edge: Edge, fake: FakeTelegram) -> None:
    seat = person(fake)
    for number in range(120):
        seat.say(f"number {number}")
    async with listener(edge):
        await eventually(all_confirmed(fake))
    assert await stored(edge) == [f"number {number}" for number in range(120)]


async def test_at_the_start_a_webhook_is_removed_and_the_commands_are_offered(edge: Edge, fake: FakeTelegram) -> None:
    await fake.updates.hook("http://127.0.0.1:9/hook", "s")
    person(fake).say("hello")
    async with listener(edge):
        await eventually(all_confirmed(fake))
    assert set(fake.world.commands) == {"default", "all_private_chats", "all_group_chats"}
    assert {"tasks", "help"} <= {command["command"] for command in fake.world.commands["default"]}
    assert fake.world.wanted >= {"message_reaction", "callback_query", "message"}


async def test_what_was_stored_and_not_confirmed_when_a_process_ended_is_not_stored_twice(
    edge: Edge, fake: FakeTelegram
) -> None:
    seat = person(fake)
    seat.say("one")
    seat.album([(f"{number}.csv", b"1") for number in range(10)], caption="two")  # all there are in an album
    again = list(fake.world.queue)
    async with listener(edge, quiet=60):
        await eventually(all_confirmed(fake))
    fake.world.queue.extend(again)  # as if the offset had never arrived
    seat.say("three")
    async with listener(edge, quiet=60):
        await eventually(all_confirmed(fake))
    assert await stored(edge) == ["one", "two", "three"]


async def test_a_part_of_an_album_that_comes_late_is_not_lost(edge: Edge, fake: FakeTelegram) -> None:
    seat = person(fake)
    seat.document("a.csv", b"1", caption="first", album="777")
    seat.document("b.csv", b"2", album="777")
    known = list(fake.world.queue)
    async with listener(edge, quiet=0.5):
        await eventually(all_confirmed(fake))
        seat.document("c.csv", b"3", album="777")
        await eventually(all_confirmed(fake))
    fake.world.queue.extend([*known, fake.world.delivered[-1]])  # all three once more, together this time
    seat.document("d.csv", b"4", album="777")
    async with listener(edge, quiet=0.5):
        await eventually(all_confirmed(fake))
    async with edge.database.system("a test") as session:
        rows = await session.all(text("SELECT attachments FROM messages ORDER BY id"))
    names = [[file["name"] for file in row["attachments"]] for row in rows]
    assert names == [["a.csv", "b.csv"], ["c.csv"], ["d.csv"]]


async def test_parts_that_come_one_after_another_are_one_album(edge: Edge, fake: FakeTelegram) -> None:
    seat = person(fake)
    async with listener(edge, quiet=60):  # it does not become whole by itself, however long the polls take
        for parts in (range(4), range(4, 7), range(7, 10)):
            for number in parts:
                seat.document(f"{number}.csv", b"x", album="778")
            polls = len(fake.calls("getUpdates"))
            await eventually(lambda before=polls: len(fake.calls("getUpdates")) > before)
        await eventually(all_confirmed(fake))
    assert await stored(edge) == [""]


async def test_an_update_of_another_form_keeps_nobody_waiting(edge: Edge, fake: FakeTelegram) -> None:
    malformed: list[Any] = [{"update_id": 5, "message": {"message_id": "x"}}, {"update_id": 6, "message": []}]
    fake.world.queue.extend(malformed)
    person(fake).say("hello")
    async with listener(edge):
        await eventually(all_confirmed(fake))
    assert await stored(edge) == ["hello"]
    assert bool(fake.wrong) is fake.validates  # where it has the specification, the double did not like them either
    fake.wrong.clear()


@pytest.mark.parametrize(
    "fault",
    [
        Fault("getUpdates", refusal=Refusal(409, "Conflict: terminated by other getUpdates request")),
        Fault("getUpdates", status=502),
        Fault("getMe", refusal=Refusal(500, "Internal Server Error")),
        Fault("deleteWebhook", refusal=Refusal(429, "Too Many Requests: retry after 1", retry_after=1)),
    ],
    ids=lambda fault: f"{fault.method} {fault.status or fault.refusal.status}",
)
async def test_what_passes_is_waited_out(edge: Edge, fake: FakeTelegram, fault: Fault) -> None:
    fake.fail(fault)
    person(fake).say("hello")
    async with listener(edge):
        await eventually(all_confirmed(fake))
    assert await stored(edge) == ["hello"]


def answered(body: Any) -> Fault:
    return Fault("getUpdates", body=json.dumps(body).encode())


@pytest.mark.parametrize(
    "fault",
    [
        Fault("getUpdates", closed=True),
        Fault("getUpdates", lost=True),
        Fault("getUpdates", status=504),
        Fault("getUpdates", status=302),
        Fault("getUpdates", status=403),  # a proxy's word, not Telegram's
        Fault("getUpdates", status=404),
        Fault("getUpdates", body=b""),
        Fault("getUpdates", body=b"<html>Sign in</html>"),
        Fault("getUpdates", body=b'{"ok":true,"result":[{"upd'),
        Fault("getUpdates", body=b"[" * 100_000),
        Fault("getUpdates", body=b"null", status=500),
        answered([]),
        answered({"ok": True}),
        answered({"ok": True, "result": None}),
        answered({"ok": True, "result": {"update_id": 1}}),
        answered({"ok": True, "result": ["x", 7, {"update_id": "1"}, {}]}),
        answered({"ok": "yes", "result": []}),
        answered({"ok": False}),
        answered({"ok": False, "error_code": "x", "description": ["Bad"], "parameters": [1]}),
        answered({"ok": False, "error_code": 429, "description": "Too Many", "parameters": {"retry_after": "soon"}}),
        Fault("getUpdates", refusal=Refusal(400, "Bad Request: offset is out of reach")),
        Fault("getUpdates", refusal=Refusal(500, "Internal Server Error")),
        Fault("getMe", closed=True),
        Fault("getMe", lost=True),
        Fault("getMe", status=504),
        Fault("getMe", body=b"{"),
        Fault("getMe", body=b'{"ok":true,"result":{"id":"seven","is_bot":"yes"}}'),
        Fault("getMe", body=b'{"ok":true,"result":true}'),
        Fault("deleteWebhook", lost=True),
        Fault("setMyCommands", body=b"maintenance", lost=True),
    ],
    ids=repr,
)
async def test_nothing_about_a_read_is_ambiguous(
    edge: Edge, fake: FakeTelegram, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    fake.fail(fault)
    person(fake).say("hello")
    async with listener(edge) as listening:
        await eventually(all_confirmed(fake))
        assert not listening.done()
    assert await stored(edge) == ["hello"]
    assert "Traceback" not in caplog.text


async def test_a_long_poll_that_is_cut_is_begun_again(edge: Edge, fake: FakeTelegram) -> None:
    async with listener(edge) as listening:
        for text in ("one", "two"):
            await eventually(lambda: fake.updates.polling)
            fake.cut()
            person(fake).say(text)
            await eventually(all_confirmed(fake))
        assert not listening.done()
    assert await stored(edge) == ["one", "two"]


async def test_the_kept_fault_of_a_waiting_poll_ends_nothing(edge: Edge, fake: FakeTelegram) -> None:
    kept = case("E05")
    happens = {"the server closes the connection of a waiting getUpdates": fake.cut}[kept["fault"]]
    async with listener(edge) as listening:
        await eventually(lambda: fake.updates.polling)
        happens()
        person(fake).say("hello")
        await eventually(all_confirmed(fake))
        assert not listening.done()
    assert await stored(edge) == ["hello"]


async def test_a_bot_whose_answer_does_not_say_that_it_is_one_is_known_all_the_same(
    edge: Edge, fake: FakeTelegram
) -> None:
    fake.fail(Fault("getMe", body=b'{"ok":true,"result":{"id":7012345678,"username":"legwork_bot"}}'))
    person(fake).say("hello")
    async with listener(edge):
        await eventually(all_confirmed(fake))
    assert len([call for call in fake.ledger if call.method == "getMe"]) == 1


async def test_a_token_telegram_does_not_know_stops_the_start(edge: Edge, fake: FakeTelegram) -> None:
    fake.fail(Fault("getMe", refusal=Refusal(401, "Unauthorized")))
    with pytest.raises(Misconfigured):
        await listen_polling(edge, asyncio.Event())


async def test_a_stop_does_not_wait_for_telegram(edge: Edge, fake: FakeTelegram) -> None:
    async with listener(edge):
        await eventually(lambda: fake.updates.polling)


async def test_two_listeners_take_turns_and_the_second_takes_over(edge: Edge, fake: FakeTelegram) -> None:
    seat = person(fake)
    async with listener(edge) as second:
        async with listener(edge) as first:
            await eventually(lambda: fake.updates.polling)
            seat.say("one")
            await eventually(all_confirmed(fake))
            assert {first.done(), second.done()} == {False}
        seat.say("two")
        await eventually(all_confirmed(fake))
    assert await stored(edge) == ["one", "two"]
    assert [call.status for call in fake.ledger if call.method == "getUpdates" and call.status == 409] == []


async def test_a_listener_whose_connection_is_cut_takes_its_turn_again(edge: Edge, fake: FakeTelegram) -> None:
    seat = person(fake)
    async with listener(edge):
        await eventually(lambda: fake.updates.polling)
        async with edge.database.system("a test") as session:
            cut = await session.all(
                text("""SELECT pg_terminate_backend(pid) FROM pg_locks
                WHERE locktype = 'advisory' AND pid <> pg_backend_pid()""")
            )
        assert len(cut) == 1
        seat.say("one")
        seat.say("two")
        await eventually(all_confirmed(fake))
        await eventually(lambda: len(fake.calls("deleteWebhook")) == 2)
    assert await stored(edge) == ["one", "two"]


async def test_waiting_for_a_turn_ends_when_it_is_time_to_stop(edge: Edge) -> None:
    stop = asyncio.Event()
    async with turn(edge.database, "telegram:turn", stop) as held:
        assert held is not None
        waiting = asyncio.create_task(_turn_of(edge, stop))
        await asyncio.sleep(0)
        stop.set()
        assert await waiting is False


async def _turn_of(edge: Edge, stop: asyncio.Event) -> bool:
    async with turn(edge.database, "telegram:turn", stop, retry=0.05) as held:
        return held is not None
