"""Data keys in the database: made once, wrapped by the key that is given, and changed while they are in use."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from domain.core import failpoints
from domain.core.crypto import repository
from domain.core.crypto.given import OWN, OWN_PREVIOUS, Keys
from domain.core.crypto.keyring import Keyring
from domain.core.crypto.rotation import Rotated, rotate, tend
from domain.core.crypto.sealing import KEY
from domain.core.db import Database
from domain.core.db.tables import Sealed
from domain.core.errors import Misconfigured, Refused
from domain.core.failpoints import POINTS, VARIABLE, Struck
from domain.core.ids import new_id
from domain.core.settings import Settings
from domain.health import Level
from domain.health.keys import secrets

SAFES = [Sealed("safes", ("token", "refresh"))]
FIRST, SECOND = (base64.b64encode(os.urandom(KEY)).decode() for _ in range(2))


class Safes:
    """A table with two secrets in a row, as a feature has it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self._folder = folder

    def keyring(self, **given: object) -> Keyring:
        """One more process."""
        return Keyring(self.database, Keys(Settings.model_validate({"data_dir": self._folder, **given})))

    async def organization(self) -> UUID:
        made = new_id()
        async with self.database.system("a test") as session:
            await session.execute(
                text("INSERT INTO organizations (id, name, slug) VALUES (:id, 'Acme', :slug)"),
                {"id": made, "slug": str(made)},
            )
        return made

    async def put(self, keyring: Keyring, org_id: UUID, secret: str) -> UUID:
        row, key = new_id(), await keyring.data_key(org_id)
        token = await keyring.seal(org_id, "safes.token", row, secret.encode())
        async with self.database.system("a test") as session:
            await session.execute(
                text("INSERT INTO safes (id, org_id, key_version, token) VALUES (:id, :org_id, :version, :token)"),
                {"id": row, "org_id": org_id, "version": key.version, "token": token},
            )
        return row

    async def all(self, keyring: Keyring) -> set[str]:
        async with self.database.system("a test") as session:
            rows = await session.all(text("SELECT * FROM safes"))
        return {
            (await keyring.open(row["org_id"], "safes.token", row["id"], row["token"])).decode()
            for row in rows
            if row["token"] is not None
        }

    async def versions(self) -> list[tuple[int, int]]:
        """Of the data keys in use, and of all there are, by how many rows."""
        async with self.database.system("a test") as session:
            rows = await session.all(text("SELECT key_version, count(*) AS n FROM safes GROUP BY 1 ORDER BY 1"))
        return [(row["key_version"], row["n"]) for row in rows]


@pytest.fixture
async def safes(database: Database, tmp_path: Path) -> AsyncIterator[Safes]:
    async with database.system("a test") as session:
        await session.execute(
            text("""CREATE TABLE safes (
            id uuid PRIMARY KEY, org_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
            key_version integer, token bytea, refresh bytea,
            FOREIGN KEY (org_id, key_version) REFERENCES data_keys (org_id, version))""")
        )
    yield Safes(database, tmp_path)
    async with database.system("a test") as session:
        await session.execute(text("DROP TABLE safes"))


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


# -- rotation -----------------------------------------------------------------------------------------


async def filled(safes: Safes, keyring: Keyring, organizations: int = 3, rows: int = 4) -> set[str]:
    kept: set[str] = set()
    for place in range(organizations):
        org_id = await safes.organization()
        for n in range(rows):
            await safes.put(keyring, org_id, f"secret {place}.{n}")
            kept.add(f"secret {place}.{n}")
    return kept


async def test_a_rotation_changes_every_key_and_loses_nothing(safes: Safes) -> None:
    kept = await filled(safes, safes.keyring(key=FIRST))
    done = await rotate(safes.keyring(key=SECOND, key_previous=FIRST), SAFES)
    assert done == Rotated(rewrapped=4, renewed=3, resealed=12)
    assert await safes.versions() == [(2, 12)]
    assert await safes.all(safes.keyring(key=SECOND)) == kept
    again = await rotate(safes.keyring(key=SECOND), SAFES)
    assert (again.rewrapped, again.renewed, again.resealed) == (0, 3, 12)
    assert await safes.versions() == [(3, 12)]


