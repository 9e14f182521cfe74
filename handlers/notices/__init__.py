"""Notices as people read them: from the facts of an event to words, in the reader's language.

Guards: a notice tells the same story however often and however late it is delivered, because names are looked up and
everything else stands in the event; several notices for one person become one message that Telegram can take.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from handlers import anywhere, envelopes, payments, requests, schedules, splits, vouchers
from handlers.chat import buttons, renewing
from handlers.notices import (
    announcements,
    applications,
    dormancy,
    family,
    legal_holds,
    operators,
    penalties,
    proposals,
    recovery,
    risk,
    winding_down,
)
from handlers.notices.base import Context as Context
from handlers.notices.base import Edit as Edit
from handlers.notices.base import Rendered as Rendered
from handlers.notices.base import Said, Told, hold_card, member, somebody
from handlers.texts import Code, Fact, Lines, Moment, Money, Person, Text, _
from wallet import events, ids
from wallet.agreements import named
from wallet.rows import TO_ACCEPT, TO_ARRIVE, TO_CHECK, TO_THAW, Notice
from wallet.views import SplitShareView, SplitView

MOST_MERGED: Final = 8
"""So many notices stand in one message; a note, two names and a sentence each stay below 4,096 characters."""

E = TypeVar("E", bound=events.Event)


async def render(notices: Sequence[Notice], context: Context) -> Rendered:
    """One message for notices to one person, oldest first."""
    assert notices
    told = [await tell(notice, context) for notice in notices]
    said = [one.text for one in told if one.text is not None]
    edits = tuple(one.edit for one in told if one.edit is not None)
    only = told[0] if len(told) == 1 else None
    if only is not None:
        markup = only.markup(context.speaker) if only.markup else None
    else:
        kinds = {notice.event for notice in notices}
        markup = buttons.to_history(context.speaker, offered=events.MoneyWaits.__name__ in kinds,
                                    asked=bool(kinds & {"RequestCame", "RequestReminder"}))
    return Rendered(context.speaker.say(merged(said)) if said else "", markup, any(one.urgent for one in told), edits)


def merged(said: Sequence[Fact]) -> Fact:
    """Several notices below one another; what would not fit is counted, and stands in the history."""
    shown = list(said[:MOST_MERGED])
    left = len(said) - len(shown)
    if left:
        shown.append(_("… and {n} more; see /history.", "… and {n} more; see /history.", n=left))
    return shown[0] if len(shown) == 1 else Lines(tuple(shown), "\n\n")


async def tell(notice: Notice, context: Context) -> Told:
    """A notice's event in words."""
    event = events.read(notice.event, notice.facts)
    text, markup, edit = await _WAYS[type(event)](event, context)
    return Told(text, event.URGENT, markup, edit)


# ------------------------------------------------------------------------------------------------ events
async def _came(event: events.MoneyCame, context: Context) -> Said:
    payer = await member(context, event.payer)
    line = _("💰 {payer} sent you <b>{amount}</b>.", payer=payer, amount=Money(event.amount))
    text = payments.with_note(line, event.note, payments.receipt_line(event.transfer))
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer), None


async def _went(event: events.MoneyWent, context: Context) -> Said:
    receiver = (await member(context, event.receiver, by_number=event.by_number) if event.receiver
                else await somebody(context, event.receiver_telegram_id))
    line = _("✅ You sent <b>{amount}</b> to {name}.", amount=Money(event.amount), name=receiver)
    more: list[Fact] = [payments.receipt_line(event.transfer)]
    if not event.receiver and not event.receiver_telegram_id:
        line = anywhere.gift_went(event.amount)
    elif event.hold:
        more.append(payments.waits_for((receiver,), event.purpose, event.arrives_at))
    text = payments.with_note(line, event.note, *more)
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer, event.hold), None


async def _waits(event: events.MoneyWaits, context: Context) -> Said:
    text = payments.offer(await member(context, event.payer), event.amount, event.note, event.expires_at,
                          event.purpose, event.transfer)
    return text, lambda speaker: buttons.taking(speaker, event.hold, event.purpose), None


async def _settled(event: events.HoldSettled, context: Context) -> Said:
    name, amount = await member(context, event.receiver, by_number=event.by_number), Money(event.amount)
    if event.purpose in (TO_ARRIVE, TO_THAW, TO_CHECK):
        text = _("✅ The {amount} that you sent has arrived at {name}.", name=name, amount=amount)
        return text, lambda speaker: buttons.after_payment(speaker, event.transfer), await _arrived_card(event, context)
    if event.purpose == TO_ACCEPT:
        text = _("✅ {name} accepted the {amount} that you sent.", name=name, amount=amount)
    else:
        text = _("✅ {name} claimed the {amount} that you sent.", name=name, amount=amount)
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer), None


