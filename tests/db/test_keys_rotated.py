"""Keys that are changed while they are in use: whoever is cut off, or comes at the same time, loses nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from domain.core import failpoints
from domain.core.crypto import repository
from domain.core.crypto.given import OWN, OWN_PREVIOUS
from domain.core.crypto.keyring import Keyring
from domain.core.crypto.rotation import Rotated, rotate, tend
from domain.core.failpoints import POINTS, VARIABLE, Struck
from domain.core.settings import Settings
from domain.health import Level
from domain.health.keys import secrets
from tests.factories.safes import FIRST, SAFES, SECOND, Safes, filled


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
