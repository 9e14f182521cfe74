"""Requests for money: paid once by whoever was asked, to whoever asked; declined, taken back, reminded of, ended."""
from __future__ import annotations

import asyncio

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, GROUP, STRANGER, Bank
from wallet import refusals
from wallet.commands import Command, Done
from wallet.events import MoneyWent, RequestCame, RequestClosed, RequestEnded, RequestPaid, RequestReminder, read
from wallet.members import SetConfirmIncoming
from wallet.requests import (
    MOST_ASKED,
    MOST_OPEN,
    MOST_TO_ONE,
    AskFor,
    DeclineRequest,
    ExpireRequest,
    PlaceAsked,
    PlaceRequest,
    RemindOfRequest,
    RequestDone,
    RequestOffered,
    RequestSettled,
    RequestsMade,
    WithdrawRequest,
)
from wallet.rows import Request, Tally, Transfer
from wallet.standing import Restriction


def told(bank: Bank, kind: type[object]) -> list[tuple[int, object]]:
    """Who was told something of a kind: a member, or a Telegram id."""
    return [(notice.member or notice.telegram_id, read(notice.event, notice.facts)) for notice in bank.told
            if notice.event == kind.__name__]


def decline(bank: Bank, who: int, request: int) -> DeclineRequest:
    return DeclineRequest(key=bank.key(), person=who, request=request)


def withdraw(bank: Bank, who: int, request: int) -> WithdrawRequest:
    return WithdrawRequest(key=bank.key(), asker=bank.members[who], request=request)


async def refused(bank: Bank, command: Command) -> refusals.Refusal:
    with pytest.raises(refusals.Refusal) as caught:
        await bank.run(command)
    return caught.value


def is_tallied(bank: Bank, who: int) -> tuple[int, ...]:
    return tuple(row.open for row in bank.store.all(Tally)  # type: ignore[attr-defined]
                 if row.member == bank.members[who])


# -------------------------------------------------------------------------------------------------- asking
async def test_whoever_is_asked_is_told_and_nothing_moves(bank: Bank) -> None:
    made = await bank.run(bank.ask_for(ALICE, BOB, STRANGER, amount=2_000, note="午饭"))
    assert isinstance(made, RequestsMade)
    first, second = made.requests
    assert told(bank, RequestCame) == [
        (BOB, RequestCame(first, bank.members[ALICE], 2_000, "午饭", made.expires_at)),
        (STRANGER, RequestCame(second, bank.members[ALICE], 2_000, "午饭", made.expires_at))]
    assert (await bank.balance(ALICE), await bank.balance(BOB)) == (100_000, 100_000)


@pytest.mark.parametrize(("people", "amount", "refusal"), [
    ((), 5, refusals.TooManyAsked(MOST_ASKED)),
    (tuple(range(500, 500 + MOST_ASKED + 1)), 5, refusals.TooManyAsked(MOST_ASKED)),
    ((BOB, BOB), 5, refusals.NamedTwice()),
    ((BOB, ALICE), 5, refusals.AskYourself()),
    ((BOB,), 0, refusals.AmountOutOfRange(1, 5_000_000)),
    ((BOB,), -5, refusals.AmountOutOfRange(1, 5_000_000)),
    ((BOB,), 5_000_001, refusals.AmountOutOfRange(1, 5_000_000)),
])
async def test_what_cannot_be_asked(bank: Bank, people: tuple[int, ...], amount: int,
                                    refusal: refusals.Refusal) -> None:
    assert await refused(bank, bank.ask_for(ALICE, *people, amount=amount)) == refusal
    assert bank.store.all(Request) == []  # type: ignore[attr-defined]


async def test_whoever_may_take_nothing_asks_nobody(bank: Bank) -> None:
    bank.change(ALICE, restrictions=int(Restriction.RECEIVING))
    assert isinstance(await refused(bank, bank.ask_for(ALICE, BOB, amount=5)), refusals.DirectionRestricted)
    bank.change(ALICE, restrictions=0, state="frozen")
    assert isinstance(await refused(bank, bank.ask_for(ALICE, BOB, amount=5)), refusals.AccountFrozen)


