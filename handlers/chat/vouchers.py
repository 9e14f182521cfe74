"""Vouchers: money as a link and a picture, from its maker's word to the last use.

Guards: whoever redeems comes with the link, by the picture, the button or the link itself, and types its password in
private; its maker alone sees the link again and takes back what is left. The card follows at a bounded pace. A picture
that fails takes nothing from the card.
"""
from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, InputMediaPhoto, Message, User

from handlers import payments
from handlers import vouchers as said_of
from handlers.asking import InDialog
from handlers.chat import buttons
from handlers.chat.agreements import show_needed
from handlers.chat.buttons import VoucherAct, VoucherButton, VoucherLink
from handlers.chat.cards import Cards, Place
from handlers.chat.following import pages
from handlers.chat.guessing import Guesses
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, change, change_card, toast
from handlers.chat.till import Till, Words, spoken
from handlers.commands import Verb, declared
from handlers.ground import (
    Config,
    Dialogs,
    accepts,
    group_of,
    message_key,
    press_key,
)
from handlers.keyboards import deep_link, hangs_there, pressed_message
from handlers.legal import Library
from handlers.pictures import codes
from handlers.pictures.easel import Easel, NotDrawn
from handlers.pictures.type import serif, small
from handlers.texts import Fact, Lines, Money, Speaker, Text, _
from handlers.vouchers import Link
from wallet import refusals
from wallet.books import Policy
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.views import MemberView, VoucherView
from wallet.vouchers import (
    PlaceVoucher,
    Redeem,
    Redeemed,
    VoucherEnded,
    VoucherIntent,
    VoucherMade,
    WithdrawVoucher,
    link_of,
    password_of,
)