async def test_legwork_s_own_key_is_made_anew(safes: Safes, tmp_path: Path) -> None:
    running = safes.keyring()
    kept = await filled(safes, running)
    before = (tmp_path / OWN).read_text()
    await rotate(safes.keyring(), SAFES)
    assert (tmp_path / OWN).read_text() != before
    assert not await asyncio.to_thread((tmp_path / OWN_PREVIOUS).exists)
    assert await safes.all(safes.keyring()) == await safes.all(running) == kept
    await safes.put(running, await safes.organization(), "later")  # it finds the new key by itself
    assert await safes.all(safes.keyring()) == {*kept, "later"}


async def test_of_rotations_of_legwork_s_own_key_one_follows_another(
    safes: Safes, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, said = await filled(safes, safes.keyring()), list[str]()

    def observed(name: str) -> Keyring:
        keyring = safes.keyring()
        renew, forget = keyring.keys.renew_own, keyring.keys.forget_own_previous

        async def renewing(before: str) -> None:
            said.append(name)
            await renew(before)

        async def forgetting(*given: Callable[[str], Awaitable[bool]]) -> None:
            await forget(*given)
            said.append(name)

        monkeypatch.setattr(keyring.keys, "renew_own", renewing)
        monkeypatch.setattr(keyring.keys, "forget_own_previous", forgetting)
        return keyring

    await asyncio.gather(*(rotate(observed(name), SAFES) for name in "abc"))
    assert said[::2] == said[1::2], "each ends before the next begins"
    assert await safes.all(safes.keyring()) == kept


async def test_a_key_that_something_is_wrapped_with_is_not_forgotten(
    safes: Safes, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = safes.keyring(), safes.keyring()
    kept = await filled(safes, one)
    forget = one.keys.forget_own_previous

    async def overtaken(is_used: Callable[[str], Awaitable[bool]]) -> None:
        """Another has just made the key anew, and is killed, as the first tidies up."""
        async with safes.database.system("a test") as session:
            _, before = await repository.begin_rotation(session)
        await two.keys.renew_own(before)
        await forget(is_used)

    monkeypatch.setattr(one.keys, "forget_own_previous", overtaken)
    await rotate(one, SAFES)
    assert await safes.all(safes.keyring()) == kept
    await rotate(safes.keyring(), SAFES)
    assert await safes.all(safes.keyring()) == kept


KEYS = tuple(point for point in POINTS if point.startswith("keys."))


AGAIN = tuple(point for point in KEYS if point not in ("keys.begun", "keys.renewed", "keys.ended"))
"""Those that a rotation comes by several times."""


@pytest.mark.parametrize(
    ("point", "time", "own"),
    [
        *((point, 1, True) for point in KEYS),
        *((point, 1, False) for point in KEYS if point != "keys.renewed"),
        *((point, 2, False) for point in AGAIN),
        *((point, 3, False) for point in AGAIN if not point.startswith("keys.rewrap")),
    ],
)
async def test_a_rotation_that_is_cut_off_goes_on_and_loses_nothing(
    safes: Safes, monkeypatch: pytest.MonkeyPatch, point: str, time: int, own: bool
) -> None:
    before, after = ({}, {}) if own else ({"key": FIRST}, {"key": SECOND, "key_previous": FIRST})
    running = safes.keyring(**before)
    kept = await filled(safes, running)
    monkeypatch.setenv(VARIABLE, f"{point}=fail@{time}")
    failpoints.arm(Settings())
    try:
        await rotate(safes.keyring(**after), SAFES)
    except Struck:
        assert await safes.all(safes.keyring(**after)) == kept, "what opened before opens in the middle"
        if not own:
            assert await safes.all(safes.keyring(key=FIRST, key_previous=SECOND)) == kept
    finally:
        monkeypatch.delenv(VARIABLE)
        failpoints.arm(Settings())
    await safes.put(safes.keyring(**after), await safes.organization(), "meanwhile")
    await rotate(safes.keyring(**after), SAFES)
    left = safes.keyring() if own else safes.keyring(key=SECOND)
    assert await safes.all(left) == {*kept, "meanwhile"}
    [finding] = await secrets(left)
    assert finding.level is Level.OK


async def test_what_is_stored_while_keys_are_rotated_is_kept(safes: Safes) -> None:
    """Ten processes store all the time; rotations are done one after another, some at once."""
    given: dict[str, object] = {"key": SECOND, "key_previous": FIRST}
    kept = await filled(safes, safes.keyring(key=FIRST))
    organizations = [await safes.organization() for _ in range(3)]

    async def store(name: int) -> None:
        keyring = safes.keyring(**given)
        for n in range(12):
            await safes.put(keyring, organizations[n % 3], f"{name}.{n}")
            kept.add(f"{name}.{n}")

    async def rotations() -> None:
        for _ in range(3):
            await asyncio.gather(*(rotate(safes.keyring(**given), SAFES) for _ in range(2)))

    await asyncio.gather(rotations(), *(store(name) for name in range(10)))
    await tend(safes.keyring(**given), SAFES)
    assert await safes.all(safes.keyring(key=SECOND)) == kept


async def test_a_data_key_that_something_is_under_cannot_go(safes: Safes) -> None:
    await filled(safes, safes.keyring(), organizations=1)

    async def drop() -> None:
        async with safes.database.system("a test") as session:
            await session.execute(text("DELETE FROM data_keys WHERE org_id IS NOT NULL"))

    with pytest.raises(IntegrityError):
        await drop()


async def test_a_data_key_that_was_followed_goes_an_hour_later(safes: Safes) -> None:
    keyring = safes.keyring()
    kept = await filled(safes, keyring, organizations=1)
    await rotate(keyring, SAFES)
    assert (await tend(keyring, SAFES)).dropped == 0
    async with safes.database.system("a test") as session:
        await session.execute(text("UPDATE data_keys SET created_at = created_at - interval '2 hours'"))
    assert (await tend(keyring, SAFES)).dropped == 1
    assert await safes.all(safes.keyring()) == kept


async def test_what_was_changed_by_others_meanwhile_is_left_as_it_is(safes: Safes) -> None:
    keyring, org_id = safes.keyring(), await safes.organization()
    row = await safes.put(keyring, org_id, "before")
    async with safes.database.system("a test") as session:
        [read] = await repository.sealed_before(session, "safes", ["token"], org_id, 2, after=None, limit=10)
    newer = await keyring.seal(org_id, "safes.token", row, b"refreshed")
    async with safes.database.system("a test") as session:
        await session.execute(text("UPDATE safes SET token = :token"), {"token": newer})
        assert await repository.reseal(session, "safes", read, 1, {"token": (read["token"], b"late")}) == 0
    assert await safes.all(keyring) == {"refreshed"}


async def test_a_row_that_does_not_open_stops_no_rotation(safes: Safes) -> None:
    keyring = safes.keyring()
    kept = await filled(safes, keyring, organizations=1)
    spoilt = await safes.put(keyring, await safes.organization(), "spoilt")
    async with safes.database.system("a test") as session:
        await session.execute(
            text("UPDATE safes SET token = set_byte(token, 30, 1 - least(get_byte(token, 30), 1)) WHERE id = :id"),
            {"id": spoilt},
        )
    done = await rotate(keyring, SAFES)
    assert done.unopened == 1
    async with safes.database.system("a test") as session:
        await session.execute(text("DELETE FROM safes WHERE id = :id"), {"id": spoilt})
    assert await safes.all(keyring) == kept


# -- what doctor says ---------------------------------------------------------------------------------


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
