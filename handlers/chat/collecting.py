"""`/collect`: one's own code as a picture, and what follows when somebody opens it.

Guards: a code moves nothing. Whoever opens one is shown whom they would pay, how much and for what, and confirms it as
with /send; a link that we did not make leads nowhere.
"""
from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

from aiogram import Bot, F, Router
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, Message, User

from handlers import links, payments
from handlers import refusals as said_of
from handlers.asking import InDialog, answers, said_in
from handlers.chat.agreements import show_needed
from handlers.chat.cards import Cards
from handlers.chat.paying import tell
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, toast
from handlers.chat.till import Till
from handlers.chat.wizard import begin_for
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, People, group_of, message_key, new_token
from handlers.keyboards import Open, button, copies, deep_link, keyboard, link, pressed_message
from handlers.legal import Library
from handlers.links import Collecting, NoRoom
from handlers.namesakes import Payee
from handlers.parsing import Asked, CollectAsked, Unclear, parse_collection
from handlers.pictures import codes
from handlers.pictures.easel import Easel, NotDrawn
from handlers.pictures.type import serif, small
from handlers.texts import Fact, Lines, Money, Person, Speaker, _
from wallet import refusals
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.transfers import Send
from wallet.vault import Vault
from wallet.views import MemberView

DIALOG: Final = "collect"
"""The kind of the dialog that asks for an amount."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="collecting")
    answers(router, Verb.COLLECT, collect)
    router.message.register(amount_named, InDialog(DIALOG), F.text, flags=declared(Verb.COLLECT))
    press = router.callback_query.register
    press(open_collect, Open.filter(F.what == "collect"), flags=declared(Verb.COLLECT))
    press(ask_amount, Open.filter(F.what == "collect_amount"), flags=declared(Verb.COLLECT))
    return router


# ------------------------------------------------------------------------------------------------- one's own
async def collect(message: Message, asked: Asked, easel: Easel, cards: Cards, vault: Vault, speaker: Speaker,
                  group_speaker: Speaker, member: MemberView, config: Config) -> None:
    """`/collect [AMOUNT] [note]`, `收款`."""
    assert message.from_user is not None
    voice = group_speaker if group_of(message) else speaker
    await _show(message, asked.argument, message.from_user, easel, cards, vault, voice, member, config)


async def open_collect(press: CallbackQuery, easel: Easel, cards: Cards, vault: Vault, speaker: Speaker,
                       member: MemberView, config: Config) -> None:
    """The bare command by a button."""
    await toast(press)
    await _show(pressed_message(press), None, press.from_user, easel, cards, vault, speaker, member, config)


async def ask_amount(press: CallbackQuery, dialogs: Dialogs, speaker: Speaker, member: MemberView) -> None:
    """A code for an amount is wanted."""
    await toast(press)
    await dialogs.put(member.telegram_id, {"kind": DIALOG})
    said = _("How much shall the code ask for? Send me the amount, and a note behind it if you like: 50 lunch. "
             "/cancel leaves.")
    await answer(pressed_message(press), speaker, said)


async def amount_named(message: Message, easel: Easel, cards: Cards, vault: Vault, dialogs: Dialogs, speaker: Speaker,
                       member: MemberView, config: Config) -> None:
    """The amount that was asked for. Whoever wrote something else may try again."""
    said = said_in(message, config)
    assert said is not None
    assert message.from_user is not None
    found = parse_collection(said, config.currency, config.region)
    if isinstance(found, Unclear):
        await answer(message, speaker, said_of.about_unclear(found, config.currency))
    elif await _show(message, found, message.from_user, easel, cards, vault, speaker, member, config):
        await dialogs.drop(member.telegram_id)


async def _show(message: Message, asked: object, person: User, easel: Easel, cards: Cards, vault: Vault,
                speaker: Speaker, member: MemberView, config: Config) -> bool:
    """The picture, or the link alone where there can be none; whether there was anything to show."""
    wanted = Collecting(member.id)
    if isinstance(asked, CollectAsked):
        wanted = Collecting(member.id, asked.minor_units, asked.note or "")
    try:
        url = deep_link(config, links.payload_for(wanted, vault))
    except NoRoom:
        await answer(message, speaker, _("A code has no room for a note that long: about 14 Chinese characters or 28 "
                                         "letters fit. No money moved. Please send it again with a shorter one."))
        return False
    name = cards.payer(person, member)
    said = _caption(name, wanted, in_group=group_of(message) != 0)
    markup = _buttons(speaker, url, wanted, in_group=group_of(message) != 0)
    try:
        svg = await asyncio.to_thread(codes.laid_out, _picture(url, name, wanted, speaker, config))
        picture = await easel.draw(svg)
        await message.answer_photo(BufferedInputFile(picture, "code.png"), caption=speaker.say(said),
                                   parse_mode=ParseMode.HTML, reply_markup=markup)
    except (NotDrawn, TelegramBadRequest):  # The link does the same, also where pictures are not allowed.
        await answer(message, speaker, Lines((said, url)), markup)
    return True


def _caption(name: Person, wanted: Collecting, *, in_group: bool) -> Fact:
    if in_group and wanted.amount:
        line: Fact = _("{name} collects {amount}.", name=name, amount=Money(wanted.amount))
    elif in_group:
        line = _("{name} can be paid by this code.", name=name)
    elif wanted.amount:
        line = _("Your code for {amount}.", amount=Money(wanted.amount))
    else:
        line = _("Your code. Whoever pays by it names the amount.")
    how = (_("Scan it, send me the picture in private, or open its link. Nothing moves before you confirm.")
           if in_group else
           _("Let people scan it, or send them the picture or the link. Each of them confirms before money moves."))
    return payments.with_note(line, wanted.note, how)


def _buttons(speaker: Speaker, url: str, wanted: Collecting, *, in_group: bool) -> InlineKeyboardMarkup:
    if in_group:
        return keyboard([link(speaker, _("Pay"), url)])
    return keyboard([copies(speaker, _("Copy the link"), url)],
                    [] if wanted.amount else [button(speaker, _("Name an amount"), Open(what="collect_amount"))])


def _picture(url: str, name: Person, wanted: Collecting, speaker: Speaker, config: Config) -> codes.CodePicture:
    say = speaker.plain
    return codes.CodePicture(
        link=url, title=serif().clean(say(_("Pay me"))), name=serif().clean(say(name)),
        amount=serif().clean(say(Money(wanted.amount))) if wanted.amount else "", note=small().clean(wanted.note),
        hint=small().clean(say(_("Scan with the camera, or send this picture to @{bot}", bot=config.username))))


# ---------------------------------------------------------------------------------------------- somebody else's
@payload(links.WORD)
async def came_to_pay(message: Message, rest: str, bot: Bot, engine: Engine, reads: Reads, people: People,
                      dialogs: Dialogs, cards: Cards, vault: Vault, library: Library, speaker: Speaker,
                      member: MemberView, config: Config, now: Callable[[], datetime]) -> None:
    """Somebody opened a code: they are asked as by /send, and first how much where the code doesn't say."""
    wanted = links.read(rest, vault)
    party = await reads.party(wanted.member) if wanted else None
    if wanted is None or party is None:
        await answer(message, speaker, _("This code is not one of ours, or not whole. No money moved. Please ask for a "
                                         "new one."))
        return
    if party.telegram_id == member.telegram_id:
        await answer(message, speaker, _("This is your own code. Show it to somebody who wants to pay you."))
        return
    seen = (await people.by_ids((party.telegram_id,))).get(party.telegram_id)
    payee = Payee(party.telegram_id, payments.party_name(party, seen), seen.username if seen else "")
    key = message_key(bot.id, message, "collect")
    if not wanted.amount:
        await begin_for(message, key, payee, dialogs, reads, people, speaker, member)
        return
    try:
        outcome = await engine.run(Send(
            key=key, payer=member.id, receivers=(party.telegram_id,), amount=wanted.amount, note=wanted.note,
            members=(party.member,), ask=True, token=new_token()))
    except refusals.AgreementsNeeded as needed:
        about = payments.question([payee.name], wanted.amount, wanted.note, None)
        await show_needed(needed.documents, message, person=member.telegram_id, dialogs=dialogs, library=library,
                          speaker=speaker, group_speaker=speaker, config=config, now=now,
                          payload=f"{links.WORD}_{rest}", about=about, accepted=member.accepted)
        return
    till = Till(cards, dialogs, speaker, member, cards.payer(message.chat, member), now)
    await tell(till, message, outcome, [payee])