async def _arrived_card(event: events.HoldSettled, context: Context) -> Edit | None:
    """The payer's card, which nobody has pressed to make it so."""
    hold = await context.reads.hold(event.hold)
    if hold is None or not hold.message:
        return None
    name = await member(context, event.receiver, by_number=event.by_number)
    payer = await member(context, hold.payer.member)
    return Edit(hold.chat, hold.message, payments.card_claimed(payer, name, hold.amount, event.purpose))


async def _arrived(event: events.MoneyArrived, context: Context) -> Said:
    hold, payer = await context.reads.hold(event.hold), await member(context, event.payer)
    note = hold.note if hold is not None else ""
    if event.expires_at:
        text = payments.offer(payer, event.amount, note, event.expires_at, TO_ACCEPT, event.transfer)
        return text, lambda speaker: buttons.taking(speaker, event.hold, TO_ACCEPT), None
    line = _("💰 <b>{amount}</b> from {payer} has arrived.", payer=payer, amount=Money(event.amount))
    text = payments.with_note(line, note, payments.receipt_line(event.transfer))
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer), None


async def _returned(event: events.HoldReturned, context: Context) -> Said:
    hold = await context.reads.hold(event.hold)
    if hold is None:
        return _("↩️ {amount} that waited for somebody is back in your wallet.", amount=Money(event.amount)), None, None
    edit = await hold_card(hold, event.state, event.purpose, context)
    if hold.card:
        return anywhere.gift_came_back(event.amount), buttons.to_balance, edit
    name = payments.as_known(await somebody(context, hold.beneficiary), by_number=hold.by_number)
    return _back(event, name), buttons.to_balance, edit


def _back(event: events.HoldReturned, name: Person) -> Text:
    """What a payer reads whose money came back."""
    amount = Money(event.amount)
    if event.state == "released":
        return _("↩️ You took back {amount} that waited for {name}.", amount=amount, name=name)
    if event.purpose in (TO_THAW, TO_CHECK):
        return _("↩️ Your {amount} could not arrive at {name}, so it is back in your wallet.", name=name, amount=amount)
    if event.state == "declined":
        return _("↩️ {name} declined your {amount}, so it is back in your wallet.", name=name, amount=amount)
    if event.purpose == TO_ARRIVE:
        return _("↩️ Your {amount} could not arrive at {name}, so it is back in your wallet.", name=name, amount=amount)
    if event.purpose == TO_ACCEPT:
        return _("⌛ {name} did not accept your {amount} within 24 hours, so it is back in your wallet.", name=name,
                 amount=amount)
    return _("⌛ {name} did not claim your {amount} within 24 hours, so it is back in your wallet.", name=name,
             amount=amount)


async def _withdrawn(event: events.HoldWithdrawn, context: Context) -> Said:
    payer, hold = await member(context, event.payer), await context.reads.hold(event.hold)
    if event.state == "released":
        text = _("↩️ {payer} took back the {amount} that waited for you.", payer=payer, amount=Money(event.amount))
    elif hold is not None and hold.purpose in (TO_ARRIVE, TO_THAW):
        text = _("↩️ The {amount} from {payer} could not arrive, so it went back.", amount=Money(event.amount),
                 payer=payer)
    else:
        text = _("⌛ The {amount} from {payer} waited for 24 hours and went back.", amount=Money(event.amount),
                 payer=payer)
    if hold is None or not hold.offer:
        return text, None, None
    return text, None, Edit(hold.beneficiary, hold.offer, payments.offer_over(payer, hold.amount))


async def _given_back(event: events.MoneyGivenBack, context: Context) -> Said:
    giver = await member(context, event.giver, by_number=event.by_number)
    line = _("↩️ {name} gave back the <b>{amount}</b> that you sent.", name=giver, amount=Money(event.amount))
    paid = _("You had sent it with the receipt {code}.", code=Code(ids.code(event.reverses)))
    text = Lines((line, payments.receipt_line(event.transfer), paid))
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer), None


