"""Vouchers: made by their maker's word, redeemed once by each who has the link, ended by maker or clock."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, GROUP, POLICY, Bank, Made, open_bank
from wallet import ids, refusals
from wallet.commands import Command, Outcome
from wallet.drafts import Asked, Confirm
from wallet.events import VoucherCame, VoucherGuessed, VoucherRedeemed, VoucherReturned, VoucherWent, read
from wallet.limits import EVER
from wallet.movements import AccountKind
from wallet.operators import HOUSE, SetSwitch
from wallet.rows import Account, Counter, Draft, Operation, Voucher, VoucherUse
from wallet.standing import Restriction
from wallet.vouchers import (
    HOUR,
    MANY_TRIES,
    OWN_TRIES,
    AskVoucher,
    ExpireVoucher,
    PlaceVoucher,
    Redeem,
    Redeemed,
    VoucherEnded,
    VoucherMade,
    WithdrawVoucher,
    password_of,
)

MORE = 200
"""People beside those whom most tests are about."""


def wish(bank: Bank, *, amount: int = 1_000, uses: int = 1, only: int = 0, chat: int = 0) -> AskVoucher:
    """What Alice asks for."""
    key = bank.key()
    return AskVoucher(key=key, payer=bank.members[ALICE], amount=amount, uses=uses, only=only, nonce="5e" * 16,
                      token=f"token {key}", chat=chat)


def left(bank: Bank, voucher: int) -> int:
    """What a voucher's own account holds."""
    return bank.row(Account, ids.account(voucher, AccountKind.VOUCHER)).balance


def told(bank: Bank, kind: type[object]) -> list[tuple[int, object]]:
    """Who was told something of a kind."""
    return [(notice.member, read(notice.event, notice.facts)) for notice in bank.told if notice.event == kind.__name__]


async def redeems(bank: Bank, made: Made, who: int, *, word: str = "") -> Redeemed:
    outcome = await bank.run(bank.redeem(made, who, word=word))
    assert isinstance(outcome, Redeemed)
    return outcome


async def refused(bank: Bank, command: Command) -> refusals.Refusal:
    """The no that a command hears."""
    with pytest.raises(refusals.Refusal) as heard:
        await bank.run(command)
    return heard.value


def take_back(bank: Bank, voucher: int, who: int = ALICE) -> WithdrawVoucher:
    return WithdrawVoucher(key=bank.key(), member=bank.members[who], voucher=voucher)


# ------------------------------------------------------------------------------------------------- making
async def test_a_voucher_needs_its_makers_word_and_sets_all_its_uses_aside(bank: Bank) -> None:
    draft = await bank.run(wish(bank, amount=500, uses=3))
    assert isinstance(draft, Asked)
    assert (draft.needs, draft.what.total, await bank.balance(ALICE)) == ("confirm", 1_500, 100_000)
    made = await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=draft.token))
    assert isinstance(made, VoucherMade)
    assert (made.amount, made.uses, made.balance, left(bank, made.voucher)) == (500, 3, 98_500, 1_500)
    assert told(bank, VoucherWent) == []


async def test_the_maker_of_one_for_a_group_gets_a_receipt(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500, uses=2, chat=GROUP)
    row = bank.row(Voucher, made.voucher)
    assert told(bank, VoucherWent) == [(bank.members[ALICE], VoucherWent(row.transfer, row.id, 500, 2, row.expires_at))]


@pytest.mark.parametrize(("amount", "uses", "refusal"), [
    (1_000, 0, refusals.UsesOutOfRange(100)),
    (1_000, 101, refusals.UsesOutOfRange(100)),
    (0, 1, refusals.AmountOutOfRange(1, 5_000_000)),
    (-1, 2, refusals.AmountOutOfRange(1, 2_500_000)),
    (50_001, 100, refusals.AmountOutOfRange(1, 50_000)),
    (33_334, 3, refusals.NotEnough(100_000, 100_002)),
])
async def test_amounts_and_uses_have_bounds(bank: Bank, amount: int, uses: int, refusal: refusals.Refusal) -> None:
    assert await refused(bank, wish(bank, amount=amount, uses=uses)) == refusal
    assert bank.store.all(Draft) == []  # type: ignore[attr-defined]


