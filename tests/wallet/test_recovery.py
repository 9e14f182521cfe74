"""An address is bound by PIN and code; a forgotten PIN gives way a day after a code, unless its owner stops that."""
from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, Bank, open_bank
from wallet import refusals
from wallet.emails import BIND, FORGOTTEN, LIFE, MOST_MAILS, TRIES, AskCode, BindEmail
from wallet.events import PinResetAsked, read
from wallet.identity import GiveIdentity
from wallet.operators import AppointOwners
from wallet.pins import SetPin
from wallet.recovery import AGAIN, OPEN, WAIT, ForgetPin, SetForgottenPin, StopReset, TellOfReset, Waiting
from wallet.resets import ResetPinDeed
from wallet.rows import Email, Pin


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    async with open_bank("") as opened:
        await opened.join(ALICE)
        await opened.set_pin(ALICE)
        yield opened


async def asks(bank: Bank, purpose: str = BIND, code: str = "right", pin: int = 1) -> None:
    await bank.run(AskCode(key=bank.key(), member=bank.members[ALICE], purpose=purpose, code=code, address="digest",
                           sealed=b"sealed" if purpose == BIND else b"", pin_version=pin))


async def binds(bank: Bank, code: str = "right") -> None:
    await bank.run(BindEmail(key=bank.key(), member=bank.members[ALICE], code=code))


async def forgets(bank: Bank, code: str = "right") -> int:
    waiting = await bank.run(ForgetPin(key=bank.key(), member=bank.members[ALICE], code=code))
    assert isinstance(waiting, Waiting)
    return waiting.ready_at


async def waits(bank: Bank) -> int:
    await asks(bank)
    await binds(bank)
    await asks(bank, FORGOTTEN)
    return await forgets(bank)


async def chooses(bank: Bank) -> None:
    await bank.run(SetForgottenPin(key=bank.key(), member=bank.members[ALICE], hash="another"))


def pin(bank: Bank) -> Pin:
    return bank.row(Pin, bank.members[ALICE])


def told(bank: Bank) -> list[bool]:
    found = [read(one.event, one.facts) for one in bank.told]
    return [one.ready for one in found if isinstance(one, PinResetAsked)]


async def test_an_address_is_bound_by_pin_and_code(bank: Bank) -> None:
    with pytest.raises(refusals.PinNeeded):
        await asks(bank, pin=0)
    await asks(bank)
    assert bank.row(Email, bank.members[ALICE]).address == b""
    await binds(bank)
    assert bank.row(Email, bank.members[ALICE]).address == b"sealed"
    with pytest.raises(refusals.MailCodeOver):
        await binds(bank)


async def test_a_code_is_tried_so_often_and_each_try_counts(bank: Bank) -> None:
    await asks(bank)
    for left in reversed(range(TRIES)):
        with pytest.raises(refusals.MailCodeWrong) as wrong:
            await binds(bank, "wrong")
        assert wrong.value.left == left
    with pytest.raises(refusals.MailCodeOver):
        await binds(bank)


async def test_a_code_grows_old_and_is_for_one_purpose(bank: Bank) -> None:
    await asks(bank)
    with pytest.raises(refusals.MailCodeOver):
        await forgets(bank)
    bank.clock.now += LIFE
    with pytest.raises(refusals.MailCodeOver):
        await binds(bank)


async def test_nobody_has_more_mails_sent_in_a_day_than_may_be(bank: Bank) -> None:
    for _ in range(MOST_MAILS):
        await asks(bank)
    with pytest.raises(refusals.TooManyMails):
        await asks(bank)


async def test_without_an_address_no_pin_is_forgotten(bank: Bank) -> None:
    await asks(bank)  # Asked for, and not bound.
    with pytest.raises(refusals.EmailMissing):
        await asks(bank, FORGOTTEN)


async def test_another_pin_is_chosen_a_day_later_and_its_owner_is_told_thrice(bank: Bank) -> None:
    ready = await waits(bank)
    with pytest.raises(refusals.ResetWaits):
        await chooses(bank)
    assert told(bank) == [False]
    for at in (ready - WAIT + AGAIN, ready):
        bank.clock.now = at
        for _ in range(2):
            await bank.run(TellOfReset(key=bank.key(), member=bank.members[ALICE]))
    assert told(bank) == [False, False, True]
    pin(bank).locked_until = 2**60
    await chooses(bank)
    assert (pin(bank).hash, pin(bank).version, pin(bank).locked_until) == ("another", 2, 0)
    with pytest.raises(refusals.ResetOver):
        await chooses(bank)


@pytest.mark.parametrize("how", ["stopped", "changed", "too late"])
async def test_a_wait_ends_by_its_owners_word_by_another_pin_and_by_itself(bank: Bank, how: str) -> None:
    ready = await waits(bank)
    if how == "stopped":
        await bank.run(StopReset(key=bank.key(), member=bank.members[ALICE]))
    elif how == "changed":
        await bank.run(SetPin(key=bank.key(), member=bank.members[ALICE], hash="known again", pin_version=1))
    bank.clock.now = ready + (OPEN if how == "too late" else 0)
    with pytest.raises(refusals.ResetOver):
        await chooses(bank)
    await bank.run(TellOfReset(key=bank.key(), member=bank.members[ALICE]))
    assert told(bank) == ([False] if how != "too late" else [False, True])


async def test_whoever_gave_an_id_number_names_it_before_a_code_is_sent(bank: Bank) -> None:
    await asks(bank)
    await binds(bank)
    member = bank.members[ALICE]
    await bank.run(GiveIdentity(key=bank.key(), member=member, digest="own", sealed=b"s", born=726_000))

    async def forgot(number: str) -> None:
        await bank.run(AskCode(key=bank.key(), member=member, purpose=FORGOTTEN, code="right", number=number))

    for left, number in ((3, ""), (2, "other")):
        with pytest.raises(refusals.IdentityOther) as refused:
            await forgot(number)
        assert refused.value.left == left
    with pytest.raises(refusals.MailCodeOver):
        await forgets(bank)
    await forgot("own")
    await forgets(bank)
    for _ in range(2):
        with pytest.raises(refusals.IdentityOther):
            await forgot("other")
    with pytest.raises(refusals.IdentityTooOften):
        await forgot("own")


async def test_two_operators_let_somebody_replace_a_pin_a_day_later_unless_they_stop_it(bank: Bank) -> None:
    await bank.run(AppointOwners(key="owners", telegram_ids=(BOB, CAROL)))
    for operator in (BOB, CAROL):
        await bank.join(operator)
        await bank.set_pin(operator)

    async def reset() -> None:
        deed = ResetPinDeed(bank.members[ALICE], "identity card in a video call")
        assert isinstance(await bank.both_sign(deed, BOB, CAROL), Waiting)

    await reset()
    assert told(bank) == [False]
    await bank.run(StopReset(key=bank.key(), member=bank.members[ALICE]))
    bank.clock.forward(hours=25)
    with pytest.raises(refusals.ResetOver):
        await chooses(bank)
    await reset()
    with pytest.raises(refusals.ResetWaits):
        await chooses(bank)
    bank.clock.forward(hours=25)
    await chooses(bank)
    assert pin(bank).hash == "another"