async def _filled(event: events.EnvelopeWent, context: Context) -> Said:
    expires = Moment.of_microseconds(event.expires_at)
    if event.shares == 1:
        line = _("🧧 Your red envelope of <b>{amount}</b> can be opened now.", amount=Money(event.amount))
        until = _("If nobody has opened it by {until}, it comes back to you.", until=expires)
    else:
        line = _("🧧 Your red envelope is open: <b>{amount}</b> in {n} shares.", n=event.shares,
                 amount=Money(event.amount))
        until = _("What nobody has opened by {until} comes back to you.", until=expires)
    text = payments.with_greeting(line, event.greeting, until, payments.receipt_line(event.transfer))
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer), None


async def _share(event: events.ShareCame, context: Context) -> Said:
    line = _("🧧 You opened <b>{amount}</b> from {name}'s red envelope.", amount=Money(event.amount),
             name=await member(context, event.payer))
    text = Lines((line, payments.receipt_line(event.transfer)))
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer), None


async def _emptied(event: events.EnvelopeEmptied, context: Context) -> Said:
    line = (_("🧧 Your red envelope of {amount} was opened.", amount=Money(event.amount)) if event.shares == 1 else
            _("🧧 Your red envelope of {amount} is empty: all {n} shares were opened.", n=event.shares,
              amount=Money(event.amount)))
    text = Lines((line, payments.receipt_line(event.filled)))
    edit = await _card(event.envelope, context)
    return text, lambda speaker: buttons.after_payment(speaker, event.filled), edit


async def _envelope_returned(event: events.EnvelopeReturned, context: Context) -> Said:
    line = (_("⌛ The {amount} of your red envelope is back in your wallet: nobody opened it within 24 hours.",
              amount=Money(event.amount)) if event.shares == 1 else
            _("⌛ {amount} of your red envelope is back in your wallet: {opened} of {n} shares were opened within 24 "
              "hours.", n=event.shares, amount=Money(event.amount), opened=event.opened))
    text = Lines((line, payments.receipt_line(event.transfer)))
    edit = await _card(event.envelope, context)
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer), edit


async def _card(envelope: int, context: Context) -> Edit | None:
    """The card of an envelope that has ended, as it must look now."""
    view = await context.reads.envelope(envelope)
    if view is None or not (view.message or view.card):
        return None
    names = await payments.parties(view.people, context.people)
    said = envelopes.card(view, names)
    if view.card:  # Telegram takes no new picture there.
        return Edit(view.maker.telegram_id, 0, said, card=view.card)
    return Edit(view.chat, view.message, said, pictured=partial(envelopes.finished, view, names))


async def _asked(event: events.RequestCame, context: Context) -> Said:
    payee = await member(context, event.payee)
    text = requests.asked(payee, event.amount, event.note, event.expires_at)
    return text, lambda speaker: buttons.answering(speaker, event.request, event.amount), None


async def _reminded(event: events.RequestReminder, context: Context) -> Said:
    payee = await member(context, event.payee)
    text = requests.reminder(payee, event.amount, event.note, event.expires_at)
    return text, lambda speaker: buttons.answering(speaker, event.request, event.amount), None


async def _request_paid(event: events.RequestPaid, context: Context) -> Said:
    payer = await member(context, event.payer)
    line = _("💰 {name} paid the <b>{amount}</b> that you asked for.", name=payer, amount=Money(event.amount))
    text = payments.with_note(line, event.note, payments.receipt_line(event.transfer))
    edit = await _request_card(event.request, "paid", context)
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer), edit


async def _request_ended(event: events.RequestEnded, context: Context) -> Said:
    view = await context.reads.request(event.request)
    name = Person("")
    if view is not None:
        name = payments.as_known(await somebody(context, view.person), by_number=view.by_number)
    text = requests.ended_for_payee(name, event.amount, event.state)
    return text, None, await _request_card(event.request, event.state, context)


async def _request_card(request: int, state: str, context: Context) -> Edit | None:
    """The card of a request that has ended, wherever it stands."""
    view = await context.reads.request(request)
    if view is None or not view.message:
        return None
    name = payments.as_known(await somebody(context, view.person), by_number=view.by_number)
    payee = await member(context, view.payee.member)
    return Edit(view.chat, view.message, requests.card_ended(payee, name, view.amount, view.note, state))


async def _request_closed(event: events.RequestClosed, context: Context) -> Said:
    view = await context.reads.request(event.request)
    if view is None or not view.offer:
        return None, None, None
    text = requests.closed(await member(context, event.payee), event.amount, event.state)
    return None, None, Edit(view.person, view.offer, text)