async def test_nobody_makes_one_for_themselves_alone(bank: Bank) -> None:
    assert await refused(bank, wish(bank, only=ALICE)) == refusals.PayToYourself()


async def test_above_the_no_pin_limit_the_pin_is_asked_for_all_uses_together(bank: Bank) -> None:
    draft = await bank.run(wish(bank, amount=10_001, uses=2))
    assert isinstance(draft, Asked)
    assert draft.needs == "pin"
    await bank.set_pin(ALICE)
    word = Confirm(key=bank.key(), member=bank.members[ALICE], token=draft.token, pin_version=1)
    assert isinstance(await bank.run(word), VoucherMade)


async def test_no_row_and_no_outcome_holds_what_a_link_or_a_password_says(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500, word="open sesame")
    await refused(bank, bank.redeem(made, BOB, word="open window"))
    await redeems(bank, made, BOB, word="open sesame")
    stored = " ".join(str(row.values()) for row in bank.store.rows.values())  # type: ignore[attr-defined]
    for secret in (made.link, "sesame", "window"):
        assert secret not in stored
    assert bank.store.all(Operation)  # type: ignore[attr-defined]


# ---------------------------------------------------------------------------------------------- redeeming
async def test_whoever_has_the_link_takes_what_one_use_is_worth(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500, uses=2)
    redeemed = await redeems(bank, made, BOB)
    assert (redeemed.amount, redeemed.balance, redeemed.maker) == (500, 100_500, bank.members[ALICE])
    assert left(bank, made.voucher) == 500
    assert told(bank, VoucherCame) == [
        (bank.members[BOB], VoucherCame(redeemed.transfer, made.voucher, bank.members[ALICE], 500))]
    assert told(bank, VoucherRedeemed) == [
        (bank.members[ALICE], VoucherRedeemed(made.voucher, redeemed.transfer, bank.members[BOB], 500, 1, 2))]


async def test_nobody_redeems_one_twice(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500, uses=3)
    first = await redeems(bank, made, BOB)
    assert await refused(bank, bank.redeem(made, BOB)) == refusals.RedeemedBefore(500, first.transfer)
    assert len(bank.store.all(VoucherUse)) == 1  # type: ignore[attr-defined]


async def test_the_last_use_ends_it(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500)
    await redeems(bank, made, BOB)
    assert (bank.row(Voucher, made.voucher).state, left(bank, made.voucher)) == ("used", 0)
    assert await refused(bank, bank.redeem(made, CAROL)) == refusals.VoucherUsedUp()
    assert await refused(bank, take_back(bank, made.voucher)) == refusals.VoucherUsedUp()


async def test_the_maker_takes_it_back_and_does_not_redeem_it(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500)
    assert await refused(bank, bank.redeem(made, ALICE)) == refusals.VoucherOwn()


async def test_a_made_up_link_is_as_unknown_as_a_made_up_number(bank: Bank) -> None:
    made, other = await bank.makes(ALICE, amount=500), await bank.makes(ALICE, amount=700)
    for voucher, link in ((made.voucher, "A" * 22), (made.voucher, other.link), (made.voucher, ""),
                          (made.voucher, "é" * 22), (made.voucher + 64, made.link)):
        forged = Redeem(key=bank.key(), member=bank.members[BOB], voucher=voucher, link=link)
        assert await refused(bank, forged) == refusals.VoucherUnknown()


async def test_one_that_is_for_one_person_is_for_nobody_else(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500, only=BOB)
    assert await refused(bank, bank.redeem(made, CAROL)) == refusals.VoucherNotForYou()
    assert (await redeems(bank, made, BOB)).amount == 500


async def test_whoever_may_not_receive_may_not_redeem(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500)
    bank.change(BOB, restrictions=int(Restriction.RECEIVING))
    assert await refused(bank, bank.redeem(made, BOB)) == refusals.DirectionRestricted("receiving", 0)


@pytest.mark.parametrize("state", ["frozen", "banned"])
async def test_nothing_goes_out_of_a_maker_whose_money_is_stopped(bank: Bank, state: str) -> None:
    made = await bank.makes(ALICE, amount=500)
    bank.change(ALICE, state=state)
    assert await refused(bank, bank.redeem(made, BOB)) == refusals.PayerUnavailable()


