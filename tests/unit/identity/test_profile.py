"""What people write of themselves: what is taken, and what is said of the rest."""

import pytest

from domain.core.errors import Invalid
from domain.identity import profile


@pytest.mark.parametrize(
    ("written", "named"),
    [("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("UTC", "UTC"),
     ("asia/kolkata", "Asia/Kolkata"), ("America/New York", "America/New_York")],
)  # fmt: skip
def test_a_time_zone_is_found_however_it_is_written(written: str, named: str) -> None:
    assert profile.zone(written) == named


@pytest.mark.parametrize(
    ("written", "near"),
    [("Berlin", "Europe/Berlin"), ("Europe/Berln", "Europe/Berlin"), ("new york", "America/New_York"),
     ("Europe/Warzaw", "Europe/Warsaw")],
)  # fmt: skip
def test_a_mistyped_time_zone_is_told_what_is_near(written: str, near: str) -> None:
    with pytest.raises(Invalid) as error:
        profile.zone(written)
    assert near in str(error.value)


@pytest.mark.parametrize("written", ["", "x", "../../etc/passwd", "localtime", "CET+1000", "Mars/Olympus" * 50])
def test_what_is_no_time_zone_is_refused_in_a_sentence(written: str) -> None:
    with pytest.raises(Invalid) as error:
        profile.zone(written)
    assert "is no time zone" in error.value.sentence
    assert len(str(error.value)) < 300


@pytest.mark.parametrize(
    "written",
    ["http://example.com", "javascript:alert(1)", "https://", "https://me:secret@example.com", "https://localhost",
     "https://a.example/<script>", "https://a.example/ b", "ftp://example.com", "example.com", "https://[::1",
     "https://a.example/" + "x" * 600, "data:text/html,x"],
)  # fmt: skip
def test_an_address_begins_with_https_and_holds_nothing_else(written: str) -> None:
    with pytest.raises(Invalid):
        profile.address(written)


def test_a_good_address_is_kept_as_it_is() -> None:
    assert profile.address(" <https://github.com/mara> ") == "https://github.com/mara"


def test_airlines_are_iata_codes() -> None:
    assert profile.airlines("lh, KL u2;LH") == ["LH", "KL", "U2"]
    for wrong in ("", "DLH", "12", "L", "LH KLM", "Lufthansa", " ".join(f"A{n}" for n in "ABCDEFGHIJKLMNOPQRSTU")):
        with pytest.raises(Invalid):
            profile.airlines(wrong)


@pytest.mark.parametrize(("written", "cabin"), [("Business", "business"), ("first class", "first")])
def test_a_cabin_is_one_of_three(written: str, cabin: str) -> None:
    assert profile.cabin(written) == cabin


def test_what_is_none_of_them_is_refused() -> None:
    for refuse in (
        lambda: profile.cabin("premium"),
        lambda: profile.flyer("LH", "<b>"),
        lambda: profile.flyer("LH", "9" * 41),
        lambda: profile.network("my space"),
        lambda: profile.name("  \n "),
        lambda: profile.name("x" * 121),
        lambda: profile.locale("klingon"),
    ):
        with pytest.raises(Invalid):
            refuse()


def test_what_is_taken_is_kept_in_one_form() -> None:
    assert profile.flyer("lh", "992 0012  34x") == ("LH", "992 0012 34X")
    assert profile.locale("pt_br") == "pt-BR"
    assert profile.name("  Mara\u202e \n Nowak ") == "Mara Nowak"