async def test_the_same_person_is_asked_a_few_times_a_day_however_often_it_is_taken_back(bank: Bank) -> None:
    for _ in range(MOST_TO_ONE):
        await bank.run(withdraw(bank, ALICE, await bank.asks_for(ALICE, BOB, amount=5)))
    assert await refused(bank, bank.ask_for(ALICE, BOB, amount=5)) == refusals.AskedTooOften(MOST_TO_ONE)
    assert await refused(bank, bank.ask_for(ALICE, CAROL, BOB, amount=5)) == refusals.AskedTooOften(MOST_TO_ONE)
    await bank.asks_for(ALICE, CAROL, amount=5)
    bank.clock.forward(hours=24)
    await bank.asks_for(ALICE, BOB, amount=5)


async def test_no_more_is_open_with_one_person_than_may_be_asked_in_a_day(bank: Bank) -> None:
    for _ in range(MOST_TO_ONE):
        await bank.asks_for(ALICE, BOB, amount=5)
    bank.clock.forward(hours=24)
    assert await refused(bank, bank.ask_for(ALICE, BOB, amount=5)) == refusals.AskedTooOften(MOST_TO_ONE)


async def test_how_often_somebody_was_asked_does_not_tell_whose_number_it_is(bank: Bank) -> None:
    by_number = bank.ask_for(ALICE, BOB, amount=5, by_number=(BOB,))
    for _ in range(MOST_TO_ONE):
        await bank.asks_for(ALICE, BOB, amount=5)
    made = await bank.run(by_number)
    assert isinstance(made, RequestsMade)
    for _ in range(MOST_TO_ONE - 1):
        await bank.run(bank.ask_for(ALICE, BOB, amount=5, by_number=(BOB,)))
    for way in ((), (BOB,)):
        again = bank.ask_for(ALICE, BOB, amount=5, by_number=way)
        assert await refused(bank, again) == refusals.AskedTooOften(MOST_TO_ONE)
    assert sorted(is_tallied(bank, ALICE)) == [MOST_TO_ONE, MOST_TO_ONE, 2 * MOST_TO_ONE]
    await bank.run(decline(bank, BOB, made.requests[0]))
    assert sorted(is_tallied(bank, ALICE)) == [MOST_TO_ONE - 1, MOST_TO_ONE, 2 * MOST_TO_ONE - 1]


async def test_open_requests_are_bounded_and_room_comes_back(bank: Bank) -> None:
    for start in range(0, MOST_OPEN, MOST_ASKED):
        await bank.run(bank.ask_for(ALICE, *range(500 + start, 500 + start + MOST_ASKED), amount=5))
    assert await refused(bank, bank.ask_for(ALICE, BOB, amount=5)) == refusals.TooManyRequests(MOST_OPEN)
    request = bank.store.all(Request)[0]  # type: ignore[attr-defined]
    await bank.run(decline(bank, request.person, request.id))
    await bank.asks_for(ALICE, BOB, amount=5)


async def test_asking_for_many_at_once_passes_no_bound(bank: Bank) -> None:
    heard = await asyncio.gather(*[bank.run(bank.ask_for(ALICE, BOB, amount=5)) for _ in range(20)],
                                 return_exceptions=True)
    assert sum(isinstance(answer, RequestsMade) for answer in heard) == MOST_TO_ONE


# -------------------------------------------------------------------------------------------------- paying
async def test_paying_moves_the_amount_once_and_tells_the_asker(bank: Bank) -> None:
    request = await bank.asks_for(ALICE, BOB, amount=2_000, note="午饭")
    paid = await bank.run(bank.pay_request(BOB, request))
    assert isinstance(paid, RequestSettled)
    assert (paid.balance, await bank.balance(ALICE), await bank.balance(BOB)) == (98_000, 102_000, 98_000)
    assert told(bank, RequestPaid) == [(bank.members[ALICE], RequestPaid(
        request, paid.transfer, bank.members[BOB], 2_000, "午饭"))]
    assert told(bank, MoneyWent) == []
    assert await refused(bank, bank.pay_request(BOB, request)) == refusals.RequestOver("paid")
    assert is_tallied(bank, ALICE) == (0, 0)