async def test_nothing_is_redeemed_while_money_rests(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500)
    await bank.run(SetSwitch(key=bank.key(), operator=HOUSE, state="read_only", reason="test"))
    assert await refused(bank, bank.redeem(made, BOB)) == refusals.ReadOnly()


# ---------------------------------------------------------------------------------------------- passwords
async def test_a_password_has_to_be_typed(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500, word="Open Sesame")
    assert await refused(bank, bank.redeem(made, BOB)) == refusals.PasswordNeeded()
    assert (await redeems(bank, made, BOB, word=" ｏｐｅｎ  SESAME")).amount == 500


async def test_guesses_are_counted_for_each_person_and_the_right_word_is_too_late_after_them(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500, uses=2, word="open sesame")
    heard = [await refused(bank, bank.redeem(made, BOB, word=f"guess {number}")) for number in range(OWN_TRIES)]
    assert heard == [refusals.PasswordWrong(OWN_TRIES - 1 - number) for number in range(OWN_TRIES)]
    assert await refused(bank, bank.redeem(made, BOB, word="open sesame")) == refusals.PasswordShut()
    assert (await redeems(bank, made, CAROL, word="open sesame")).amount == 500


async def test_the_same_guess_under_the_same_key_counts_once(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500, word="open sesame")
    guess = bank.redeem(made, BOB, word="guess")
    assert [await refused(bank, guess) for _ in range(3)] == [refusals.PasswordWrong(OWN_TRIES - 1)] * 3


async def test_guesses_in_parallel_are_all_counted(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500, word="open sesame")
    words = [f"guess {number}" for number in range(20)] + ["open sesame"]
    heard = await asyncio.gather(*(bank.run(bank.redeem(made, BOB, word=word)) for word in words),
                                 return_exceptions=True)
    assert sum(isinstance(answer, refusals.PasswordWrong) for answer in heard) == OWN_TRIES
    assert heard[OWN_TRIES:] == [refusals.PasswordShut()] * (len(words) - OWN_TRIES)