async def _voucher_made(event: events.VoucherWent, context: Context) -> Said:
    line = _("🎟 Your voucher is made: {size}.", size=vouchers.size(event.amount, event.uses))
    until = _("What nobody has redeemed by {until} comes back to you.", until=Moment.of_microseconds(event.expires_at))
    text = Lines((line, until, payments.receipt_line(event.transfer)))
    return text, lambda speaker: buttons.show_voucher(speaker, event.voucher), None


async def _voucher_came(event: events.VoucherCame, context: Context) -> Said:
    line = _("🎟 You redeemed <b>{amount}</b> from {name}'s voucher.", amount=Money(event.amount),
             name=await member(context, event.payer))
    text = Lines((line, payments.receipt_line(event.transfer)))
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer), None


async def _voucher_redeemed(event: events.VoucherRedeemed, context: Context) -> Said:
    text = _("🎟 {name} redeemed {amount} from your voucher: {used} of {n}.", n=event.uses, used=event.used,
             name=await member(context, event.receiver), amount=Money(event.amount))
    return text, None, None


async def _voucher_returned(event: events.VoucherReturned, context: Context) -> Said:
    line = _("⌛ Your voucher's time is over: {amount} is back in your wallet, {used} of {n} redeemed.", n=event.uses,
             amount=Money(event.amount), used=event.used)
    text = Lines((line, payments.receipt_line(event.transfer)))
    edit = await _voucher_card(event.voucher, context)
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer), edit


async def _voucher_card(voucher: int, context: Context) -> Edit | None:
    """The card of a voucher that has ended."""
    view = await context.reads.voucher(voucher)
    if view is None or not view.message:
        return None
    names = await payments.parties((view.maker,), context.people)
    only = await somebody(context, view.only) if view.only else None
    return Edit(view.chat, view.message, vouchers.card(view, names[view.maker.telegram_id], only))


async def _voucher_guessed(event: events.VoucherGuessed, context: Context) -> Said:
    text = _("🔒 Many wrong passwords were sent for your voucher with the receipt {code}. Whoever knows the right one "
             "can still redeem it, and guessing is slowed down. If its link is in wrong hands, take it back and make "
             "another one: see /voucher.", code=Code(ids.code(event.transfer)))
    return text, lambda speaker: buttons.show_voucher(speaker, event.voucher), None


async def _share_asked(event: events.ShareAsked, context: Context) -> Said:
    view = await context.reads.split(event.split)
    share = view.share_of(event.person) if view else None
    if view is None or share is None or share.transfer or view.state != "open":
        return None, None, None  # Whoever could not be told in time is asked for nothing.
    text = splits.asks(await member(context, event.receiver), share, view.note, view.expires_at, again=event.again)
    return text, lambda speaker: buttons.pay_share(speaker, event.split), None


async def _share_went(event: events.ShareWent, context: Context) -> Said:
    name = await member(context, event.receiver)
    line = _("✅ You paid your share of <b>{amount}</b> to {name}.", amount=Money(event.amount), name=name)
    text = payments.with_note(line, event.note, payments.receipt_line(event.transfer))
    view = await context.reads.split(event.split)
    share = next((share for share in view.shares if share.transfer == event.transfer), None) if view else None
    edit = _asked_no_more(share, name, event.amount, "paid") if share else None
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer), edit


async def _share_closed(event: events.ShareClosed, context: Context) -> Said:
    view = await context.reads.split(event.split)
    share = view.share_of(event.person) if view else None
    name = await member(context, event.receiver)
    return None, None, _asked_no_more(share, name, event.amount, event.state) if share else None


async def _offer_closed(event: events.OfferClosed, context: Context) -> Said:
    text = splits.offered_no_more(await member(context, event.receiver), event.state)
    return None, None, Edit(event.person, event.message, text)


def _asked_no_more(share: SplitShareView, name: Person, amount: int, state: str) -> Edit | None:
    """The message that asked somebody for their share, wherever it is known."""
    if not share.offer:
        return None
    return Edit(share.party.telegram_id, share.offer, splits.asked_no_more(name, amount, state))


async def _share_came(event: events.SharePaidIn, context: Context) -> Said:
    text = splits.came(await member(context, event.payer), event.transfer, event.amount, event.note, event.paid,
                       event.payers)
    view = await context.reads.split(event.split) if event.paid == event.payers else None
    edit = await _split_card(view, context) if view else None
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer), edit


async def _lags(event: events.SplitLags, context: Context) -> Said:
    view = await context.reads.split(event.split)
    if view is None or view.state != "open":
        return None, None, None
    return splits.lags(view.note, event.paid, event.payers, event.collected), None, None


