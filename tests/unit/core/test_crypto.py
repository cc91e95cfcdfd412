"""Secrets sealed for one place, and the keys that wrap what seals them."""

import asyncio
import base64
import os
import stat
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from domain.core.crypto import sealing
from domain.core.crypto.given import OWN, OWN_PREVIOUS, Keys
from domain.core.crypto.required import required
from domain.core.crypto.sealing import KEY, Place
from domain.core.crypto.wrapping import GivenKey, ProgramKey
from domain.core.errors import Misconfigured, Refused, Unavailable
from domain.core.settings import Settings

KEYS = [os.urandom(KEY) for _ in range(2)]
PLACE = Place("slack_installations.token", uuid4(), uuid4())


def written(key: bytes) -> str:
    return base64.b64encode(key).decode()


def settings(tmp_path: Path, **given: object) -> Settings:
    return Settings.model_validate({"data_dir": tmp_path, **given})


# -- sealing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [b"", b"xoxb-1", os.urandom(100_000)], ids=["empty", "short", "long"])
def test_what_was_sealed_opens_in_its_place(secret: bytes) -> None:
    stored = sealing.seal(KEYS[0], 3, PLACE, secret)
    assert sealing.version_of(stored) == 3
    assert sealing.unseal(KEYS[0], 3, PLACE, stored) == secret
    assert stored != sealing.seal(KEYS[0], 3, PLACE, secret), "no nonce is used twice"


@pytest.mark.parametrize(
    ("version", "place"),
    [
        (3, Place("slack_installations.refresh_token", PLACE.org_id, PLACE.row)),
        (3, Place(PLACE.column, uuid4(), PLACE.row)),
        (3, Place(PLACE.column, None, PLACE.row)),
        (3, Place(PLACE.column, PLACE.org_id, uuid4())),
        (4, PLACE),
    ],
    ids=["another column", "another organization", "no organization", "another row", "another version"],
)
def test_what_was_moved_does_not_open(version: int, place: Place) -> None:
    stored = sealing.seal(KEYS[0], 3, PLACE, b"xoxb-1")
    with pytest.raises(Refused, match="does not open"):
        sealing.unseal(KEYS[0], version, place, stored)


def test_no_changed_or_shortened_byte_goes_unseen() -> None:
    stored = sealing.seal(KEYS[0], 3, PLACE, b"xoxb-1")
    spoilt = [stored[:at] + bytes([stored[at] ^ 1]) + stored[at + 1 :] for at in range(len(stored))]
    for one in (*spoilt, *(stored[:length] for length in range(len(stored)))):
        with pytest.raises(Refused):
            sealing.unseal(KEYS[0], sealing.version_of(one), PLACE, one)


async def test_a_data_key_is_wrapped_by_one_key_alone() -> None:
    ours, other = GivenKey(KEYS[0]), GivenKey(KEYS[1])
    wrapped = await ours.wrap(KEYS[1])
    assert KEYS[1] not in wrapped
    assert await ours.unwrap(wrapped, await ours.id()) == KEYS[1]
    with pytest.raises(Misconfigured, match="does not open this database's secrets"):
        await other.unwrap(wrapped, await other.id())


# -- the key that is given ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [written(KEYS[0]), base64.urlsafe_b64encode(KEYS[0]).decode().rstrip("=") + "\n"], ids=["plain", "for URLs"]
)
async def test_a_key_is_given_itself_or_by_a_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "kept").write_text(text)
    itself = await Keys(settings(tmp_path, key=text)).present()
    of_file = await Keys(settings(tmp_path, key_file=tmp_path / "kept")).present()
    assert await itself.id() == await of_file.id() == await GivenKey(KEYS[0]).id()
    assert not (tmp_path / OWN).exists()


@pytest.mark.parametrize(
    "text",
    ["secret", written(KEYS[0][:16]), written(KEYS[0] * 2), written(bytes(KEY)), "ü" * 44, written(b"0123" * 8)],
    ids=["a word", "short", "long", "zeros", "not ASCII", "repeated"],
)
async def test_what_is_no_key_is_refused_and_not_quoted(tmp_path: Path, text: str) -> None:
    (tmp_path / "kept").write_text(text)
    for given in ({"key": text}, {"key_file": tmp_path / "kept"}, {"key": written(KEYS[0]), "key_previous": text}):
        with pytest.raises(Misconfigured) as raised:
            await Keys(settings(tmp_path, **given)).present()
        assert text not in str(raised.value)
        assert "LEGWORK_KEY" in str(raised.value)


async def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        await Keys(settings(tmp_path, key_file=tmp_path / "none")).present()


async def test_only_one_key_may_be_set(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="More than one"):
        await Keys(settings(tmp_path, key=written(KEYS[0]), key_command="kms")).present()


