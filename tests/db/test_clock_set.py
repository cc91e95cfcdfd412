"""What is good for a while, where the database's clock is set forward or back: for no longer than it was said to be."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from domain.audit import Actor
from domain.connectors import repository as connectors
from domain.connectors import states
from domain.conversations import messages, pressed
from domain.conversations import repository as conversations
from domain.core.db import Database, Session
from domain.core.errors import Invalid
from domain.core.ids import new_id
from domain.core.tokens import code_in, hash_of
from domain.identity import linking, magic_links, sessions
from domain.identity.linking import Account
from domain.orgs import invitations
from domain.orgs import service as orgs
from domain.orgs.access import Principal, Role
from domain.personal import repository as personal
from domain.personal import service as own_data
from tests.fixtures.clock import moved
from tests.fixtures.members import somebody

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
Good = Callable[[Session], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Lasting:
    """Something that is good for so long; ``make`` returns what says whether it is."""

    lasts: timedelta
    make: Callable[[Session], Awaitable[Good]]


async def _minted(session: Session) -> magic_links.Minted:
    minted = await magic_links.mint(session, await magic_links.want(session, linking.PURPOSE))
    assert minted is not None
    return minted


async def token(session: Session) -> Good:
    hashed = hash_of((await _minted(session)).token)

    async def good(later: Session) -> bool:
        found = await magic_links.find(later, hashed)
        taken = await magic_links.take(later, hashed, [linking.PURPOSE])
        assert found is not None
        assert found.good is (taken is not None)
        return found.good

    return good


async def code(session: Session) -> Good:
    letters = code_in((await _minted(session)).code)
    assert letters is not None

    async def good(later: Session) -> bool:
        return await magic_links.take_code(later, hash_of(letters), linking.PURPOSE) is not None

    return good


async def room(session: Session) -> Good:
    link_id = await magic_links.want(session, linking.PURPOSE)

    async def good(later: Session) -> bool:
        return await magic_links.mint(later, link_id) is not None

    return good


async def browser(session: Session) -> Good:
    mara = await somebody(session, "mara")
    cookie = await sessions.begin(session, mara, "a browser")

    async def good(later: Session) -> bool:
        listed = await sessions.open_of(later, [mara])
        assert (await sessions.find(later, cookie) is not None) is bool(listed)
        return bool(listed)

    return good


async def state(session: Session) -> Good:
    await connectors.add_state(session, hash_of("state"), states.LASTS)

    async def good(later: Session) -> bool:
        return await connectors.take_state(later, hash_of("state"))

    return good


async def identity_of(session: Session, name: str) -> tuple[UUID, UUID]:
    user_id = await somebody(session, name)
    found = text("SELECT id FROM chat_identities WHERE user_id = :user_id")
    return user_id, await session.scalar(found, {"user_id": user_id})


async def question(session: Session) -> Good:
    """Whether two accounts are one person's."""
    (mara, own), (work, other) = await identity_of(session, "mara"), await identity_of(session, "mara.nowak")
    minted = await magic_links.mint(session, await linking.begin(session, Account(mara, own, new_id())))
    assert minted is not None
    link = await linking.typed(session, minted.code, Account(work, other, new_id()))
    assert link is not None

    async def good(later: Session) -> bool:
        return await linking.agree(later, link.id, own) is not None

    return good


async def invitation(session: Session) -> Good:
    mara, ben = await somebody(session, "mara"), await somebody(session, "ben")
    org_id = await orgs.own(session, mara, "Mara")
    principal = Principal(frozenset({mara}), org_id, Role.OWNER)
    made = await invitations.invite(session, principal, role=Role.MEMBER, days=7, uses=1, by=mara)
    minted = await magic_links.mint(session, made.link_id)
    assert minted is not None

    async def good(later: Session) -> bool:
        [listed] = await invitations.of(later, org_id, limit=5)
        told = ""
        try:
            await invitations.accept(later, minted.token, {ben}, ben)
        except Invalid as error:
            told = error.sentence
        assert (listed.standing, told) in (("open", ""), ("run out", "That invitation has run out."))
        return not told

    return good


async def card(session: Session) -> Good:
    """Whether a yes to what is asked about before it is destroyed counts."""
    mara = await somebody(session, "mara")
    org_id = await orgs.own(session, mara, "Mara")
    await conversations.add_chat(
        session, platform="fake", workspace="w", chat="dm-mara", org_id=org_id, private=True, held=False
    )
    chat_id = await session.scalar(text("SELECT id FROM chats WHERE org_id = :org_id"), {"org_id": org_id})
    thread_id, _ = await conversations.add_thread(
        session, chat_id=chat_id, org_id=org_id, user_id=mara, person="mara", platform_thread=None
    )
    message_id = await messages.add_turned_away(
        session, thread_id=thread_id, user_id=mara, content="/org delete", platform_message_id=None
    )

    async def good(later: Session) -> bool:
        asked = await pressed.asked(later, message_id, chat_id)
        assert asked is not None
        return asked.fresh

    return good


LASTING = {
    "token": Lasting(magic_links.LASTS, token),
    "code": Lasting(magic_links.LASTS, code),
    "room for one": Lasting(magic_links.LASTS, room),
    "browser": Lasting(sessions.LASTS, browser),
    "state": Lasting(states.LASTS, state),
    "card": Lasting(pressed.CONFIRMS_FOR, card),
    "question": Lasting(magic_links.LASTS, question),
    "invitation": Lasting(timedelta(days=7), invitation),
}


