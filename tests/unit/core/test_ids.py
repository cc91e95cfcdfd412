"""Keys as text: the vectors of the TypeID specification (github.com/jetify-com/typeid, spec/valid.yml, invalid.yml)."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.errors import Invalid
from domain.core.ids import means, new_id, parse, short, text

VALID = [
    ("prefix_00000000000000000000000000", "00000000-0000-0000-0000-000000000000"),
    ("prefix_00000000000000000000000001", "00000000-0000-0000-0000-000000000001"),
    ("prefix_0000000000000000000000000a", "00000000-0000-0000-0000-00000000000a"),
    ("prefix_0000000000000000000000000g", "00000000-0000-0000-0000-000000000010"),
    ("prefix_00000000000000000000000010", "00000000-0000-0000-0000-000000000020"),
    ("prefix_7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    ("prefix_0123456789abcdefghjkmnpqrs", "0110c853-1d09-52d8-d73e-1194e95b5f19"),
    ("prefix_01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057"),
]

INVALID = [
    "12345_00000000000000000000000000",
    "pre.fix_00000000000000000000000000",
    "préfix_00000000000000000000000000",
    "_00000000000000000000000000",
    "00000000000000000000000000",
    "_",
    "",
    "prefix",
    "prefix_",
    "prefix_1234567890123456789012345",
    "prefix_123456789012345678901234567",
    "prefix_1234567890123456789012345 ",
    "prefix_123456789-123456789-123456",
    "prefix_ooooooiiiiiiuuuuuuulllllll",
    "prefix_i23456789ol23456789oi23456",
    "prefix_123456789-0123456789-0123456",
    "prefix_8zzzzzzzzzzzzzzzzzzzzzzzzz",
    "_prefix_00000000000000000000000000",
    "prefix__00000000000000000000000000",
    "other_00000000000000000000000000",
]


@pytest.mark.parametrize(("written", "key"), VALID)
def test_valid_identifiers_read_and_write_alike(written: str, key: str) -> None:
    assert parse("prefix", written) == UUID(key)
    assert text("prefix", UUID(key)) == written


@pytest.mark.parametrize("written", INVALID)
def test_invalid_identifiers_are_refused(written: str) -> None:
    with pytest.raises(Invalid):
        parse("prefix", written)


def test_what_a_person_types_may_have_capitals_and_spaces_around_it() -> None:
    assert parse("prefix", "  PREFIX_01H455VB4PEX5VSKNK084SN02Q ") == UUID(VALID[-1][1])


@given(st.uuids())
def test_every_key_comes_back(key: UUID) -> None:
    assert parse("task", text("task", key)) == key


def test_fresh_keys_sort_by_the_time_they_were_made() -> None:
    keys = [new_id() for _ in range(100)]
    assert keys == sorted(keys)
    assert [text("task", key) for key in keys] == sorted(text("task", key) for key in keys)
    assert keys[0].version == 7


def test_the_short_form_tells_fresh_keys_apart() -> None:
    shorts = {short("task", new_id()) for _ in range(1000)}
    assert len(shorts) == 1000


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("task_01h455vb4pex5vsknk084sn02q", True),
        ("task_4sn02q", True),
        ("4SN02Q", True),
        ("n02q", True),
        ("02q", False),
        ("", False),
        ("task_", False),
        ("wf_4sn02q", False),
        ("4sn02r", False),
    ],
)
def test_the_end_of_an_id_means_it_where_it_has_four_letters(written: str, meant: bool) -> None:
    assert means("task", written, UUID(VALID[-1][1])) is meant
