"""Tokens that open something once, and codes that are typed."""

import re

import pytest

from domain.core.tokens import LONGEST, code_in, hash_of, new_code, new_token, same


def test_a_token_is_url_safe_and_fits_into_a_platforms_link() -> None:
    tokens = {new_token()[0] for _ in range(1_000)}
    assert len(tokens) == 1_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) and len(token) <= LONGEST for token in tokens)


def test_what_is_kept_is_found_again_by_the_token_and_does_not_hold_it() -> None:
    token, kept = new_token()
    assert same(kept, hash_of(token))
    assert len(kept) == 32
    assert token.encode() not in kept
    assert not same(kept, hash_of(token[:-1]))


@pytest.mark.parametrize("write", [str, str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} \n"])
def test_a_code_is_read_however_it_is_written(write: object) -> None:
    code, kept = new_code()
    assert callable(write)
    letters = code_in(write(code))
    assert letters is not None
    assert same(hash_of(letters), kept)


def test_a_codes_letters_are_taken_for_no_others() -> None:
    letters = {letter for _ in range(500) for letter in new_code()[0]} - {"-"}
    assert len(letters) == 22
    assert letters.isdisjoint("ILOU0158")


@pytest.mark.parametrize("written", ["", "ABCD-EFG", "ABCD-EFGHJ", "ABCD-EFG1", "ÄBCD-EFGH", "ABCDEFGI"])
def test_what_is_no_code_is_none(written: str) -> None:
    assert code_in(written) is None
