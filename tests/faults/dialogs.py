"""How each refusal is brought about: short dialogs with the real dispatcher, one for every class of refusal.

Guards: nobody relies on chance for a refusal to be met. Each class has a script that causes it by updates alone, is
beneath what updates reach and is caused in the wallet's machine instead, or stands here with the reason why nothing
leads to it; a class that does none of these fails the proof.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from sqlalchemy import func, select, update

from handlers.chat.buttons import (
    DraftAct,
    DraftButton,
    HoldAct,
    HoldButton,
    RequestAct,
    RequestButton,
    ScheduleButton,
    SplitAct,
    SplitButton,
    VoucherAct,
    VoucherButton,
    VoucherLink,
    WizardAct,
    WizardButton,
)
from handlers.chat.guessing import MOST as WRONG_LINKS
from handlers.jobs.expiry import expire_envelopes, expire_vouchers
from handlers.keyboards import NoPinLimit
from storage.phones import MOST
from storage.tables import envelopes, holds, transfers, vouchers
from tests.faults.town import FUNDS, PIN, Kind, Town, changed, name_of, phone_of, square, user_of
from tests.wallet.test_machine import BENEATH
from wallet import ids, refusals
from wallet.gate import Restriction
from wallet.givebacks import GiveBack, GivenBack
from wallet.operators import HOUSE, SetSwitch
from wallet.pins import ATTEMPTS
from wallet.refusals import every
from wallet.requests import MOST_ASKED, MOST_OPEN, MOST_TO_ONE, AskFor
from wallet.rows import TO_ARRIVE
from wallet.schedules import MOST_SCHEDULES
from wallet.splits import MOST_A_DAY, CloseSplit
from wallet.splits import MOST_OPEN as MOST_SPLITS
from wallet.transfers import MOST_RECEIVERS, MOST_WAITING, Send
from wallet.vouchers import MANY_TRIES, MOST_USES, OWN_TRIES

ANOTHER_PIN: Final = "482916"
WRONG_PIN: Final = "160382"

NOWHERE: Final[dict[Kind, str]] = {
    refusals.LevelNeeded: "every command is for members of any level yet",
}
"""What nothing can bring about."""

Script = Callable[[Town], Awaitable[None]]
SCRIPTS: Final[dict[Kind, Script]] = {}
"""Each brings its refusal about at least once, however often it is run."""


def meets(kind: Kind) -> Callable[[Script], Script]:
    """Registers the script for a class."""

    def register(script: Script) -> Script:
        assert kind not in SCRIPTS, f"two scripts for {kind.__name__}"
        SCRIPTS[kind] = script
        return script

    return register


# --------------------------------------------------------------------------------------- the house itself
@meets(refusals.Busy)
async def the_queue_is_full(town: Town) -> None:
    with changed(town.app.engine, "_queue_most", 0):
        await town.says(town.alice, "/topup 1")


@meets(refusals.DeadlinePassed)
async def nothing_is_done_in_time(town: Town) -> None:
    with changed(town.app.engine, "_deadline", -1.0):
        await town.says(town.alice, "/topup 1")


async def _while_money_is(state: str, town: Town) -> None:
    await town.run(SetSwitch(key=town.key(), operator=HOUSE, state=state))
    try:
        await town.says(town.alice, f"/send @{name_of(town.bob)} 1")
    finally:
        await town.run(SetSwitch(key=town.key(), operator=HOUSE, state="open"))


@meets(refusals.Maintenance)
async def money_rests(town: Town) -> None:
    await _while_money_is("maintenance", town)


@meets(refusals.ReadOnly)
async def money_is_read_only(town: Town) -> None:
    await _while_money_is("read_only", town)


# ------------------------------------------------------------------------------------- who may do it at all
@meets(refusals.NotAMember)
async def a_stranger_pays(town: Town) -> None:
    await town.says(town.stranger(), f"/send @{name_of(town.bob)} 1")


@meets(refusals.AgreementsNeeded)
async def what_payments_need_was_not_accepted(town: Town) -> None:
    await town.says(await town.resident(gates=("join",)), f"/send @{name_of(town.bob)} 1")


async def _pays_after(town: Town, state: str, restrictions: int = 0) -> None:
    payer = await town.resident()
    await town.ordain(payer, state, restrictions)
    await town.says(payer, f"/send @{name_of(town.bob)} 1", group=True)


@meets(refusals.AccountBanned)
async def who_is_banned_pays(town: Town) -> None:
    await _pays_after(town, "banned")


@meets(refusals.AccountFrozen)
async def who_is_frozen_pays(town: Town) -> None:
    await _pays_after(town, "frozen")


@meets(refusals.DirectionRestricted)
async def who_may_not_send_pays(town: Town) -> None:
    await _pays_after(town, "active", Restriction.SENDING)


# -------------------------------------------------------------------------------------------------- joining
async def _shares(town: Town, phone: str, *, owner: int = 0) -> None:
    person = await town.newcomer()
    await town.says(person, "", contact={"phone_number": phone, "first_name": "x", "user_id": owner or person})


@meets(refusals.ContactNotYours)
async def somebody_elses_contact_is_shared(town: Town) -> None:
    await _shares(town, phone_of(town.bob), owner=town.bob)


@meets(refusals.PhoneTaken)
async def one_number_joins_twice(town: Town) -> None:
    await _shares(town, phone_of(town.bob))


@meets(refusals.PhoneInvalid)
async def a_number_that_none_can_be_is_shared(town: Town) -> None:
    await _shares(town, "+1")


@meets(refusals.NicknameRefused)
async def a_nickname_is_an_operators(town: Town) -> None:
    await town.says(town.alice, "/nickname Official Support")


@meets(refusals.NicknameSpent)
async def a_nickname_is_changed_twice(town: Town) -> None:
    person = await town.resident(gates=("join",))
    await town.says(person, "/nickname Green Tea")
    await town.taps(person, "Confirm", "确认")
    await town.says(person, "/nickname Black Tea")


@meets(refusals.SettingOutOfRange)
async def a_limit_is_forged(town: Town) -> None:
    await town.forges(town.alice, NoPinLimit(limit=10**12).pack())


# ------------------------------------------------------------------------------------------------------ PIN
@meets(refusals.PinTooSimple)
async def a_pin_is_what_thieves_try_first(town: Town) -> None:
    person = await town.resident()
    await town.says(person, "/pin")
    await town.types(person, "111111")


@meets(refusals.PinWrong)
async def a_pin_is_wrong(town: Town) -> None:
    person = await town.resident(pin=True)
    await town.says(person, "/pin")
    await town.types(person, WRONG_PIN)


@meets(refusals.PinLocked)
async def a_pin_is_wrong_until_it_is_locked(town: Town) -> None:
    person = await town.resident(pin=True)
    await town.says(person, "/pin")
    await town.types(person, WRONG_PIN * ATTEMPTS)


@meets(refusals.PinChanged)
async def a_pin_is_changed_on_two_ways_at_once(town: Town) -> None:
    person = await town.resident(pin=True)
    await town.says(person, "/pin")
    await town.types(person, PIN + ANOTHER_PIN)
    await town.set_pin(person, 1)
    await town.types(person, ANOTHER_PIN)


# --------------------------------------------------------------------------------------------------- paying
@meets(refusals.AmountOutOfRange)
async def more_is_paid_than_one_payment_may_be(town: Town) -> None:
    await town.says(town.alice, f"/send @{name_of(town.bob)} {town.app.policy.max_amount // 100 + 1}")


@meets(refusals.NotEnough)
async def more_is_paid_than_there_is(town: Town) -> None:
    await town.says(town.alice, f"/send @{name_of(town.bob)} {FUNDS // 100 + 1}", group=True)


@meets(refusals.PayToYourself)
async def somebody_pays_themselves(town: Town) -> None:
    await town.says(town.alice, "/send 1", group=True, reply_to=town.alice)


@meets(refusals.TooManyReceivers)
async def more_are_picked_than_the_picker_gives(town: Town) -> None:
    person = await town.resident()
    await town.says(person, "/send")
    picked = [{"user_id": town.stranger()} for _ in range(MOST_RECEIVERS + 1)]
    await town.says(person, "", users_shared={"request_id": 1, "users": picked})
    await town.says(person, "1")
    await town.forges(person, WizardButton(act=WizardAct.SKIP).pack())


@meets(refusals.NamedTwice)
async def one_person_is_named_in_two_ways(town: Town) -> None:
    before = f"/send @{name_of(town.bob)} "
    await town.says(town.alice, f"{before}Bob 1 each", entities=[
        {"type": "bot_command", "offset": 0, "length": 5},
        {"type": "text_mention", "offset": len(before), "length": 3, "user": user_of(town.bob)}])


@meets(refusals.NumbersByThemselves)
async def a_number_is_named_beside_somebody(town: Town) -> None:
    await town.says(town.alice, f"/send @{name_of(town.bob)} {phone_of(town.bob)} 1 each")


@meets(refusals.ReceiverUnavailable)
async def who_is_frozen_is_paid(town: Town) -> None:
    receiver = await town.resident()
    await town.ordain(receiver, "frozen")
    await town.says(town.alice, "/send 1", group=True, reply_to=receiver)


@meets(refusals.PayerUnavailable)
async def what_waits_is_claimed_while_its_payer_is_frozen(town: Town) -> None:
    payer, stranger, card, hold = await town.waits()
    await town.ordain(payer, "frozen")
    await town.resident(stranger)
    await town.forges(stranger, HoldButton(act=HoldAct.CLAIM, hold=hold).pack(), card)


@meets(refusals.TooManyWaiting)
async def more_waits_than_one_may_have_waiting(town: Town) -> None:
    payer = await town.resident()
    for done in range(0, MOST_WAITING, MOST_RECEIVERS):
        receivers = tuple(town.stranger() for _ in range(min(MOST_RECEIVERS, MOST_WAITING - done)))
        key = town.key()
        await town.run(Send(key=key, payer=await town.member(payer), receivers=receivers, amount=1, sure=True,
                            members=(0,) * len(receivers), token=key.rjust(22, "x")))
    await town.says(payer, "/send 1", group=True, reply_to=town.stranger())


@meets(refusals.TopUpOutOfRange)
async def too_much_play_money_is_taken(town: Town) -> None:
    await town.says(town.alice, "/topup 99999999")


@meets(refusals.TopUpClosed)
async def money_is_taken_where_there_is_none_to_play(town: Town) -> None:
    with changed(town.app.engine, "policy", replace(town.app.policy, top_up_most=0)):
        await town.says(town.alice, "/topup 1")


@meets(refusals.KeyReused)
async def one_message_comes_with_two_contents(town: Town) -> None:
    number = int(town.key().removeprefix("town:"))
    await town.says(town.curious, "/topup 1", number=number)
    await town.says(town.curious, "/topup 2", number=number)


# ----------------------------------------------------------------------------------------- drafts and holds
@meets(refusals.NotYours)
async def somebody_else_presses_confirm(town: Town) -> None:
    _, token = await town.drafts()
    await town.forges(town.alice, DraftButton(act=DraftAct.CONFIRM, token=token).pack())


@meets(refusals.DraftUnknown)
async def a_draft_is_forged(town: Town) -> None:
    await town.forges(town.alice, DraftButton(act=DraftAct.CONFIRM, token="A" * 22).pack())


@meets(refusals.DraftOver)
async def what_was_cancelled_is_confirmed(town: Town) -> None:
    payer, token = await town.drafts()
    for act in (DraftAct.CANCEL, DraftAct.CONFIRM):
        await town.forges(payer, DraftButton(act=act, token=token).pack())


@meets(refusals.HoldUnknown)
async def what_waits_is_forged(town: Town) -> None:
    await town.forges(town.alice, HoldButton(act=HoldAct.CLAIM, hold=2**50).pack())


@meets(refusals.HoldOver)
async def what_was_taken_back_is_claimed(town: Town) -> None:
    payer, stranger, card, hold = await town.waits()
    await town.forges(payer, HoldButton(act=HoldAct.TAKE_BACK, hold=hold).pack(), card)
    await town.forges(stranger, HoldButton(act=HoldAct.CLAIM, hold=hold).pack(), card)


@meets(refusals.NotForYou)
async def somebody_else_claims(town: Town) -> None:
    *_, card, hold = await town.waits()
    await town.forges(town.alice, HoldButton(act=HoldAct.CLAIM, hold=hold).pack(), card)


@meets(refusals.OwnGift)
async def somebody_claims_what_they_gave(town: Town) -> None:
    payer, card, hold = await town.gives()
    await town.presses_on(payer, card, HoldButton(act=HoldAct.CLAIM, hold=hold).pack())


@meets(refusals.ReceiptUnknown)
async def a_receipt_is_guessed(town: Town) -> None:
    await town.says(town.alice, f"/receipt {ids.code(10**11)}")


@meets(refusals.NotReceived)
async def a_payer_gives_their_own_payment_back(town: Town) -> None:
    payer, _, sent = await town.pays()
    await town.says(payer, f"/giveback {ids.code(sent)}")


@meets(refusals.NothingToGiveBack)
async def what_was_given_back_is_given_back(town: Town) -> None:
    payer, receiver, sent = await town.pays()
    outcome = await town.run(GiveBack(key=town.key(), member=await town.member(receiver), transfer=sent, sure=True))
    assert isinstance(outcome, GivenBack)
    await town.says(payer, f"/giveback {ids.code(outcome.transfer)}")


@meets(refusals.GivenBackBefore)
async def a_payment_is_given_back_twice(town: Town) -> None:
    _, receiver, sent = await town.pays()
    assert isinstance(await town.run(GiveBack(key=town.key(), member=await town.member(receiver), transfer=sent,
                                              sure=True)), GivenBack)
    await town.says(receiver, f"/giveback {ids.code(sent)}")


@meets(refusals.HoldArriving)
async def what_is_arriving_is_taken_back(town: Town) -> None:
    payer = await town.resident()
    await town.says(payer, f"/send @{name_of(town.bob)} 1 in 2h")
    await town.taps(payer, "Confirm", "确认")
    await town.app.database.write(lambda connection: connection.execute(
        update(holds).where(holds.c.purpose == TO_ARRIVE).values(expires_at=1)))
    await town.taps(payer, "Take back", "撤回")


# ------------------------------------------------------------------------------------------- red envelopes
@meets(refusals.SharesOutOfRange)
async def an_envelope_is_divided_among_too_many(town: Town) -> None:
    await town.says(town.alice, f"/red 1 {town.app.policy.envelope_shares + 1}", group=True)


@meets(refusals.EnvelopeOutOfRange)
async def an_envelope_has_less_than_a_cent_for_each(town: Town) -> None:
    await town.says(town.alice, "/red 0.01 2", group=True)


@meets(refusals.EnvelopeUnknown)
async def an_envelope_is_forged(town: Town) -> None:
    _, card, _ = await town.fills(1)
    await town.opens(town.alice, card, 2**50)


@meets(refusals.OpenedBefore)
async def an_envelope_is_opened_twice(town: Town) -> None:
    maker, card, envelope = await town.fills(2)
    for _ in range(2):
        await town.opens(maker, card, envelope)


@meets(refusals.EnvelopeNotFound)
async def an_envelope_is_checked_that_is_of_another_group(town: Town) -> None:
    await town.says(town.alice, f"/red verify {ids.code(2**30)}", group=True)


@meets(refusals.EnvelopeForAnother)
async def an_envelope_for_one_is_opened_by_another(town: Town) -> None:
    maker, card, envelope = await town.fills(1, f"/red @{name_of(town.bob)} 1")
    await town.opens(maker, card, envelope)


@meets(refusals.WordNeeded)
async def an_envelope_with_a_word_is_opened_without(town: Town) -> None:
    maker, card, envelope = await town.fills(2, "/red 1 2 !恭喜")
    await town.opens(maker, card, envelope)


@meets(refusals.EnvelopeEmpty)
async def the_last_share_is_gone(town: Town) -> None:
    maker, card, envelope = await town.fills(1)
    for person in (maker, town.alice):
        await town.opens(person, card, envelope)


@meets(refusals.SharesKept)
async def the_last_share_is_kept_for_somebody_else(town: Town) -> None:
    maker, card, envelope = await town.fills(10)
    for person in (town.stranger(), maker, town.bob, town.curious, *town.crowd):
        await town.opens(person, card, envelope)
    for _ in range(2):
        await town.opens(await town.resident(), card, envelope)


@meets(refusals.TooManyEnvelopes)
async def too_many_envelopes_are_open(town: Town) -> None:
    with changed(town.app.engine, "policy", replace(town.app.policy, envelopes_open=0)):
        await town.says(town.alice, "/red 1 2", group=True)


@meets(refusals.OpeningTooFast)
async def an_envelope_is_opened_too_fast(town: Town) -> None:
    maker, card, envelope = await town.fills(2)
    with changed(town.app.engine, "policy", replace(town.app.policy, openings_a_minute=0)):
        await town.opens(maker, card, envelope)


@meets(refusals.WalletTooNew)
async def a_new_wallet_opens_where_it_has_to_wait(town: Town) -> None:
    maker, card, envelope = await town.fills(2)
    async with town.ruled("delay", 60):
        await town.opens(maker, card, envelope)


@meets(refusals.AnswerWrong)
async def a_question_is_answered_wrong(town: Town) -> None:
    await town.answers_wrong(1)


@meets(refusals.AnswersUsedUp)
async def questions_are_answered_wrong_until_no_more_is_asked(town: Town) -> None:
    await town.answers_wrong(4)


@meets(refusals.NothingKept)
async def a_link_to_a_kept_share_is_forged(town: Town) -> None:
    await town.says(town.alice, f"/start share_{ids.code(2**30)}")


@meets(refusals.EnvelopeOver)
async def an_envelope_is_opened_after_its_day(town: Town) -> None:
    maker, card, envelope = await town.fills(2)
    await town.opens(maker, card, envelope)
    await town.app.database.write(lambda connection: connection.execute(
        update(envelopes).where(envelopes.c.id == envelope).values(
            expires_at=select(func.max(transfers.c.at) + 1).scalar_subquery())))
    await expire_envelopes(town.app.engine, town.app.reads, town.app.clock.now())
    await town.opens(town.alice, card, envelope)


# ------------------------------------------------------------------------------------------ asking for money
@meets(refusals.RequestUnknown)
async def a_request_is_forged(town: Town) -> None:
    await town.forges(town.alice, RequestButton(act=RequestAct.PAY, request=2**50).pack())


@meets(refusals.RequestOver)
async def what_was_taken_back_is_paid(town: Town) -> None:
    asker, payer = await town.resident(), await town.resident()
    card, request = await town.requests(asker, payer)
    for person, act in ((asker, RequestAct.TAKE_BACK), (payer, RequestAct.PAY), (payer, RequestAct.DECLINE)):
        await town.forges(person, RequestButton(act=act, request=request).pack(), card)


@meets(refusals.AskYourself)
async def somebody_asks_themselves(town: Town) -> None:
    await town.says(town.alice, "/request 1", group=True, reply_to=town.alice)


@meets(refusals.TooManyAsked)
async def more_are_asked_than_one_request_may(town: Town) -> None:
    asker = await town.resident()
    people = [town.stranger() for _ in range(MOST_ASKED + 1)]
    for person in people:
        await town.says(person, "hello", group=True)
    await town.says(asker, f"/request {' '.join(f'@{name_of(person)}' for person in people)} 1 each", group=True)


@meets(refusals.TooManyRequests)
async def more_is_open_than_one_may_ask_for(town: Town) -> None:
    asker = await town.resident()
    for _ in range(0, MOST_OPEN, MOST_ASKED):
        await town.run(AskFor(key=town.key(), asker=await town.member(asker), amount=1,
                              people=tuple(town.stranger() for _ in range(MOST_ASKED))))
    await town.says(asker, "/request 1", group=True, reply_to=town.bob)


@meets(refusals.TooManyAppeals)
async def more_cards_ask_than_may_be_open(town: Town) -> None:
    with changed(town.app.engine, "policy", replace(town.app.policy, appeals_open=0)):
        await town.asks_on_a_card(await town.resident())


@meets(refusals.AskedTooOften)
async def somebody_is_bothered(town: Town) -> None:
    asker = await town.resident()
    for _ in range(MOST_TO_ONE + 1):
        await town.says(asker, "/request 1", group=True, reply_to=town.bob)


# --------------------------------------------------------------------------------------------- split bills
@meets(refusals.SplitOutOfRange)
async def a_bill_is_split_with_nobody(town: Town) -> None:
    await town.says(town.alice, "/split 10 1", group=True)


@meets(refusals.SplitWithYourself)
async def a_bill_is_split_with_oneself(town: Town) -> None:
    await town.says(town.alice, f"/split 10 @{name_of(town.alice)}", group=True)


@meets(refusals.ShareOutOfRange)
async def a_bill_has_less_than_a_cent_for_each(town: Town) -> None:
    await town.says(town.alice, "/split 0.01 2", group=True)


@meets(refusals.TooManySplits)
async def more_bills_are_split_than_may(town: Town) -> None:
    maker = await town.resident()
    for _ in range(MOST_SPLITS):
        await town.split(await town.member(maker))
    await town.says(maker, "/split 10 2", group=True)


@meets(refusals.SplitTooOften)
async def bills_are_split_all_day(town: Town) -> None:
    maker = await town.resident()
    member = await town.member(maker)
    for _ in range(MOST_A_DAY):
        split = await town.split(member)
        await town.run(CloseSplit(key=town.key(), member=member, split=split, chat=0))
    await town.says(maker, "/split 10 2", group=True)


@meets(refusals.SplitUnknown)
async def a_split_is_forged(town: Town) -> None:
    _, card, split = await town.splits()
    for act in SplitAct:
        await town.forges(town.alice, SplitButton(act=act, split=2**50).pack(), card)
    # In private nobody learns of one in which they have no part.
    await town.forges(town.stranger(), SplitButton(act=SplitAct.CLOSE, split=split).pack())


@meets(refusals.OwnSplit)
async def whoever_collects_pays(town: Town) -> None:
    maker, card, split = await town.splits()
    await town.forges(maker, SplitButton(act=SplitAct.PAY, split=split).pack(), card)


@meets(refusals.NotInSplit)
async def somebody_pays_who_is_not_named(town: Town) -> None:
    _, card, split = await town.splits(f"/split 10 @{name_of(town.bob)}")
    for person in (town.alice, town.stranger()):
        await town.forges(person, SplitButton(act=SplitAct.PAY, split=split).pack(), card)


@meets(refusals.SharePaidBefore)
async def a_share_is_paid_twice(town: Town) -> None:
    _, card, split = await town.splits()
    payer = await town.resident()
    for _ in range(2):
        await town.forges(payer, SplitButton(act=SplitAct.PAY, split=split).pack(), card)


@meets(refusals.SplitClosed)
async def what_was_closed_is_paid(town: Town) -> None:
    maker, card, split = await town.splits()
    for person, act in ((await town.resident(), SplitAct.CLOSE), (maker, SplitAct.CLOSE), (maker, SplitAct.REMIND),
                        (await town.resident(), SplitAct.PAY)):
        await town.forges(person, SplitButton(act=act, split=split).pack(), card)


@meets(refusals.RemindedLately)
async def everybody_is_reminded_twice(town: Town) -> None:
    maker, card, split = await town.splits()
    for _ in range(2):
        await town.forges(maker, SplitButton(act=SplitAct.REMIND, split=split).pack(), card)


# ------------------------------------------------------------------------------- payments that come again
@meets(refusals.ScheduleUnknown)
async def somebody_elses_schedule_is_stopped(town: Town) -> None:
    _, schedule = await town.plans()
    await town.forges(town.alice, ScheduleButton(schedule=schedule).pack())


@meets(refusals.ScheduleOver)
async def a_schedule_is_stopped_twice(town: Town) -> None:
    payer, schedule = await town.plans()
    for _ in range(2):
        await town.forges(payer, ScheduleButton(schedule=schedule).pack())


@meets(refusals.ScheduleEndsTooSoon)
async def a_schedule_ends_before_it_begins(town: Town) -> None:
    await town.says(town.alice, f"/send @{name_of(town.bob)} 1 every day until 2001-01-01")


@meets(refusals.TooManySchedules)
async def more_comes_again_than_may(town: Town) -> None:
    payer = await town.resident(pin=True)
    for _ in range(MOST_SCHEDULES):
        await town.plans(payer)
    await town.says(payer, f"/send @{name_of(town.bob)} 1 every day")


@meets(refusals.ReceiverHasNotJoined)
async def a_stranger_is_paid_again_and_again(town: Town) -> None:
    await town.says(town.alice, "/send 1 every day", group=True, reply_to=town.stranger())


# ------------------------------------------------------------------------------------------------ vouchers
@meets(refusals.UsesOutOfRange)
async def a_voucher_is_for_too_many(town: Town) -> None:
    await town.says(town.alice, f"/voucher 0.01 {MOST_USES + 1}")


@meets(refusals.VoucherUnknown)
async def a_vouchers_link_is_made_up(town: Town) -> None:
    _, card, link = await town.vouches()
    await town.forges(await town.resident(), VoucherLink(voucher=link.voucher, link="A" * 22).pack(), card)


@meets(refusals.TooManyLinks)
async def links_are_tried(town: Town) -> None:
    _, card, link = await town.vouches()
    thief = await town.resident()
    for number in range(WRONG_LINKS + 1):
        await town.forges(thief, VoucherLink(voucher=link.voucher + number, link="A" * 22).pack(), card)


@meets(refusals.VoucherOwn)
async def a_voucher_is_redeemed_by_its_maker(town: Town) -> None:
    maker, card, link = await town.vouches()
    await town.forges(maker, link.pack(), card)


@meets(refusals.VoucherNotForYou)
async def a_voucher_for_one_is_redeemed_by_another(town: Town) -> None:
    _, card, link = await town.vouches(f"/voucher 1 @{name_of(town.bob)}")
    await town.forges(await town.resident(), link.pack(), card)


@meets(refusals.RedeemedBefore)
async def a_voucher_is_redeemed_twice(town: Town) -> None:
    _, card, link = await town.vouches()
    redeemer = await town.resident()
    for _ in range(2):
        await town.forges(redeemer, link.pack(), card)


@meets(refusals.VoucherUsedUp)
async def a_voucher_is_redeemed_by_one_too_many(town: Town) -> None:
    _, card, link = await town.vouches()
    for _ in range(3):
        await town.forges(await town.resident(), link.pack(), card)


@meets(refusals.VoucherWithdrawn)
async def a_voucher_that_was_taken_back_is_redeemed(town: Town) -> None:
    maker, card, link = await town.vouches()
    await town.forges(maker, VoucherButton(act=VoucherAct.TAKE_BACK, voucher=link.voucher).pack(), card)
    await town.forges(await town.resident(), link.pack(), card)


@meets(refusals.VoucherOver)
async def a_voucher_is_redeemed_after_its_time(town: Town) -> None:
    _, card, link = await town.vouches()
    await town.app.database.write(lambda connection: connection.execute(
        update(vouchers).where(vouchers.c.id == link.voucher).values(expires_at=1)))
    await expire_vouchers(town.app.engine, town.app.reads, town.app.clock.now())
    await town.forges(await town.resident(), link.pack(), card)


@meets(refusals.PasswordWrong)
async def a_password_is_guessed(town: Town) -> None:
    _, payload = await town.vouches_by_word()
    thief = await town.resident()
    await town.says(thief, f"/start {payload}")
    await town.says(thief, "guess")


@meets(refusals.PasswordPaced)
async def strangers_guess_a_password(town: Town) -> None:
    _, payload = await town.vouches_by_word()
    thieves = [await town.resident() for _ in range(MANY_TRIES // (OWN_TRIES - 1) + 1)]
    for thief in thieves:
        await town.says(thief, f"/start {payload}")
        for number in range(OWN_TRIES - 1):
            await town.says(thief, f"guess{number}")


@meets(refusals.TooManyVouchers)
async def too_many_vouchers_are_open(town: Town) -> None:
    with changed(town.app.engine, "policy", replace(town.app.policy, vouchers_open=0)):
        await town.says(town.alice, "/voucher 1")


@meets(refusals.PasswordShut)
async def a_password_is_guessed_too_often(town: Town) -> None:
    _, payload = await town.vouches_by_word()
    thief = await town.resident()
    await town.says(thief, f"/start {payload}")
    for number in range(OWN_TRIES):
        await town.says(thief, f"guess{number}")
    await town.says(thief, f"/start {payload}")


# ------------------------------------------------------------------------- what the way in itself refuses
@meets(refusals.NotInGroup)
async def an_envelope_is_for_a_group_that_its_maker_is_not_in(town: Town) -> None:
    maker = await town.resident()
    town.telegram.elsewhere.add(-4_711)
    await town.says(maker, "/red 1 1")
    await town.says(maker, "", chat_shared={"request_id": 2, "chat_id": -4_711})


@meets(refusals.PersonUnknown)
async def somebody_whom_nobody_saw_is_paid(town: Town) -> None:
    await town.says(town.alice, "/send @nobody_here 1")


@meets(refusals.TooManyNumbers)
async def numbers_are_tried(town: Town) -> None:
    for number in range(MOST + 1):
        await town.says(town.curious, f"/send +861370000{number:04} 1")


@meets(refusals.ReceiverIsNotAPerson)
async def the_bot_is_paid(town: Town) -> None:
    await town.says(town.alice, f"/send @{town.app.config.username} 1")


@meets(refusals.MessageTooOld)
async def a_payment_comes_late(town: Town) -> None:
    await town.says(town.alice, f"/send @{name_of(town.bob)} 1", date=town.app.clock.now() // 1_000_000 - 20 * 3_600)


@meets(refusals.MessageEdited)
async def a_payment_is_edited(town: Town) -> None:
    now = town.app.clock.now() // 1_000_000
    await town.says(town.alice, f"/send @{name_of(town.bob)} 1", edited=True, edit_date=now)


@meets(refusals.MessageForwarded)
async def a_payment_is_forwarded(town: Town) -> None:
    origin = {"type": "user", "date": town.app.clock.now() // 1_000_000, "sender_user": user_of(town.alice)}
    await town.says(town.bob, f"/send @{name_of(town.alice)} 1", group=True, forward_origin=origin)


@meets(refusals.SenderIsNotAPerson)
async def a_group_pays(town: Town) -> None:
    await town.says(town.alice, f"/send @{name_of(town.bob)} 1", group=True, sender_chat=square())


@meets(refusals.ButtonStale)
async def a_button_of_nothing_is_pressed(town: Town) -> None:
    await town.forges(town.alice, "zz:1")


@meets(refusals.PrivateOnly)
async def a_pin_is_set_in_a_group(town: Town) -> None:
    await town.says(town.alice, "/pin", group=True)


@meets(refusals.GroupOnly)
async def a_group_is_set_in_private(town: Town) -> None:
    await town.says(town.alice, "/group")


@meets(refusals.NotAnAdministrator)
async def a_group_is_set_by_somebody(town: Town) -> None:
    await town.says(town.alice, "/group", group=True)


@meets(refusals.FeatureOff)
async def what_a_group_has_switched_off_is_asked_for_there(town: Town) -> None:
    await town.switches("looking", 0)
    await town.says(town.alice, "/balance", group=True)
    await town.switches("looking", 1)


# ---------------------------------------------------------------------------------------------- all of them
def unaccounted() -> set[Kind]:
    """Refusals that have no script and no reason for it, or more than one of these."""
    accounted = Counter([*SCRIPTS, *BENEATH, *NOWHERE])
    ours = {kind for kind in every() if kind.__module__.startswith(refusals.__name__)}
    return {kind for kind in ours | set(accounted) if accounted[kind] != 1}


async def meet_all(town: Town, times: int) -> list[str]:
    """Bring every refusal about so often, whatever chance has brought about before; returns which script did not do
    what it is for."""
    await town.found()
    missed = []
    for kind, script in SCRIPTS.items():
        for done in range(times):
            before = town.met[kind]
            await script(town)
            if town.met[kind] == before:
                missed.append(f"{kind.__name__}, the {done + 1}. time")
                break
    return missed
