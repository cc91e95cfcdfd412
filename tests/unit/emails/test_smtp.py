"""Letters handed to a mail server: what it takes, refuses, puts off, and does not answer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from domain.core.errors import Ambiguous, Refused, Unavailable
from domain.core.settings import Settings
from domain.emails import letters
from domain.emails.mailer import Letter, Unsent, mailer
from domain.emails.smtp import Smtp
from tests.factories.certificates import certificates
from tests.fakes.smtp import FakeSmtp, fake_smtp

LETTER = Letter("0123456789abcdef", "ben@example.org", "You are invited", "Come in.\n.\n..two dots\n")


@pytest.fixture
async def server() -> AsyncIterator[FakeSmtp]:
    async with fake_smtp() as running:
        yield running


def to(server: FakeSmtp, **more: object) -> Smtp:
    given: dict[str, object] = {"tls": "none", "seconds": 5.0}
    return Smtp("localhost", server.port, "legwork@example.com", **(given | more))  # pyright: ignore[reportArgumentType]


async def test_a_letter_is_plain_text_that_no_machine_answers(server: FakeSmtp) -> None:
    await to(server).send(LETTER)
    [taken] = server.taken
    assert (taken.sender, taken.to) == ("legwork@example.com", "ben@example.org")
    message = taken.message
    assert message["Subject"] == "You are invited"
    assert message["From"] == "Legwork <legwork@example.com>"
    assert message["To"] == "ben@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<0123456789abcdef@example.com>"
    assert message.get_content_type() == "text/plain"
    assert taken.text.replace("\r\n", "\n") == LETTER.text
    assert server.said[-1] == "QUIT"


@pytest.mark.parametrize(
    "name",
    [
        "Acme\r\nBcc: eve@example.org",
        "Acme\n\n<script>",
        "Acmé ☃ \u202e\x00",
        "x" * 3000,
        "=?utf-8?q?a=0d=0aBcc:_eve=40example.org?=",
        "=?utf-8?q?a=0d=0a=0d=0aanother_letter?=",
        "é =?utf-8?q?a=0d=0aBcc:_eve=40example.org?=",
        "=?utf-7?q?+2AA-?=",
        "==??utf-8?q?a=0d=0aX:_y?=",
    ],
)
async def test_no_name_is_more_than_a_name(server: FakeSmtp, name: str) -> None:
    until = datetime(2026, 12, 8, 13, 20, tzinfo=UTC)
    ways = ["open https://legwork.test/l/abc"]
    written = letters.invitation("1", "ben@example.org", org=name, inviter=name, role="member", until=until, ways=ways)
    await to(server).send(written)
    [taken] = server.taken
    ours = "From To Subject Date Message-ID Auto-Submitted X-Auto-Response-Suppress"
    assert {*taken.message.keys()} == {*ours.split(), "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
    assert len(taken.message.keys()) == 10
    assert "until 8 December 2026, 13:20 UTC" in taken.text
    assert "https://legwork.test/l/abc" in taken.text
    assert len(str(taken.message["Subject"])) < 100


async def test_a_name_is_not_decoded(server: FakeSmtp) -> None:
    await to(server).send(replace(LETTER, subject="Join =?utf-8?q?evil=2Eexample=2Flogin?="))
    assert "evil.example" not in str(server.taken[0].message["Subject"])


@pytest.mark.parametrize(
    "name",
    [
        "evil.example/login",
        "https://evil.example",
        "www.evil.example",
        "eve@evil.example",
        "a.b.c:80/d",
        "evil\u3002example",
        "evil\uff0eexample\uff0flogin",
        "eve\uff20evil\uff61example",
    ],
)
def test_a_name_leads_nowhere(name: str) -> None:
    shown = letters.plain(f"Acme {name} now")
    assert not any(sign in shown for sign in "./@:\u3002\uff0e\uff0f\uff20\uff61")


def test_initials_stay_a_name() -> None:
    assert letters.plain("Mara J. Nowak, Dr.") == "Mara J. Nowak, Dr."


async def test_an_address_that_is_not_known_is_refused_for_good(server: FakeSmtp) -> None:
    server.unknown.add("ben@example.org")
    with pytest.raises(Refused, match=r"550 5\.1\.1") as refused:
        await to(server).send(LETTER)
    assert "mailbox" not in str(refused.value)  # its words are not ours


async def test_a_letter_that_is_refused_tells_nothing_of_its_words(server: FakeSmtp) -> None:
    server.to_letters.append((554, "5.7.1 blocked: https://legwork.test/l/secret-token"))
    with pytest.raises(Refused, match=r"554 5\.7\.1") as refused:
        await to(server).send(LETTER)
    assert "secret-token" not in str(refused.value)


@pytest.mark.parametrize("code", [421, 450, 451, 452])
async def test_what_is_put_off_may_be_taken_later(server: FakeSmtp, code: int) -> None:
    server.answers["ben@example.org"] = [(code, "4.7.1 greylisted, come back")]
    with pytest.raises(Unavailable):
        await to(server).send(LETTER)
    await to(server).send(LETTER)
    assert len(server.taken) == 1


async def test_a_sender_that_the_server_does_not_take_is_no_fault_of_the_letter(server: FakeSmtp) -> None:
    server.to_senders.append((550, "5.7.1 not yours"))
    with pytest.raises(Unavailable):
        await to(server).send(LETTER)


@pytest.mark.parametrize("hangs_up", ["before", "after"])
async def test_a_letter_that_is_not_answered_is_not_known_to_be_sent(server: FakeSmtp, hangs_up: str) -> None:
    server.hangs_up = hangs_up  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(Ambiguous):
        await to(server).send(LETTER)
    assert len(server.taken) == (hangs_up == "after")


async def test_a_server_that_is_away_may_be_back_later() -> None:
    async with fake_smtp() as gone:
        pass
    with pytest.raises(Unavailable):
        await to(gone).send(LETTER)


async def test_it_signs_in_after_the_connection_is_safe(tmp_path: Path) -> None:
    context, trusting = certificates("localhost", tmp_path)
    async with fake_smtp(FakeSmtp(context, demands_tls=True, user="me", password="pass word")) as server:
        await to(server, tls="starttls", user="me", password="pass word", trusting=trusting).send(LETTER)
        assert server.said[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
        assert len(server.taken) == 1
        with pytest.raises(Unavailable, match="535"):
            await to(server, tls="starttls", user="me", password="wrong", trusting=trusting).send(LETTER)
        with pytest.raises(Unavailable):
            await to(server).send(LETTER)  # it demands TLS


async def test_it_is_safe_from_the_first_byte(tmp_path: Path) -> None:
    context, trusting = certificates("localhost", tmp_path)
    async with fake_smtp(FakeSmtp(context), at_once=True) as server:
        await to(server, tls="tls", trusting=trusting).send(LETTER)
        assert len(server.taken) == 1


async def test_nothing_is_sent_in_the_clear_where_an_upgrade_is_not_offered(server: FakeSmtp) -> None:
    with pytest.raises(Unavailable, match="no TLS"):
        await to(server, tls="starttls", user="me", password="secret").send(LETTER)
    assert server.said == ["EHLO"]


async def test_a_certificate_of_nobody_known_is_not_trusted(tmp_path: Path) -> None:
    context, _ = certificates("localhost", tmp_path)
    async with fake_smtp(FakeSmtp(context, user="me", password="secret")) as server:
        with pytest.raises(Unavailable):
            await to(server, tls="starttls", user="me", password="secret").send(LETTER)
        assert "AUTH" not in server.said


async def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listening = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    with pytest.raises(Unavailable):
        await Smtp("127.0.0.1", port, "legwork@example.com", "none", seconds=0.05).send(LETTER)
    listening.close()


def test_the_settings_name_a_server() -> None:
    given = {"mail_url": "smtp://me%40example.com:pa%2Fss@mail.example.com:2525", "mail_from": "legwork@example.com"}
    made = mailer(Settings.model_validate(given))
    assert isinstance(made, Smtp)
    assert (made.host, made.port, made.user, made.password) == ("mail.example.com", 2525, "me@example.com", "pa/ss")
    assert made.tls == "starttls"
    without = mailer(Settings.model_validate({"mail_url": None, "mail_from": None}))
    assert isinstance(without, Unsent)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mail_url": "https://mail.example.com"},
        {"mail_url": "smtp://"},
        {"mail_url": "smtp://host:99999"},
        {"mail_from": "Legwork"},
        {"mail_from": "a@b\r\nBcc: c@d"},
        {"mail_tls": "perhaps"},
    ],
)
def test_settings_that_name_none_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)