async def test_the_key_before_is_named_in_one_setting(tmp_path: Path) -> None:
    (tmp_path / "before").write_text(written(KEYS[1]))
    for named in (written(KEYS[1]), f"file:{tmp_path / 'before'}"):
        keys = Keys(settings(tmp_path, key=written(KEYS[0]), key_previous=named))
        assert await keys.find(await GivenKey(KEYS[1]).id()) is not None
        assert await keys.find("key:another") is None
        assert not (tmp_path / OWN).exists()


def test_production_does_not_start_without_a_key(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="LEGWORK_KEY"):
        required(settings(tmp_path, env="production"))
    for given in ({"key": written(KEYS[0])}, {"key_file": "/run/key"}, {"key_command": "kms"}):
        required(settings(tmp_path, env="production", **given))
    required(settings(tmp_path))


# -- Legwork's own ------------------------------------------------------------------------------------


def test_of_many_that_need_a_key_at_once_one_makes_it(tmp_path: Path) -> None:
    def made(_: int) -> str:
        async def name() -> str:
            return await (await Keys(settings(tmp_path / "new")).present()).id()

        return asyncio.run(name())

    with ThreadPoolExecutor(16) as threads:
        assert len(set(threads.map(made, range(16)))) == 1
    [file] = (tmp_path / "new").iterdir()
    assert file.name == OWN
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_new_own_key_is_made_once_and_the_one_before_stays_beside_it(tmp_path: Path) -> None:
    several = [Keys(settings(tmp_path)) for _ in range(8)]
    before = await (await several[0].present()).id()
    await asyncio.gather(*(keys.renew_own(before) for keys in several))
    now = {await (await keys.present()).id() for keys in several}
    assert len(now) == 1
    assert before not in now
    late = Keys(settings(tmp_path))
    assert await late.find(before) is not None
    assert await late.find(now.pop()) is not None
    used = {before}

    async def is_used(key_id: str) -> bool:
        return key_id in used

    await late.forget_own_previous(is_used)
    assert (tmp_path / OWN_PREVIOUS).exists()
    used.clear()
    await late.forget_own_previous(is_used)
    assert not (tmp_path / OWN_PREVIOUS).exists()
    assert await Keys(settings(tmp_path)).find(before) is None


# -- a program ----------------------------------------------------------------------------------------

PROGRAM = """
import base64, sys, time
verb, *rest = sys.argv[2:]
name = sys.argv[1]
given = base64.b64decode(sys.stdin.read())
if verb == "id":
    print(name)
elif verb == "wrap":
    print(base64.b64encode(name.encode() + b"|" + bytes(each ^ 42 for each in given)).decode())
elif verb == "unwrap":
    kept, _, wrapped = given.partition(b"|")
    if kept.decode() != name or rest != [name]:
        sys.exit(3)
    print(base64.b64encode(bytes(each ^ 42 for each in wrapped)).decode())
"""


def program(tmp_path: Path, text: str = PROGRAM, name: str = "arn:one", seconds: float = 20.0) -> ProgramKey:
    path = tmp_path / "kms.py"
    path.write_text(textwrap.dedent(text))
    return ProgramKey(f"'{sys.executable}' '{path}' '{name}'", seconds)


async def test_a_program_wraps_and_unwraps(tmp_path: Path) -> None:
    key = program(tmp_path)
    wrapped = await key.wrap(KEYS[0])
    assert await key.id() == "command:arn:one"
    assert await key.unwrap(wrapped, await key.id()) == KEYS[0]


async def test_a_program_says_that_its_key_is_another(tmp_path: Path) -> None:
    wrapped = await program(tmp_path).wrap(KEYS[0])
    with pytest.raises(Misconfigured, match="does not open this database's secrets"):
        await program(tmp_path, name="arn:two").unwrap(wrapped, "command:arn:one")


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("raise SystemExit(1)", Unavailable, "status 1"),
        ("import time; time.sleep(60)", Unavailable, "took longer"),
        ("print('no base64 ü')", Misconfigured, "another form"),
        ("print()", Misconfigured, "another form"),
        ("print('QUJD' * 100_000)", Misconfigured, "another form"),
        (PROGRAM.replace("^ 42 for each in given", "^ 41 for each in given"), Misconfigured, "does not unwrap"),
    ],
    ids=["fails", "hangs", "garbage", "nothing", "endless", "unwraps something else"],
)
async def test_a_program_that_does_not_do_its_part_is_named(
    tmp_path: Path, text: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        await program(tmp_path, text, seconds=1.0 if "sleep" in text else 20.0).wrap(KEYS[0])


async def test_a_program_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(Misconfigured, match="cannot be started"):
        await ProgramKey("/nowhere/kms --key 1").id()
    for line in ("", "'open"):
        with pytest.raises(Misconfigured, match="no command line"):
            ProgramKey(line)