PASSWORD: Final = "voucher_password"  # noqa: S105 - a dialog's kind
"""The kind of the dialog that asks for a password."""
MOST_LISTED: Final = 10
"""So many of one's own vouchers are listed; open ones come first."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="vouchers")
    router.message.register(password_typed, InDialog(PASSWORD), F.text, flags=declared(Verb.VOUCHER))
    press = router.callback_query.register
    press(redeem_here, VoucherLink.filter(), flags=accepts(private=False, group=True, joined=False))
    press(show_own, VoucherButton.filter(F.act == VoucherAct.SHOW), flags=accepts())
    press(take_back, VoucherButton.filter(F.act != VoucherAct.SHOW), flags=accepts(group=True, joined=False))
    return router


# ------------------------------------------------------------------------------------------------ the word
@spoken(VoucherIntent)
class Vouchers(Words[VoucherIntent]):
    """Vouchers, which always need a word."""

    async def question(self, intent: VoucherIntent, till: Till, payer: Fact | None) -> Fact:
        asked = said_of.conditions(locked=bool(intent.password), only=await _only(intent.only, till.cards))
        return said_of.question(intent.amount, intent.uses, asked, payer)

    async def waiting_line(self, intent: VoucherIntent, till: Till) -> Fact:
        return said_of.waiting_line(intent.amount, intent.uses, till.payer)

    def cancelled_line(self, intent: VoucherIntent) -> Fact:
        return said_of.cancelled_line(intent.total)

    async def done(self, intent: VoucherIntent, outcome: VoucherMade, place: Place, thread: int | None,
                   keypad: Message | None, cards: Cards, easel: Easel, policy: Policy, speaker: Speaker,
                   member: MemberView) -> None:
        """The receipt in private, and the card where it was asked."""
        view = await cards.reads.voucher(outcome.voucher)
        assert view is not None
        receipt = said_of.made(outcome.amount, outcome.uses, outcome.transfer, outcome.balance)
        if keypad is not None:
            await change(keypad, speaker, receipt, buttons.to_balance(speaker))
        elif not outcome.chat:
            place = await cards.put(place.chat, speaker, receipt, buttons.to_balance(speaker), instead=place.message)
        chat = outcome.chat or member.telegram_id
        await _put_card(view, Place(chat, place.message if outcome.chat else 0), thread, cards, easel, policy)


async def _only(telegram_id: int, cards: Cards) -> Fact | None:
    """The one person a voucher is for, as its maker has to recognise them."""
    if not telegram_id:
        return None
    name = (await cards.names((telegram_id,)))[telegram_id]
    seen = (await cards.people.by_ids((telegram_id,))).get(telegram_id)
    return payments.exactly(name, seen.username if seen else "")


# ------------------------------------------------------------------------------------------------- the card
async def _put_card(view: VoucherView, place: Place, thread: int | None, cards: Cards, easel: Easel, policy: Policy
                    ) -> None:
    """Put the card there, remember where that is, and give it its picture."""
    voice = await cards.speaker_of(place.chat, view.maker.telegram_id)
    shown = await cards.put(place.chat, voice, await _card(view, place.chat, cards),
                            _under(voice, view, place.chat, cards.config, policy), thread=thread,
                            instead=place.message)
    with suppress(refusals.Busy, refusals.DeadlinePassed):
        await cards.engine.run(PlaceVoucher(
            key=f"voucher:{view.id}:place:{shown.chat}:{shown.message}", member=view.maker.member, voucher=view.id,
            chat=shown.chat, message=shown.message))
    await cards.redraws.soon(("voucher", view.id), partial(_dress, view.id, shown, cards, easel, policy))


async def follow_vouchers(message: Message, cards: Cards, easel: Easel, policy: Policy) -> None:
    """A group has become another chat: what can still be redeemed is shown again there, on a card that works."""
    assert message.migrate_from_chat_id is not None
    async for view in pages(cards.reads.vouchers_in, message.migrate_from_chat_id, attrgetter("id")):
        await _put_card(view, Place(message.chat.id, 0), None, cards, easel, policy)


async def _dress(number: int, place: Place, cards: Cards, easel: Easel, policy: Policy) -> None:
    """Put the picture above the words of a card that stands there already; without one the link is in its place."""
    view = await cards.reads.voucher(number)
    assert view is not None
    voice = await cards.speaker_of(place.chat, view.maker.telegram_id)
    said, markup = await _card(view, place.chat, cards), _under(voice, view, place.chat, cards.config, policy)
    try:
        svg = await asyncio.to_thread(codes.laid_out, await _picture(view, voice, cards, policy))
        picture = BufferedInputFile(await easel.draw(svg), "voucher.png")
        await cards.bot.edit_message_media(
            InputMediaPhoto(media=picture, caption=voice.say(said), parse_mode="HTML"),
            chat_id=place.chat, message_id=place.message, reply_markup=markup)
    except (NotDrawn, TelegramBadRequest):  # Its words are the card, and the link does the same.
        await cards.put(place.chat, voice, Lines((said, _url(view, cards.config, policy))), markup,
                        instead=place.message)


async def _card(view: VoucherView, chat: int, cards: Cards) -> Fact:
    """What stands on it: in a group for everybody, in private for its maker."""
    return await _about(view, cards, said_of.how_to_redeem() if chat < 0 else said_of.keep_it_safe(view))


async def _about(view: VoucherView, cards: Cards, *more: Fact) -> Fact:
    """What everybody may know of it."""
    names = await payments.parties((view.maker,), cards.people)
    return said_of.card(view, names[view.maker.telegram_id], await _only(view.only, cards), *more)


def _link(view: VoucherView, policy: Policy) -> Link:
    return Link(view.id, link_of(policy.voucher_key, view.nonce))


def _url(view: VoucherView, config: Config, policy: Policy) -> str:
    return deep_link(config, _link(view, policy).payload)


def _under(speaker: Speaker, view: VoucherView, chat: int, config: Config, policy: Policy
           ) -> InlineKeyboardMarkup | None:
    """What can be done with it there, as long as anything can."""
    if view.state != "open":
        return None
    if chat < 0:
        return buttons.redeem_voucher(speaker, view.id, _link(view, policy).secret)
    words = speaker.plain(_("A voucher for you: {amount}", amount=Money(view.amount)))
    return buttons.own_voucher(speaker, view.id, _url(view, config, policy), words)


async def _picture(view: VoucherView, speaker: Speaker, cards: Cards, policy: Policy) -> codes.CodePicture:
    say, names = speaker.plain, await payments.parties((view.maker,), cards.people)
    worth = _("{n} person may redeem it", "{n} people may redeem it", n=view.uses)
    return codes.CodePicture(
        link=_url(view, cards.config, policy), title=serif().clean(say(_("Voucher"))),
        name=serif().clean(say(names[view.maker.telegram_id])), amount=serif().clean(say(Money(view.amount))),
        note=small().clean(say(worth)) if view.uses > 1 else "",
        hint=small().clean(say(_("Scan with the camera, or send this picture to @{bot}", bot=cards.config.username))))


async def _redraw(number: int, cards: Cards, policy: Policy) -> None:
    """The card as it must look now, wherever it stands."""
    view = await cards.reads.voucher(number)
    if view is None or not view.message:
        return
    voice = await cards.speaker_of(view.chat, view.maker.telegram_id)
    await change_card(cards.bot, view.chat, view.message, voice.say(await _card(view, view.chat, cards)),
                      _under(voice, view, view.chat, cards.config, policy), pictured=True)


async def _follow(number: int, cards: Cards, policy: Policy) -> None:
    await cards.redraws.soon(("voucher", number), partial(_redraw, number, cards, policy))


# ---------------------------------------------------------------------------------------------- redeeming one
async def redeem_here(press: CallbackQuery, callback_data: VoucherLink, engine: Engine, cards: Cards, policy: Policy,
                      guesses: Guesses, speaker: Speaker, member: MemberView | None, config: Config) -> None:
    """*Redeem* was pressed under a card in a group. Whoever has yet to join, to agree or to type a password goes on in
    private, by the link that the button stands for."""
    link = Link(callback_data.voucher, callback_data.link)
    await _known(link, press.from_user, cards.reads, policy, guesses)
    outcome = None
    if member is not None and member.joined:
        with suppress(refusals.PasswordNeeded, refusals.AgreementsNeeded):
            outcome = await engine.run(Redeem(key=press_key(press, "redeem"), member=member.id, voucher=link.voucher,
                                              link=link.secret))
    if outcome is None:
        with suppress(TelegramBadRequest):  # Pressed too long ago, and the card has its picture too.
            await press.answer(url=deep_link(config, link.payload))
        return
    assert isinstance(outcome, Redeemed)
    await toast(press, speaker.plain(await _received(outcome, cards)), alert=True)
    await _follow(link.voucher, cards, policy)


@payload(said_of.WORD)
async def came_to_redeem(message: Message, rest: str, bot: Bot, engine: Engine, cards: Cards, dialogs: Dialogs,
                         policy: Policy, guesses: Guesses, library: Library, speaker: Speaker, member: MemberView,
                         config: Config, now: Callable[[], datetime]) -> None:
    """`/start v_…`, or a picture that says so: the money, or the question for the password."""
    link = said_of.read(rest)
    view = await _known(link, member, cards.reads, policy, guesses)
    assert link is not None
    try:
        outcome = await engine.run(Redeem(key=message_key(bot.id, message, f"redeem:{link.voucher}"), member=member.id,
                                          voucher=link.voucher, link=link.secret))
    except refusals.PasswordNeeded:
        await dialogs.put(member.telegram_id, {"kind": PASSWORD, "link": link})
        said = _("Send me the password, and the money is yours. /cancel leaves.")
        await answer(message, speaker, Lines((await _about(view, cards), said)))
        return
    except refusals.AgreementsNeeded as needed:
        about = await _about(view, cards)
        await show_needed(needed.documents, message, person=member.telegram_id, dialogs=dialogs, library=library,
                          speaker=speaker, group_speaker=speaker, config=config, now=now, payload=link.payload,
                          about=about, accepted=member.accepted)
        return
    assert isinstance(outcome, Redeemed)  # Its receipt comes as a notice, which says it once and for all.
    await _follow(outcome.voucher, cards, policy)


async def password_typed(message: Message, dialog: dict[str, Any], bot: Bot, engine: Engine, cards: Cards,
                         dialogs: Dialogs, policy: Policy, guesses: Guesses, member: MemberView) -> None:
    """The password that was asked for. A wrong one may be followed by another, as long as the wallet looks at them."""
    link = Link(*dialog["link"])
    view = await _known(link, member, cards.reads, policy, guesses)
    try:
        outcome = await engine.run(Redeem(
            key=message_key(bot.id, message, "redeem"), member=member.id, voucher=link.voucher, link=link.secret,
            password=password_of(policy.voucher_key, view.nonce, message.text or "")))
    except refusals.PasswordWrong as wrong:
        if not wrong.left:
            await dialogs.drop(member.telegram_id)
        raise
    except refusals.Refusal:
        await dialogs.drop(member.telegram_id)
        raise
    await dialogs.drop(member.telegram_id)
    assert isinstance(outcome, Redeemed)
    await _follow(outcome.voucher, cards, policy)


async def _known(link: Link | None, who: User | MemberView, reads: Reads, policy: Policy, guesses: Guesses
                 ) -> VoucherView:
    """The voucher of a link that we made. Refuses `VoucherUnknown`, the same for whatever is wrong with it, and
    `TooManyLinks` to whoever tries one after the other."""
    person = who.id if isinstance(who, User) else who.telegram_id
    if guesses.too_many(person):
        raise refusals.TooManyLinks
    view = await reads.voucher(link.voucher) if link is not None else None
    if view is None or link is None or not hmac.compare_digest(_link(view, policy).secret.encode(),
                                                               link.secret.encode()):
        guesses.wrong(person)
        raise refusals.VoucherUnknown
    return view


async def _received(outcome: Redeemed, cards: Cards) -> Text:
    maker = await cards.reads.party(outcome.maker)
    assert maker is not None
    names = await payments.parties((maker,), cards.people)
    return _("🎟 {amount} from {name}'s voucher is yours. Balance: {balance}", amount=Money(outcome.amount),
             name=names[maker.telegram_id], balance=Money(outcome.balance))


# ----------------------------------------------------------------------------------------------- one's own
async def show_list(message: Message, reads: Reads, speaker: Speaker, member: MemberView) -> None:
    """One's own vouchers, if there are any."""
    if await reads.vouchers_of(member.id, 1):
        await answer(message, speaker, *await _list(reads, speaker, member))