@pytest.mark.parametrize("what", LASTING)
async def test_it_is_good_for_as_long_as_was_said_and_over_where_the_clock_was_set_back(
    database: Database, what: str
) -> None:
    lasting = LASTING[what]
    async with database.system("a test") as session:
        good = await lasting.make(session)
    for by, expected in (
        (timedelta(0), True),
        (lasting.lasts - 20 * SECOND, True),
        (lasting.lasts + SECOND, False),
        (-20 * SECOND, True),  # it was put right
        (-DAY, False),
    ):
        async with moved(database, by) as later:
            assert await good(later) is expected, by


async def test_who_is_removed_while_the_clock_is_back_does_not_come_in_by_an_older_invitation(
    database: Database,
) -> None:
    async with database.system("a test") as session:
        mara, ben = await somebody(session, "mara"), await somebody(session, "ben")
        org_id = await orgs.own(session, mara, "Mara")
        await orgs.join(session, org_id, ben)
        principal = Principal(frozenset({mara}), org_id, Role.OWNER)
        made = await invitations.invite(session, principal, role=Role.MEMBER, days=7, uses=5, by=mara)
        minted = await magic_links.mint(session, made.link_id)
    assert minted is not None
    async with moved(database, -DAY) as earlier:
        await orgs.remove(earlier, org_id, ben, by=Actor("person", mara))
        await earlier.execute(text("SET LOCAL search_path = public"))  # the clock has caught up
        with pytest.raises(Invalid, match="That invitation has run out"):
            await invitations.accept(earlier, minted.token, {ben}, ben)
        [listed] = await invitations.of(earlier, org_id, limit=5)
        assert listed.standing == "run out"


async def test_codes_are_counted_for_ten_minutes_whichever_way_the_clock_is_set(database: Database) -> None:
    async with database.system("a test") as session:
        _, identity_id = await identity_of(session, "mara")
        counted = [await linking.tried(session, identity_id) for _ in range(linking.TRIES + 1)]
    assert counted == [True] * linking.TRIES + [False]
    for by, expected in (
        (timedelta(minutes=9), False),
        (timedelta(minutes=11), True),
        (-20 * SECOND, False),
        (-DAY, True),
    ):
        async with moved(database, by) as later:
            assert await linking.tried(later, identity_id) is expected, by


async def test_nobody_waits_for_an_export_longer_than_an_hour(database: Database) -> None:
    async with database.system("a test") as session:
        mara = await somebody(session, "mara")
        await personal.add_export(session, mara, mara)
    for by in (timedelta(0), timedelta(minutes=30), -20 * SECOND, -DAY):
        async with moved(database, by) as later:
            last = await personal.last_export(later, [mara], own_data.ONCE_IN)
            assert last is not None
            assert last["wait"] <= own_data.ONCE_IN + timedelta(minutes=1), by


async def test_a_slack_token_is_renewed_where_the_clock_was_set_back(database: Database) -> None:
    async with database.system("a test") as session:
        given = {"id": new_id(), "org_id": await orgs.named(session, slug="T1", name="T1")}
        await session.execute(
            text("""INSERT INTO slack_installations (id, org_id, team, team_name, app, bot, scopes, granted_at, token,
                refresh_token, expires_at, refreshing_until)
            VALUES (:id, :org_id, 'T1', 'Acme', 'A1', 'U1', '', now(), 'x', 'x', now() + interval '12 hours',
                now() + interval '1 minute')"""),
            given,
        )
    hours, asking = timedelta(hours=2), timedelta(minutes=1)
    for by, due in ((timedelta(0), False), (-20 * SECOND, False), (timedelta(hours=11), True), (-DAY, True)):
        async with moved(database, by) as later:
            assert (await connectors.expiring(later, hours) == ["T1"]) is due, by
            claimed = await connectors.claim(later, "T1", ahead=hours, lasts=asking)
            assert (claimed is not None) is due, by
            if claimed is not None:
                assert await connectors.claim(later, "T1", ahead=hours, lasts=asking) is None


async def test_whoever_had_to_wait_for_another_asks_for_no_second_token(database: Database) -> None:
    """Their transaction began before that of who asks, and finds what that one has written."""
    async with database.system("a test") as session:
        given = {"id": new_id(), "org_id": await orgs.named(session, slug="T1", name="T1")}
        await session.execute(
            text("""INSERT INTO slack_installations (id, org_id, team, team_name, app, bot, scopes, granted_at, token,
                refresh_token, expires_at)
            VALUES (:id, :org_id, 'T1', 'Acme', 'A1', 'U1', '', now(), 'x', 'x', now() + interval '1 hour')"""),
            given,
        )
    hours, asking = timedelta(hours=2), timedelta(minutes=1)
    async with database.system("a test") as session:
        assert await connectors.claim(session, "T1", ahead=hours, lasts=asking) is not None
    for by, claimed in ((-20 * SECOND, False), (asking - 20 * SECOND, False), (2 * asking, True), (-DAY, True)):
        async with moved(database, by) as other:
            assert (await connectors.claim(other, "T1", ahead=hours, lasts=asking) is not None) is claimed, by
