"""What doctor finds about the mail server."""

from pydantic import SecretStr

from bot.mail_check import mail
from domain.core.settings import Settings
from domain.health import Level
from tests.fakes.smtp import FakeSmtp, fake_smtp


def given(server: FakeSmtp, *, password: str = "right", sender: str | None = "legwork@example.com") -> Settings:
    return Settings(
        mail_url=SecretStr(f"smtp://me:{password}@127.0.0.1:{server.port}"), mail_from=sender, mail_tls="none"
    )


async def test_without_a_mail_server_there_is_nothing_to_find() -> None:
    assert await mail(Settings(mail_url=None)) == []


async def test_a_server_that_lets_us_in_is_fine_and_is_mailed_nothing() -> None:
    async with fake_smtp(FakeSmtp(user="me", password="right")) as server:
        [found] = await mail(given(server))
        assert (found.level, server.taken) == (Level.OK, [])
        assert "MAIL" not in server.said


async def test_a_server_that_does_not_is_an_error_without_the_password() -> None:
    async with fake_smtp(FakeSmtp(user="me", password="right")) as server:
        [found] = await mail(given(server, password="wr0ng-secret"))
    assert found.level is Level.ERROR
    assert "535" in found.message
    assert "wr0ng-secret" not in f"{found}"
    [gone] = await mail(given(server))
    assert gone.level is Level.ERROR


async def test_a_server_without_a_sender_is_a_warning() -> None:
    async with fake_smtp() as server:
        [found] = await mail(given(server, sender=None))
        assert found.level is Level.WARNING
        assert server.connections == 0