async def test_paid_in_a_group_the_payer_has_a_receipt_in_private(bank: Bank) -> None:
    request = await bank.asks_for(ALICE, BOB, amount=2_000)
    paid = await bank.run(bank.pay_request(BOB, request, chat=GROUP))
    assert isinstance(paid, RequestSettled)
    assert told(bank, MoneyWent) == [(bank.members[BOB], MoneyWent(
        paid.transfer, bank.members[ALICE], ALICE, 2_000, "", 0))]


async def test_somebody_pays_what_they_were_asked_before_they_joined(bank: Bank) -> None:
    request = await bank.asks_for(ALICE, STRANGER, amount=500)
    await bank.join(STRANGER, 1_000)
    assert isinstance(await bank.run(bank.pay_request(STRANGER, request)), RequestSettled)


async def test_whoever_asked_has_it_at_once_even_if_they_confirm_what_comes_in(bank: Bank) -> None:
    await bank.run(SetConfirmIncoming(key=bank.key(), member=bank.members[ALICE], on=True))
    await bank.run(bank.pay_request(BOB, await bank.asks_for(ALICE, BOB, amount=500)))
    assert await bank.balance(ALICE) == 100_500


async def test_nobody_else_pays_and_they_hear_what_they_would_of_none(bank: Bank) -> None:
    request = await bank.asks_for(ALICE, BOB, amount=500)
    unknown = await refused(bank, bank.pay_request(CAROL, 999))
    for who in (CAROL, ALICE):
        assert await refused(bank, bank.pay_request(who, request)) == unknown == refusals.RequestUnknown()
    for who in (CAROL, ALICE, STRANGER):
        assert await refused(bank, decline(bank, who, request)) == unknown
    for who in (CAROL, BOB):
        assert await refused(bank, withdraw(bank, who, request)) == unknown
    assert await refused(bank, decline(bank, BOB, 999)) == unknown
    assert await refused(bank, withdraw(bank, ALICE, 999)) == unknown


async def test_money_is_checked_and_the_request_stays_open(bank: Bank) -> None:
    request = await bank.asks_for(ALICE, CAROL, amount=500)
    assert await refused(bank, bank.pay_request(CAROL, request)) == refusals.NotEnough(0, 500)
    bank.change(ALICE, state="frozen")
    assert isinstance(await refused(bank, bank.pay_request(CAROL, request)), refusals.ReceiverUnavailable)
    assert bank.row(Request, request).state == "open"


@pytest.mark.parametrize("state", ["frozen", "banned"])
async def test_whose_money_may_not_go_out_does_not_pay(bank: Bank, state: str) -> None:
    request = await bank.asks_for(ALICE, BOB, amount=500)
    bank.change(BOB, state=state)
    assert isinstance(await refused(bank, bank.pay_request(BOB, request)),
                      refusals.AccountFrozen if state == "frozen" else refusals.AccountBanned)


async def test_paid_declined_taken_back_and_ended_at_once_it_ends_once(bank: Bank) -> None:
    for number in range(12):
        bank.clock.forward(hours=24 * 8)
        request = await bank.asks_for(ALICE, BOB, amount=10)
        if number % 2:
            bank.clock.forward(hours=24 * 7)
        ways: list[Command] = [bank.pay_request(BOB, request), decline(bank, BOB, request),
                               withdraw(bank, ALICE, request), bank.pay_request(BOB, request),
                               ExpireRequest(key=bank.key(), request=request)]
        heard = await asyncio.gather(*[bank.run(way) for way in ways[number % 5:] + ways[:number % 5]],
                                     return_exceptions=True)
        assert sum(isinstance(answer, RequestSettled | RequestDone) for answer in heard) == 1
        paid = bank.row(Request, request).transfer
        assert bool(paid) == (bank.row(Request, request).state == "paid")
        assert not number % 2 or not paid


# ------------------------------------------------------------------------------------- declining, taking back
async def test_who_declines_need_not_have_joined_and_the_asker_is_told(bank: Bank) -> None:
    request = await bank.asks_for(ALICE, STRANGER, amount=500)
    done = await bank.run(decline(bank, STRANGER, request))
    assert isinstance(done, RequestDone)
    assert told(bank, RequestEnded) == [(bank.members[ALICE], RequestEnded(request, 500, "declined"))]
    assert await refused(bank, decline(bank, STRANGER, request)) == refusals.RequestOver("declined")


