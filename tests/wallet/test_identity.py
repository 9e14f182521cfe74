"""Who members say that they are: one ID number, one wallet, and nobody under age."""
from __future__ import annotations

from datetime import date

import pytest

from tests.wallet.bank import ALICE, BOB, Bank
from wallet import refusals
from wallet.commands import Done
from wallet.identity import MOST_A_DAY, GiveIdentity
from wallet.idnumbers import IdProblem, IdRefused, check_sign, is_adult, masked_number, read_name, read_number
from wallet.refusals import Refusal
from wallet.rows import Member

BORN = date(1990, 3, 7).toordinal()


@pytest.mark.parametrize("typed", ["11010519491231002X", "11010519491231002x", " 110105 19491231 002X ",
                                   "１１０１０５１９４９１２３１００２Ｘ", "110105-19491231-002X"])
def test_a_number_is_read_in_all_its_ways(typed: str) -> None:
    assert read_number(typed) == ("11010519491231002X", date(1949, 12, 31))


@pytest.mark.parametrize(("typed", "problem"), [
    ("110105194912310021", IdProblem.CHECKSUM), ("11010519490229002X", IdProblem.DATE),
    ("11010519491331002X", IdProblem.DATE), ("1101051949123100", IdProblem.FORM), ("110105491231002", IdProblem.FORM),
    ("01010519491231002X", IdProblem.FORM), ("11010521491231002X", IdProblem.FORM), ("", IdProblem.FORM),
    ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", IdProblem.FORM), ("1" * 4_000, IdProblem.FORM), ("1101051949123100²X", IdProblem.FORM)])
def test_what_is_no_number_is_refused(typed: str, problem: IdProblem) -> None:
    with pytest.raises(IdRefused) as caught:
        read_number(typed)
    assert caught.value.problem is problem


def test_a_single_wrong_digit_never_passes() -> None:
    digits = "11010519491231002"
    for place in range(17):
        for other in "0123456789":
            if other != digits[place]:
                assert check_sign(digits[:place] + other + digits[place + 1:]) != "X"


def test_nobody_is_of_age_a_day_too_early() -> None:
    assert is_adult(date(2008, 3, 7), date(2026, 3, 7))
    assert not is_adult(date(2008, 3, 8), date(2026, 3, 7))
    assert not is_adult(date(2008, 2, 29), date(2026, 2, 28))
    assert is_adult(date(2008, 2, 29), date(2026, 3, 1))


@pytest.mark.parametrize(("typed", "name"), [
    ("李明", "李明"), (" John  Smith ", "John Smith"), ("阿依古丽•买买提", "阿依古丽·买买提"),
    ("Ｊｏｈｎ Ｓ", "John S"),
    ("O’Brien", "O'Brien"), ("李", None), ("李明1", None), ("<b>Bob</b>", None), ("x" * 4_000, None), ("- -", None),
    ("Bob\u202eeve", None), ("", None)])
def test_a_name_is_kept_as_it_is_printed(typed: str, name: str | None) -> None:
    assert read_name(typed) == name


def test_a_number_is_shown_by_its_first_and_last_sign() -> None:
    assert masked_number("11010519491231002X") == "1****************X"


def given(bank: Bank, who: int, *, digest: str = "a" * 64, born: int = BORN) -> GiveIdentity:
    return GiveIdentity(key=bank.key(), member=bank.members[who], digest=digest, sealed=b"sealed", born=born)


async def refused(bank: Bank, command: GiveIdentity) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await bank.run(command)
    return caught.value


async def test_name_and_number_raise_the_level_once(bank: Bank) -> None:
    assert await bank.run(given(bank, ALICE)) == Done()
    assert bank.row(Member, bank.members[ALICE]).level == 1
    assert await refused(bank, given(bank, ALICE, digest="b" * 64)) == refusals.IdentityKnown()


async def test_one_number_belongs_to_one_wallet(bank: Bank) -> None:
    await bank.run(given(bank, ALICE))
    assert await refused(bank, given(bank, BOB)) == refusals.IdentityTaken()
    assert bank.row(Member, bank.members[BOB]).level == 0


async def test_nobody_tries_other_peoples_numbers_all_day(bank: Bank) -> None:
    await bank.run(given(bank, ALICE))
    for _ in range(MOST_A_DAY):
        assert await refused(bank, given(bank, BOB)) == refusals.IdentityTaken()
    assert await refused(bank, given(bank, BOB, digest="c" * 64)) == refusals.IdentityTooOften(MOST_A_DAY)
    bank.clock.forward(hours=24)
    assert await bank.run(given(bank, BOB, digest="c" * 64)) == Done()


async def test_under_eighteen_is_refused_and_claims_nothing(bank: Bank) -> None:
    young = date(2015, 1, 1).toordinal()
    assert await refused(bank, given(bank, ALICE, born=young)) == refusals.UnderAge()
    assert await bank.run(given(bank, BOB)) == Done()
