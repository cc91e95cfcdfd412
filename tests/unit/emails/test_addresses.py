"""Mail addresses as people write them."""

import pytest

from domain.core.errors import Invalid
from domain.emails.address import is_meant, masked, read


@pytest.mark.parametrize(
    ("written", "is_read"),
    [
        ("ben@example.org", "ben@example.org"),
        (" Ben.Hill+legwork@Example.ORG ", "Ben.Hill+legwork@example.org"),
        ("mailto:ben@example.org", "ben@example.org"),
        ("ben@müller.example", "ben@xn--mller-kva.example"),
        (f"{'b' * 64}@example.org", f"{'b' * 64}@example.org"),
        ("o'hara_{x}@mail.example.co", "o'hara_{x}@mail.example.co"),
    ],
)
def test_an_address_is_read_as_servers_know_it(written: str, is_read: str) -> None:
    assert is_meant(written)
    assert read(written) == is_read


@pytest.mark.parametrize(
    "written",
    [
        "ben@example.org, eve@example.org",
        "ben@example.org;eve@example.org",
        "ben@example.org\r\nBcc: eve@example.org",
        "Ben <ben@example.org>",
        '"ben hill"@example.org',
        "ben@localhost",
        "ben@127.0.0.1",
        "ben@[127.0.0.1]",
        "ben@exam_ple.org",
        "ben@-example.org",
        "ben@example..org",
        ".ben@example.org",
        "b..en@example.org",
        "bén@example.org",
        "ben@exam\x00ple.org",
        "zoe@",
        "=?utf-8?q?eve?=@example.org",
        "ben@faß.example",
        "ben@FAẞ.example",
        "ben@βόλος.example",
        "ben@exam\u200dple.org",
        "a@b@c.org",
        f"{'b' * 65}@example.org",
        f"ben@{'.'.join(['e' * 60] * 5)}.org",
        f"ben@{'ü' * 300}.org",
    ],
)
def test_what_is_none_or_several_is_refused_in_one_sentence(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(written)
    assert refused.value.remedy is not None
    assert written not in str(refused.value)


def test_a_log_has_the_first_letter_and_the_domain() -> None:
    assert masked("ben@example.org") == "b…@example.org"


@pytest.mark.parametrize("written", ["@Ben", "Ben Hill", ""])
def test_a_name_is_no_address(written: str) -> None:
    assert not is_meant(written)
