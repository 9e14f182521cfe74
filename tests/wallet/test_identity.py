"""Who members say that they are: one ID number, one wallet, and nobody under age."""
from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.fakes.store import FakeStore
from tests.wallet.bank import ALICE, BOB, CAROL, Bank
from wallet import refusals
from wallet.events import NameListed, read
from wallet.identity import MOST_A_DAY, GiveIdentity, Verified
from wallet.idnumbers import IdProblem, IdRefused, check_sign, masked_number, of_age_on, read_name, read_number
from wallet.ids import OPERATORS
from wallet.operators import Appoint, AppointOwners
from wallet.refusals import Refusal
from wallet.rows import Audit, Hit, Member, Role
from wallet.screening import Likeness

BORN = date(1990, 3, 7).toordinal()
YOUNG, OF_AGE = date(2015, 1, 1).toordinal(), date(2033, 1, 1).toordinal()


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
    assert of_age_on(date(2008, 3, 7)) == date(2026, 3, 7)
    assert of_age_on(date(2008, 2, 29)) == date(2026, 3, 1)
    assert of_age_on(date(2002, 2, 28)) == date(2020, 2, 28)


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
    assert await bank.run(given(bank, ALICE)) == Verified(0, False)
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
    assert await bank.run(given(bank, BOB, digest="c" * 64)) == Verified(0, False)


async def test_whose_number_says_under_eighteen_pays_nobody_and_keeps_what_they_have(bank: Bank) -> None:
    await bank.run(AppointOwners(key=bank.key(), telegram_ids=(CAROL,)))
    await bank.run(Appoint(key=bank.key(), operator=CAROL, person=ALICE, role="risk"))
    assert await bank.run(given(bank, ALICE, born=YOUNG)) == Verified(OF_AGE, True)
    rung = [notice for notice in bank.told if notice.event == "MinorFound"]
    assert rung
    assert bank.row(Role, ALICE).role == ""
    before = await bank.balance(ALICE)
    with pytest.raises(refusals.NoGuardian):
        await bank.run(bank.send(ALICE, BOB, amount=1))
    await bank.pays(BOB, ALICE, amount=5)
    assert await bank.balance(ALICE) == before + 5
    with pytest.raises(refusals.MinorNoOperator):
        await bank.run(Appoint(key=bank.key(), operator=CAROL, person=ALICE, role="risk"))
    assert await refused(bank, given(bank, ALICE, digest="d" * 64)) == refusals.IdentityKnown()


async def test_a_number_that_is_anothers_makes_nobody_a_minor(bank: Bank) -> None:
    await bank.run(given(bank, ALICE, born=YOUNG))
    assert await refused(bank, given(bank, BOB, born=YOUNG)) == refusals.IdentityTaken()
    await bank.pays(BOB, ALICE, amount=1)


async def test_a_name_on_the_list_rings_the_operators_and_changes_nothing_for_whoever_gave_it(bank: Bank) -> None:
    command = replace(given(bank, ALICE), listed=(Likeness("UN-1 un", 100), Likeness("UN-2 un", 91)), version="v1")
    for _replayed in range(2):
        assert await bank.run(command) == Verified(0, False)
    assert await bank.run(given(bank, BOB, digest="b" * 64)) == Verified(0, False)
    assert isinstance(bank.store, FakeStore)
    first, second = bank.store.all(Hit)
    assert [(hit.entry, hit.likeness, hit.version, hit.state) for hit in (first, second)] == [
        ("UN-1 un", 100, "v1", "open"), ("UN-2 un", 91, "v1", "open")]
    [rung] = [notice for notice in bank.told if notice.event == "NameListed"]
    assert (rung.member, rung.telegram_id) == (0, OPERATORS)
    assert read(rung.event, rung.facts) == NameListed(bank.members[ALICE], ALICE, "UN-1 UN-2", first.id)
    assert not [notice for notice in bank.told if notice.telegram_id == ALICE]
    lines = [row.facts for row in bank.store.rows.values() if isinstance(row, Audit) and row.act == "name_listed"]
    assert lines == ["UN-1 UN-2"]