async def _split_ended(event: events.SplitEnded, context: Context) -> Said:
    view = await context.reads.split(event.split)
    text = splits.ended(view.note if view else "", event.paid, event.payers, event.collected)
    return text, buttons.to_balance, await _split_card(view, context) if view else None


async def _split_card(view: SplitView, context: Context) -> Edit | None:
    """What a split's card says from now on."""
    if not view.message:
        return None
    names = await payments.parties((view.maker, *(share.party for share in view.shares)), context.people)
    return Edit(view.chat, view.message, splits.card(view, names))


async def _soon(event: events.ScheduleSoon, context: Context) -> Said:
    name = payments.as_known(await somebody(context, event.receiver_telegram_id), by_number=event.by_number)
    text = schedules.soon(name, event.amount, event.note, event.day)
    return text, lambda speaker: buttons.to_schedules(speaker, event.schedule), None


async def _ran(event: events.ScheduleRan, context: Context) -> Said:
    name = await member(context, event.receiver, by_number=event.by_number)
    text = schedules.ran(name, event.amount, event.note, event.transfer, event.hold, event.again, event.missed)
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer, event.hold), None


async def _failed(event: events.ScheduleFailed, context: Context) -> Said:
    name = payments.as_known(await somebody(context, event.receiver_telegram_id), by_number=event.by_number)
    text = schedules.failed(name, event.amount, event.why, event.again, event.missed, skipped=event.skipped)
    return text, lambda speaker: buttons.to_schedules(speaker, event.schedule if event.again else 0), None


async def _stopped(event: events.ScheduleEnded, context: Context) -> Said:
    name = payments.as_known(await somebody(context, event.receiver_telegram_id), by_number=event.by_number)
    again = 0 if event.why in schedules.FOR_EVER else event.schedule
    return schedules.ended(name, event.amount, event.why), lambda speaker: buttons.plan_again(speaker, again), None


async def _locked(event: events.PinWasLocked, context: Context) -> Said:
    text = _("🔒 Your payment PIN is locked until {until}: it was typed wrong too often. If that wasn't you, end the "
             "other sessions in Telegram's settings now, and change the PIN with /pin afterwards.",
             until=Moment.of_microseconds(event.until))
    return text, None, None


async def _pin_set(event: events.PinWasSet, context: Context) -> Said:
    if event.first:
        text = _("🔑 Your payment PIN is set. If that wasn't you, end the other sessions in Telegram's settings now, "
                 "and see /help.")
    else:
        text = _("🔑 Your payment PIN was changed. If that wasn't you, end the other sessions in Telegram's settings "
                 "now, and see /help.")
    return text, None, None


async def _ended_by_ban(event: events.EndedByBan, context: Context) -> Said:
    """The card alone: whoever is banned was told what ends, once."""
    edit: Edit | None = None
    if event.what == "request":
        edit = await _request_card(event.number, "withdrawn", context)
    elif event.what == "voucher":
        edit = await _voucher_card(event.number, context)
    elif event.what == "split":
        split = await context.reads.split(event.number)
        edit = await _split_card(split, context) if split else None
    elif event.what == "hold":
        hold = await context.reads.hold(event.number)
        edit = await hold_card(hold, "released", hold.purpose, context) if hold else None
    return None, None, edit


async def _ran_out(event: events.DraftRanOut, context: Context) -> Said:
    if not event.card:
        return None, None, Edit(event.chat, event.message, payments.ran_out_line(event.amount), passing=True)
    said = anywhere.appeal_over(event.amount) if event.asked else payments.ran_out_line(event.amount)
    return None, None, Edit(event.chat, 0, said, card=event.card)


async def _versions(event: events.NewVersions, context: Context) -> Said:
    # Another process may have published it a moment ago.
    significant, minor = ([one for name, version in named(text)
                           if (one := context.library.find(name, version, waiting=True))]
                          for text in (event.significant, event.minor))
    if not significant and not minor:
        return None, None, None  # The files were taken back.
    return (renewing.announcement(significant, minor, context.speaker),
            lambda speaker: renewing.ways_on(significant, minor, context.library, speaker), None)


# A table of functions can't express that each takes the event it stands under; `_way` checks it line by line.
_Way = Callable[[Any, Context], Awaitable[Said]]


def _way(event: type[E], say: Callable[[E, Context], Awaitable[Said]]) -> tuple[type[events.Event], _Way]:
    return event, say


