"""What is read from the environment as a list: refused in one clear sentence where it is none."""

import pytest

from domain.core.errors import Misconfigured
from domain.core.settings import load


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("telegram:1:2", "LEGWORK_PLATFORM_ADMINS is no JSON list."),
        ('["telegram:1"]', "“telegram:1” is not of the form platform:workspace:id"),
        ('["telegram:1:2", ""]', "“” is not of the form platform:workspace:id"),
        ('["Telegram:1:2 3"]', "is not of the form platform:workspace:id"),
        ("[7]", "LEGWORK_PLATFORM_ADMINS: "),
        ('{"a": 1}', "LEGWORK_PLATFORM_ADMINS: "),
    ],
)
def test_malformed_platform_admins_are_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, written: str, told: str
) -> None:
    monkeypatch.setenv("LEGWORK_PLATFORM_ADMINS", written)
    with pytest.raises(Misconfigured) as refused:
        load()
    assert told in refused.value.sentence
    assert "LEGWORK_PLATFORM_ADMINS" in refused.value.sentence
    assert "\n" not in str(refused.value)


def test_another_list_is_named_with_its_own_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGWORK_FETCH_ALLOW", "intranet:8080")
    with pytest.raises(Misconfigured, match=r"LEGWORK_FETCH_ALLOW is no JSON list.*intranet:8080"):
        load()


def test_platform_admins_are_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGWORK_PLATFORM_ADMINS", '["slack:T1:U1", "telegram:7001:512004711"]')
    assert load().platform_admins == ("slack:T1:U1", "telegram:7001:512004711")