async def test_strangers_who_guess_keep_out_nobody_who_knows_the_word(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500, uses=2, word="open sesame")
    assert isinstance(await refused(bank, bank.redeem(made, CAROL, word="slip")), refusals.PasswordWrong)
    for number in range(MANY_TRIES):
        await bank.join(MORE + number)
        wrong = await refused(bank, bank.redeem(made, MORE + number, word="guess"))
        assert wrong == refusals.PasswordWrong(OWN_TRIES - 1)
    row, end = bank.row(Voucher, made.voucher), (bank.clock.now // HOUR + 1) * HOUR
    assert told(bank, VoucherGuessed) == [(bank.members[ALICE], VoucherGuessed(row.id, row.transfer))]
    # Whoever guesses on waits, and so does whoever mistyped it; the first try of anybody is looked at.
    for somebody in (MORE, CAROL):
        assert await refused(bank, bank.redeem(made, somebody, word="open sesame")) == refusals.PasswordPaced(end)
    assert (await redeems(bank, made, BOB, word="open sesame")).amount == 500
    bank.clock.forward(hours=1)
    assert (await redeems(bank, made, CAROL, word="open sesame")).amount == 500


async def test_there_are_not_too_many_and_room_comes_back(bank: Bank) -> None:
    most = POLICY.vouchers_open
    made = [await bank.makes(ALICE, amount=5) for _ in range(most)]
    assert await refused(bank, wish(bank)) == refusals.TooManyVouchers(most)
    await redeems(bank, made[0], BOB)
    await bank.run(take_back(bank, made[1].voucher))
    for _ in "12":
        await bank.makes(ALICE, amount=5)
    assert await refused(bank, wish(bank)) == refusals.TooManyVouchers(most)


# ------------------------------------------------------------------------------------------------- ending
async def test_what_nobody_has_redeemed_goes_back_to_whoever_takes_it_back(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500, uses=3)
    await redeems(bank, made, BOB)
    ended = await bank.run(take_back(bank, made.voucher))
    assert isinstance(ended, VoucherEnded)
    assert (ended.amount, ended.state, await bank.balance(ALICE), left(bank, made.voucher)) == (
        1_000, "withdrawn", 99_500, 0)
    assert await refused(bank, bank.redeem(made, CAROL)) == refusals.VoucherWithdrawn()
    assert await refused(bank, take_back(bank, made.voucher)) == refusals.VoucherWithdrawn()


async def test_nobody_else_takes_it_back_or_learns_that_it_is_there(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500)
    assert await refused(bank, take_back(bank, made.voucher, BOB)) == refusals.VoucherUnknown()
    assert await refused(bank, take_back(bank, made.voucher + 64)) == refusals.VoucherUnknown()


async def test_the_clock_gives_the_rest_back_and_says_so(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500, uses=3)
    await redeems(bank, made, BOB)
    assert await refused(bank, ExpireVoucher(key=bank.key(), voucher=made.voucher)) == refusals.VoucherNotDue()
    bank.clock.forward(hours=30 * 24)
    assert await refused(bank, bank.redeem(made, CAROL)) == refusals.VoucherOver()
    ended = await bank.run(ExpireVoucher(key=bank.key(), voucher=made.voucher))
    assert isinstance(ended, VoucherEnded)
    assert (ended.state, ended.amount) == ("expired", 1_000)
    assert told(bank, VoucherReturned) == [
        (bank.members[ALICE], VoucherReturned(ended.transfer, made.voucher, 1_000, 1, 3))]
    assert await refused(bank, take_back(bank, made.voucher)) == refusals.VoucherOver()
    for again in (made.voucher, 64):
        with pytest.raises((refusals.VoucherOver, refusals.VoucherUnknown)):
            await bank.run(ExpireVoucher(key=bank.key(), voucher=again))


async def test_what_came_back_was_never_paid_without_the_pin(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500, uses=3)
    await redeems(bank, made, BOB)
    await bank.run(take_back(bank, made.voucher))
    counter = bank.row(Counter, (bank.members[ALICE], EVER))  # type: ignore[arg-type]
    assert (counter.sent_sum, counter.pinless_sum) == (1_500, 500)


async def test_only_the_maker_says_where_its_card_stands(bank: Bank) -> None:
    made = await bank.makes(ALICE, amount=500)

    def place(who: int) -> PlaceVoucher:
        return PlaceVoucher(key=bank.key(), member=bank.members[who], voucher=made.voucher, chat=-7, message=9)

    assert await refused(bank, place(BOB)) == refusals.VoucherUnknown()
    await bank.run(place(ALICE))
    row = bank.row(Voucher, made.voucher)
    assert (row.chat, row.message) == (-7, 9)


# -------------------------------------------------------------------------------------------------- races
@pytest.fixture
async def real(database_url: str) -> AsyncIterator[Bank]:
    """The same on a database."""
    async with open_bank(database_url) as opened:
        await opened.settle()
        yield opened


async def test_the_last_use_goes_to_one_however_many_come_for_it(real: Bank) -> None:
    people = range(MORE, MORE + 12)
    for person in people:
        await real.join(person)
    made = await real.makes(ALICE, amount=100, uses=5)
    commands = [real.redeem(made, person) for person in people for _ in range(2)]
    heard = await asyncio.gather(*(real.run(command) for command in commands), return_exceptions=True)
    won = [answer for answer in heard if isinstance(answer, Redeemed)]
    assert len(won) == 5
    assert all(isinstance(answer, Outcome | refusals.VoucherUsedUp | refusals.RedeemedBefore) for answer in heard)


async def test_redeeming_and_taking_back_share_the_money_between_them(real: Bank) -> None:
    for _ in range(10):
        made = await real.makes(ALICE, amount=100, uses=2)
        before = await real.balance(ALICE)
        heard = await asyncio.gather(
            real.run(real.redeem(made, BOB)), real.run(take_back(real, made.voucher)),
            real.run(real.redeem(made, CAROL)), return_exceptions=True)
        taken = sum(isinstance(answer, Redeemed) for answer in heard)
        assert await real.balance(ALICE) - before == 200 - 100 * taken
    assert POLICY.voucher_key
    assert password_of(b"a", "n", "w") != password_of(b"b", "n", "w")