async def test_what_is_taken_back_can_be_paid_by_nobody(bank: Bank) -> None:
    request = await bank.asks_for(ALICE, BOB, amount=500)
    await bank.run(PlaceRequest(key=bank.key(), asker=bank.members[ALICE], request=request, chat=GROUP, message=7))
    for message, before in ((6, 0), (8, 6)):
        assert await bank.run(PlaceAsked(key=bank.key(), asker=bank.members[ALICE], request=request,
                                         message=message)) == RequestOffered("open", BOB, before)
    assert await bank.run(withdraw(bank, ALICE, request)) == RequestDone(
        request, bank.members[ALICE], BOB, 500, "withdrawn", GROUP, 7, 8)
    assert told(bank, RequestClosed) == [(BOB, RequestClosed(request, bank.members[ALICE], 500, "withdrawn"))]
    assert await refused(bank, bank.pay_request(BOB, request)) == refusals.RequestOver("withdrawn")


async def test_where_it_stands_is_said_in_its_askers_name(bank: Bank) -> None:
    request = await bank.asks_for(ALICE, BOB, amount=500)
    place = PlaceRequest(key=bank.key(), asker=bank.members[BOB], request=request, chat=GROUP, message=7)
    assert await refused(bank, place) == refusals.RequestUnknown()
    asked = PlaceAsked(key=bank.key(), asker=bank.members[CAROL], request=request, message=7)
    assert await refused(bank, asked) == refusals.RequestUnknown()


# ------------------------------------------------------------------------------------------------ the clock
async def test_a_day_later_whoever_is_asked_is_reminded_once(bank: Bank) -> None:
    request = await bank.asks_for(ALICE, BOB, amount=500, note="rent")
    early = RemindOfRequest(key="once", request=request)
    assert await refused(bank, early) == refusals.RequestNotDue()
    bank.clock.forward(hours=25)
    assert await bank.run(early) == Done()
    assert await bank.run(early) == Done()
    assert await refused(bank, RemindOfRequest(key=bank.key(), request=request)) == refusals.RequestNotDue()
    assert [person for person, _ in told(bank, RequestReminder)] == [BOB]


async def test_nobody_is_reminded_of_what_has_ended_or_is_about_to(bank: Bank) -> None:
    declined, late = [await bank.asks_for(ALICE, BOB, amount=500) for _ in range(2)]
    await bank.run(decline(bank, BOB, declined))
    bank.clock.forward(hours=24 * 7)
    assert await refused(bank, RemindOfRequest(key=bank.key(), request=declined)) == refusals.RequestOver("declined")
    assert await refused(bank, RemindOfRequest(key=bank.key(), request=late)) == refusals.RequestOver("expired")
    assert await refused(bank, RemindOfRequest(key=bank.key(), request=9)) == refusals.RequestUnknown()
    assert told(bank, RequestReminder) == []


async def test_after_seven_days_it_is_over_for_both(bank: Bank) -> None:
    request = await bank.asks_for(ALICE, BOB, amount=500)
    end = ExpireRequest(key="end", request=request)
    assert await refused(bank, end) == refusals.RequestNotDue()
    bank.clock.forward(hours=24 * 7)
    assert await refused(bank, bank.pay_request(BOB, request)) == refusals.RequestOver("expired")
    assert isinstance(await bank.run(end), RequestDone)
    assert await refused(bank, ExpireRequest(key=bank.key(), request=request)) == refusals.RequestOver("expired")
    assert await refused(bank, ExpireRequest(key=bank.key(), request=9)) == refusals.RequestUnknown()
    assert told(bank, RequestEnded) == [(bank.members[ALICE], RequestEnded(request, 500, "expired"))]
    assert [person for person, _ in told(bank, RequestClosed)] == [BOB]
    assert bank.store.all(Transfer)[2:] == []  # type: ignore[attr-defined]


async def test_the_same_key_asks_once(bank: Bank) -> None:
    command = bank.ask_for(ALICE, BOB, amount=500)
    assert await bank.run(command) == await bank.run(command)
    assert len(bank.store.all(Request)) == 1  # type: ignore[attr-defined]
    with pytest.raises(refusals.KeyReused):
        await bank.run(AskFor(key=command.key, asker=command.asker, people=(BOB,), amount=501))
