"""Data keys in the database: made once, wrapped by the key that is given, and changed while they are in use."""

import asyncio

import pytest
from sqlalchemy import text

from domain.core.crypto.rotation import rotate
from domain.core.crypto.sealing import KEY
from domain.core.errors import Misconfigured, Refused
from domain.health import Level
from domain.health.keys import secrets
from tests.factories.safes import FIRST, SAFES, SECOND, Safes, filled


async def test_another_process_opens_what_one_has_sealed(safes: Safes) -> None:
    org_id = await safes.organization()
    await safes.put(safes.keyring(), org_id, "xoxb-1")
    assert await safes.all(safes.keyring()) == {"xoxb-1"}


async def test_a_row_that_was_moved_to_another_tenant_does_not_open(safes: Safes) -> None:
    keyring = safes.keyring()
    ours, theirs = await safes.organization(), await safes.organization()
    await safes.put(keyring, ours, "xoxb-1")
    await safes.put(keyring, theirs, "xoxb-2")
    async with safes.database.system("a test") as session:
        await session.execute(text("UPDATE safes SET org_id = :theirs"), {"theirs": theirs})
    with pytest.raises(Refused, match="does not open"):
        await safes.all(keyring)


async def test_a_data_key_that_was_moved_to_another_tenant_opens_nothing_more(safes: Safes) -> None:
    ours, theirs = await safes.organization(), await safes.organization()
    await safes.put(safes.keyring(), ours, "xoxb-1")
    row = await safes.put(safes.keyring(), theirs, "xoxb-2")
    async with safes.database.system("a test") as session:
        await session.execute(
            text("UPDATE data_keys SET wrapped = (SELECT wrapped FROM data_keys WHERE org_id = :ours)"), {"ours": ours}
        )
        await session.execute(
            text("UPDATE safes SET token = (SELECT token FROM safes WHERE org_id = :ours)"), {"ours": ours}
        )
        stored = await session.scalar(text("SELECT token FROM safes WHERE id = :row"), {"row": row})
    with pytest.raises((Refused, Misconfigured)):
        await safes.keyring().open(theirs, "safes.token", row, stored)


async def test_of_many_processes_at_once_one_makes_an_organization_s_data_key(safes: Safes) -> None:
    org_id = await safes.organization()
    several = [safes.keyring() for _ in range(10)]
    await asyncio.gather(*(safes.put(keyring, org_id, f"s{n}") for n, keyring in enumerate(several)))
    assert await safes.all(safes.keyring()) == {f"s{n}" for n in range(10)}
    async with safes.database.system("a test") as session:
        assert await session.scalar(text("SELECT count(*) FROM data_keys")) == 2  # and the installation's


async def test_another_key_is_told_in_a_sentence_at_the_start(safes: Safes) -> None:
    org_id = await safes.organization()
    await safes.keyring(key=FIRST).check()  # nothing is stored: nothing can be wrong
    await safes.put(safes.keyring(key=FIRST), org_id, "xoxb-1")
    await safes.keyring(key=FIRST).check()
    for wrong in (safes.keyring(key=SECOND), safes.keyring(), safes.keyring(key_command="false")):
        with pytest.raises(Misconfigured) as raised:
            await wrong.check()
        assert str(raised.value) == (
            "The key does not open this database's secrets. Set the one it was written with, or name it in "
            "LEGWORK_KEY_PREVIOUS."
        )


async def test_a_process_with_the_key_before_and_one_with_the_new_one_both_go_on(safes: Safes) -> None:
    ours, theirs = await safes.organization(), await safes.organization()
    before, both = safes.keyring(key=FIRST), safes.keyring(key=SECOND, key_previous=FIRST)
    await safes.put(before, ours, "a")
    await safes.put(both, theirs, "b")  # is wrapped as the others open it, until keys are rotated
    assert await safes.all(before) == await safes.all(both) == {"a", "b"}
    await rotate(both, SAFES)
    assert await safes.all(safes.keyring(key=SECOND)) == {"a", "b"}
    with pytest.raises(Misconfigured):
        await safes.put(before, await safes.organization(), "c")  # and never is wrapped with what is given up


async def test_a_key_that_is_derived_is_the_same_for_ever_and_differs_by_its_use(safes: Safes) -> None:
    audit = await safes.keyring(key=FIRST).derive("audit")
    await rotate(safes.keyring(key=SECOND, key_previous=FIRST), SAFES)
    keyring = safes.keyring(key=SECOND)
    assert await keyring.derive("audit") == audit
    assert await keyring.derive("links") != audit
    assert len(audit) == KEY


@pytest.mark.parametrize(
    ("given", "level"),
    [({"key": FIRST}, Level.OK), ({"key": SECOND, "key_previous": FIRST}, Level.WARNING)],
    ids=["as it was", "not rotated yet"],
)
async def test_doctor_says_whether_the_key_opens_the_secrets(
    safes: Safes, given: dict[str, object], level: Level
) -> None:
    [finding] = await secrets(safes.keyring(key=FIRST))
    assert finding.message == "None are stored yet."
    await filled(safes, safes.keyring(key=FIRST), organizations=2, rows=1)
    [finding] = await secrets(safes.keyring(**given))
    assert finding.level is level
    with pytest.raises(Misconfigured):
        await secrets(safes.keyring(key=SECOND))
