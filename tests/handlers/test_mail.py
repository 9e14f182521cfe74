"""How an e-mail address may be written, and what a code is."""
from __future__ import annotations

import pytest

from handlers.mail import CODE, address_in, code_for, code_in, digest_of, masked
from wallet.vault import Vault

VAULT = Vault(bytes(32))


@pytest.mark.parametrize(("typed", "address"), [
    ("bob@example.com", "bob@example.com"), (" Bob.Smith+pay@Mail.EXAMPLE.com ", "Bob.Smith+pay@mail.example.com"),
    ("ｂｏｂ＠ｅｘａｍｐｌｅ．ｃｏｍ", "bob@example.com")])
def test_an_address_is_kept_with_its_host_in_small_letters(typed: str, address: str) -> None:
    assert address_in(typed) == address


@pytest.mark.parametrize("typed", [
    "bob", "bob@", "@example.com", "bob@example", "bob@@example.com", "bob@exa mple.com", "a..b@example.com",
    "bob@example.com\nBcc: eve@example.com", "bob@example.com, eve@example.com", "<bob@example.com>", "bob@-a.com",
    "b\u00f6b@example.com", "bob@example.com\u202e", "x" * 65 + "@example.com", "bob@" + "a." * 130 + "com"])
def test_what_is_no_address_is_none(typed: str) -> None:
    assert address_in(typed) is None


def test_an_address_is_shown_so_that_only_its_owner_knows_it() -> None:
    assert masked("bob@example.com") == "b***@example.com"


def test_the_same_operation_sends_the_same_code_and_another_one_another() -> None:
    codes = {code_for(VAULT, f"press:{number}") for number in range(50)}
    assert len(codes) > 45
    assert all(len(code) == CODE and code.isdigit() for code in codes)
    assert code_for(VAULT, "press:1") == code_for(VAULT, "press:1")


@pytest.mark.parametrize(("typed", "code"), [("012345", "012345"), (" 012-345 ", "012345"), ("０１２３４５", "012345"),
                                             ("12345", None), ("1234567", None), ("١٢٣٤٥٦", None)])
def test_a_code_is_six_digits_however_they_are_typed(typed: str, code: str | None) -> None:
    assert code_in(typed) == code


def test_what_is_kept_of_a_code_is_good_for_one_member_and_one_purpose() -> None:
    kept = {digest_of(VAULT, member, purpose, "012345") for member in (1, 2) for purpose in ("bind", "forgotten")}
    assert len(kept) == 4