async def _list(reads: Reads, speaker: Speaker, member: MemberView) -> tuple[Fact, InlineKeyboardMarkup]:
    """One's own vouchers, each with what became of it."""
    found = await reads.vouchers_of(member.id, MOST_LISTED)
    lines: list[Fact] = [_("<b>Your vouchers</b>")]
    for number, view in enumerate(found, 1):
        locked = " 🔑" if view.locked else ""
        lines.append(_("{n}. {size}{locked}. {state}", n=number, size=said_of.size(view.amount, view.uses),
                       locked=locked, state=said_of.state(view)))
    open_ones = [(number, view.id, view.left) for number, view in enumerate(found, 1) if view.state == "open"]
    return Lines(tuple(lines)), buttons.own_vouchers(speaker, open_ones)


async def show_own(press: CallbackQuery, callback_data: VoucherButton, reads: Reads, cards: Cards, easel: Easel,
                   policy: Policy, member: MemberView) -> None:
    """The card with its link and picture again, for its maker."""
    view = await _own(reads, callback_data.voucher, member)
    await toast(press)
    await _put_card(view, Place(member.telegram_id, 0), None, cards, easel, policy)


async def _own(reads: Reads, number: int, member: MemberView) -> VoucherView:
    view = await reads.voucher(number)
    if view is None or view.maker.member != member.id:
        raise refusals.VoucherUnknown
    return view


async def take_back(press: CallbackQuery, callback_data: VoucherButton, engine: Engine, reads: Reads, cards: Cards,
                    policy: Policy, speaker: Speaker, member: MemberView | None) -> None:
    """Its maker takes back what is left, under the card or in the list; everybody else is told no."""
    message, number = pressed_message(press), callback_data.voucher
    if member is None or not member.joined:
        raise refusals.NotYours
    try:
        outcome = await engine.run(WithdrawVoucher(key=press_key(press, "take_back"), member=member.id,
                                                   voucher=number))
    except refusals.VoucherUnknown:
        if group_of(message) and hangs_there(press):
            raise refusals.NotYours from None
        raise
    assert isinstance(outcome, VoucherEnded)
    said = _("↩️ {amount} is back in your wallet.", amount=Money(outcome.amount))
    await toast(press, speaker.plain(said), alert=bool(group_of(message)))
    if callback_data.act is VoucherAct.TAKE_FROM_LIST and not group_of(message):
        await change(message, speaker, *await _list(reads, speaker, member))
    await _follow(number, cards, policy)