_WAYS: Final[dict[type[events.Event], _Way]] = dict((
    _way(events.MoneyCame, _came),
    _way(events.MoneyWent, _went),
    _way(events.MoneyWaits, _waits),
    _way(events.MoneyArrived, _arrived),
    _way(events.HoldLasts, penalties.lasts),
    _way(events.HoldSettled, _settled),
    _way(events.HoldReturned, _returned),
    _way(events.HoldWithdrawn, _withdrawn),
    _way(events.MoneyGivenBack, _given_back),
    _way(events.NewVersions, _versions),
    _way(events.EnvelopeWent, _filled),
    _way(events.ShareCame, _share),
    _way(events.EnvelopeEmptied, _emptied),
    _way(events.EnvelopeReturned, _envelope_returned),
    _way(events.RequestCame, _asked),
    _way(events.RequestReminder, _reminded),
    _way(events.RequestPaid, _request_paid),
    _way(events.RequestEnded, _request_ended),
    _way(events.RequestClosed, _request_closed),
    _way(events.VoucherWent, _voucher_made),
    _way(events.VoucherCame, _voucher_came),
    _way(events.VoucherRedeemed, _voucher_redeemed),
    _way(events.VoucherReturned, _voucher_returned),
    _way(events.VoucherGuessed, _voucher_guessed),
    _way(events.ShareAsked, _share_asked),
    _way(events.ShareClosed, _share_closed),
    _way(events.OfferClosed, _offer_closed),
    _way(events.ShareWent, _share_went),
    _way(events.SharePaidIn, _share_came),
    _way(events.SplitLags, _lags),
    _way(events.SplitEnded, _split_ended),
    _way(events.ScheduleSoon, _soon),
    _way(events.ScheduleRan, _ran),
    _way(events.ScheduleFailed, _failed),
    _way(events.ScheduleEnded, _stopped),
    _way(events.PinWasLocked, _locked),
    _way(events.PinWasSet, _pin_set),
    _way(events.InvariantBroke, operators.broke),
    _way(events.RoleChanged, operators.role_changed),
    _way(events.AnchorPosted, operators.anchor_posted),
    _way(events.PaymentStopped, risk.stopped),
    _way(events.PaymentChecked, risk.checked),
    _way(events.AttackStopped, operators.attack_stopped),
    _way(events.ChecksWait, risk.wait),
    _way(events.PenaltyGiven, penalties.given),
    _way(events.PenaltyEnded, penalties.ended),
    _way(events.EndedByBan, _ended_by_ban),
    _way(events.LegalHoldPlaced, legal_holds.placed),
    _way(events.LegalHoldEnded, legal_holds.ended),
    _way(events.LegalHoldRanOut, legal_holds.ran_out),
    _way(events.DormancyNear, dormancy.near),
    _way(events.FellAsleep, dormancy.asleep),
    _way(events.GuardianAnswered, family.answered),
    _way(events.WardRulesChanged, family.rules_changed),
    _way(events.GuardianLeft, family.left),
    _way(events.GuardianStands, family.stands),
    _way(events.FoundUnderAge, family.found),
    _way(events.MinorFound, family.minor_found),
    _way(events.AgeShown, family.age_shown),
    _way(events.CameOfAge, family.came_of_age),
    _way(events.EmailBound, recovery.email_bound),
    _way(events.PinResetAsked, recovery.reset_asked),
    _way(events.IdentityReset, recovery.identity_reset),
    _way(events.ApplicationCame, applications.came),
    _way(events.ApplicationDecided, applications.decided),
    _way(events.NameListed, applications.name_listed),
    _way(events.MoveAsked, recovery.move_asked),
    _way(events.MoveWaits, recovery.move_waits),
    _way(events.MoveEnded, recovery.move_ended),
    _way(events.WordsRemoved, operators.words_removed),
    _way(events.TicketWaits, operators.ticket_waits),
    _way(events.TicketAnswered, operators.ticket_answered),
    _way(events.ProposalWaits, proposals.waits),
    _way(events.ProposalEnded, proposals.ended),
    _way(events.BalanceAdjusted, proposals.adjusted),
    _way(events.MaintenanceSoon, operators.maintenance_soon),
    _way(events.AnnouncementCame, announcements.came),
    _way(events.IncidentCame, announcements.came),
    _way(events.WindDownCame, winding_down.came),
    _way(events.WindDownCalledOff, winding_down.off),
    _way(events.DraftRanOut, _ran_out),
))
