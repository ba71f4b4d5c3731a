"""Codes: the same for the same intake, forgiving to read, strict to check."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.model.case_code import ALPHABET, derive, fingerprint, parse

SECRET = b"invented"


@given(st.uuids())
def test_derived_code_is_parsed_back(intake_id: object) -> None:
    code = derive(SECRET, str(intake_id))
    assert parse(f"mein Code ist {code.lower()} danke") == code


def test_derived_codes_have_a_digit() -> None:
    # One of a hundred would have none if it were left to chance, and letters alone read as words.
    codes = [derive(SECRET, str(number)) for number in range(2000)]
    assert [code for code in codes if not any(char.isdigit() for char in code[:-1])] == []


def test_same_intake_has_the_same_code() -> None:
    assert derive(SECRET, "a") == derive(SECRET, "a") != derive(SECRET, "b")


@given(st.uuids(), st.integers(0, 10), st.sampled_from(ALPHABET))
def test_code_with_one_wrong_character_is_refused(intake_id: object, place: int, char: str) -> None:
    code = derive(SECRET, str(intake_id)).replace("-", "")
    wrong = code[:place] + char + code[place + 1 :]
    assert parse(wrong) == (None if wrong != code else derive(SECRET, str(intake_id)))


@pytest.mark.parametrize("written", ["٠٠٠٠-٠٠٠٠-٠٠٠٠", "oooo oooo oooo", "OOOO0000oooo"])
def test_code_in_other_digits_and_lookalikes_is_understood(written: str) -> None:
    assert parse(written) == "0000-0000-0000"


def test_fingerprint_does_not_contain_the_code() -> None:
    assert "0000" not in fingerprint(SECRET, "0000-0000-0000")[:4] and len(fingerprint(SECRET, "0000-0000-0000")) == 64
