"""`/support`: a conversation with the operators, as whoever asks sees it.

Guards: there is always a way to be heard: it works for everybody in private, whatever became of their wallet or of
their joining. What somebody writes while a conversation goes on is passed on and never taken for plain words that move
money: people quote those when they complain. Commands with a slash keep their meaning.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers import payments
from handlers import tickets as said_of
from handlers.asking import answers, typed_as_command
from handlers.chat.buttons import AskButton, TicketAct, TicketButton
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Dialogs, message_key, press_key
from handlers.keyboards import button, keyboard, pressed_message
from handlers.parsing import Asked, Unclear
from handlers.texts import Code, Fact, Lines, Moment, Speaker, Text, _
from handlers.tickets import OURS, Written, ticket_in, written_in
from wallet import ids, refusals
from wallet.engine import Engine
from wallet.members import Meet
from wallet.protocols import Reads, Tickets
from wallet.tickets import CATEGORIES, DISPUTE, AskOn, OpenTicket, Said
from wallet.views import MemberView, TicketView, WordsView

DIALOG: Final = "support"
"""The kind of the dialog in which everything written goes to the operators."""
TALKS: Final = 30 * 60
"""Seconds after the last message for which it does."""
MOST_LISTED: Final = 8
MOST_CODES: Final = 5
"""So many codes in a message are looked up to find the receipt that it is about."""
_STILL_COMMANDS: Final = frozenset({Verb.CANCEL, Verb.HELP, Verb.START, Verb.SUPPORT})
"""Plain words that mean what they mean, also within a conversation, when nothing stands behind them."""


def make_router() -> Router:
    """The command and the buttons."""
    router = Router(name="support")
    answers(router, Verb.SUPPORT, support)
    router.callback_query.register(choose, AskButton.filter(), flags=declared(Verb.SUPPORT))
    for what, handler in ((TicketAct.SHOW, show), (TicketAct.WRITE, write), (TicketAct.PICTURES, pictures),
                          (TicketAct.LEAVE, leave)):
        router.callback_query.register(handler, TicketButton.filter(F.act == what), flags=declared(Verb.SUPPORT))
    return router


def make_listening_router() -> Router:
    """What is written within a conversation. It comes before all that reads plain words."""
    router = Router(name="support_words")
    router.message.register(pass_on, within, flags=declared(Verb.SUPPORT))
    return router


async def within(message: Message, bot: Bot, dialogs: Dialogs, asked: Asked | Unclear | None = None
                 ) -> bool | dict[str, Any]:
    """Whether a message belongs to a conversation: as a reply to what we said of one, or because one goes on."""
    person = message.from_user
    if person is None or message.chat.type != "private" or await typed_as_command(message):
        return False
    if not (message.text or message.caption or message.photo or message.document):
        return False
    if isinstance(asked, Asked) and asked.argument is None and asked.verb in _STILL_COMMANDS:
        return False
    replied = ticket_in(message.reply_to_message, bot.id, OURS)
    if replied is not None:
        return {"dialog": {"ticket": replied}}
    dialog = await dialogs.get(person.id)
    return {"dialog": dialog} if dialog is not None and dialog.get("kind") == DIALOG else False


# --------------------------------------------------------------------------------------------- what about
async def support(message: Message, asked: Asked, bot: Bot, engine: Engine, dialogs: Dialogs, reads: Reads,
                  tickets: Tickets, speaker: Speaker, member: MemberView | None) -> None:
    """`/support`, `客服`; words behind it are the first of a new ticket once it is known what it is about."""
    member = await _met(message, bot, engine, reads, speaker, member)
    words = _words_behind(message) if asked.argument is not None else ""
    if words:
        written_in(message)  # Refused now, and not after the choice.
    mine = await tickets.of_member(member.id, MOST_LISTED)
    lines: list[Fact] = [_("🎧 <b>Write to the operators</b>\n\nWhat is it about? Choose below, then write or send "
                           "pictures. The answer comes here.")]
    if mine:
        lines.append(Lines((_("Your tickets:"), *(_line(ticket) for ticket in mine))))
    shown = await answer(message, speaker, Lines(tuple(lines), gap="\n\n"), _choice(speaker, mine))
    about = {"kind": f"{DIALOG} about", "words": words, "screen": shown.message_id}
    await dialogs.put(member.telegram_id, about, seconds=TALKS)


async def _met(message: Message, bot: Bot, engine: Engine, reads: Reads, speaker: Speaker, member: MemberView | None
               ) -> MemberView:
    """Whoever asks, whom we may not have met before."""
    assert message.from_user is not None
    if member is None:
        await engine.run(Meet(key=message_key(bot.id, message, "meet"), telegram_id=message.from_user.id,
                              language=speaker.language))
        member = await reads.member(message.from_user.id)
        assert member is not None
    return member


def _words_behind(message: Message) -> str:
    """What stands behind the command or the plain word, whole."""
    text = (message.text or "").strip()
    return text.split(maxsplit=1)[1] if text.startswith("/") else text.removeprefix("客服").lstrip(" ：:，,")


def _line(ticket: TicketView) -> Text:
    return _("{code} · {category} · {state}", code=Code(ids.code(ticket.id)), category=said_of.KINDS[ticket.category],
             state=said_of.state(ticket))


def _choice(speaker: Speaker, mine: Sequence[TicketView]) -> InlineKeyboardMarkup:
    """What it may be about, two in a row, and the tickets that there are."""
    kinds = [button(speaker, said_of.CALLED[category], AskButton(category=category)) for category in CATEGORIES]
    there = [button(speaker, f"{OURS} {ids.code(ticket.id)}", TicketButton(act=TicketAct.SHOW, ticket=ticket.id))
             for ticket in mine]
    return keyboard(*([one] for one in kinds), *(there[start:start + 2] for start in range(0, len(there), 2)))


async def choose(press: CallbackQuery, callback_data: AskButton, engine: Engine, dialogs: Dialogs, reads: Reads,
                 tickets: Tickets, speaker: Speaker, member: MemberView | None) -> None:
    """What a new ticket is about. Words that came with the command open it at once."""
    message, category = pressed_message(press), callback_data.category
    if category not in CATEGORIES or member is None:
        raise refusals.ButtonStale
    talk = {"kind": DIALOG, "category": category, "subject": callback_data.subject}
    before = await dialogs.get(press.from_user.id)
    choosing = before is not None and before.get("screen") == message.message_id
    words = before["words"] if before is not None and choosing else ""
    await dialogs.put(press.from_user.id, talk, seconds=TALKS)
    await toast(press)
    if words and category != DISPUTE:
        await _pass_on(message, press_key(press, "ticket"), Written(words, ()), talk, engine, dialogs, reads, tickets,
                       speaker, member)
        return
    said = _("Please write now what happened, in one or several messages; pictures are welcome. Everything that you "
             "send here goes to the operators until you /cancel.")
    if category == DISPUTE:
        said = _("Please write now what is wrong, with the receipt's code in it (/history shows your receipts). "
                 "Pictures are welcome. Everything that you send here goes to the operators until you /cancel.")
    # Under a notice the question stands below it: what it is about has to stay.
    await (change if choosing else answer)(message, speaker, Lines((said_of.CALLED[category], said), gap="\n\n"))


# ------------------------------------------------------------------------------------------ the conversation
async def pass_on(message: Message, dialog: Mapping[str, Any], bot: Bot, engine: Engine, dialogs: Dialogs,
                  reads: Reads, tickets: Tickets, speaker: Speaker, member: MemberView | None) -> None:
    """One more message, or the first one. Refuses what `OpenTicket` and `AskOn` refuse, and what can't be passed on."""
    if member is None:
        raise refusals.TicketUnknown
    await _pass_on(message, message_key(bot.id, message, "ticket"), written_in(message), dialog, engine, dialogs, reads,
                   tickets, speaker, member)


async def _pass_on(message: Message, key: str, written: Written, dialog: Mapping[str, Any], engine: Engine,
                   dialogs: Dialogs, reads: Reads, tickets: Tickets, speaker: Speaker, member: MemberView) -> None:
    if "ticket" in dialog:
        if await tickets.own(member.id, dialog["ticket"]) is None:  # What seals it depends on whose it is.
            raise refusals.TicketUnknown
        kept = await tickets.sealed_for(member.id, dialog["ticket"], written.text, written.pictures)
        said = await engine.run(AskOn(key=key, member=member.id, ticket=dialog["ticket"], digest=kept.digest,
                                      pictures=len(written.pictures), sealed=kept.sealed))
    else:
        subject = dialog["subject"]
        if dialog["category"] == DISPUTE and not subject:
            subject = await _receipt_in(written.text, reads, member)
            if not subject:
                await answer(message, speaker, _(
                    "I found no code of a receipt of yours in that, so nothing was passed on and no money moved. "
                    "Please send it again with the code; /history shows your receipts."))
                return
        kept = await tickets.sealed_for(member.id, 0, written.text, written.pictures)
        said = await engine.run(OpenTicket(key=key, member=member.id, category=dialog["category"], subject=subject,
                                           digest=kept.digest, pictures=len(written.pictures), sealed=kept.sealed,
                                           wrapped_key=kept.wrapped_key))
    assert isinstance(said, Said)
    await dialogs.put(member.telegram_id, {"kind": DIALOG, "ticket": said.ticket}, seconds=TALKS)
    ticket = await tickets.own(member.id, said.ticket)
    assert ticket is not None
    await answer(message, speaker, Lines((said_of.heading(ticket.id, ticket.category), _passed_on(said))),
                 keyboard([_leaving(speaker, said.ticket)]) if said.number == 1 or said.reopened else None)


def _passed_on(said: Said) -> Text:
    if said.number == 1:
        return _("✅ The operators have it. An answer comes here. You may go on writing: everything that you send now "
                 "is added.")
    if said.reopened:
        return _("✅ The ticket is open again, and the operators have your message.")
    return _("✅ Passed on.")


def _leaving(speaker: Speaker, ticket: int) -> Any:
    return button(speaker, _("That is all for now"), TicketButton(act=TicketAct.LEAVE, ticket=ticket))


async def _receipt_in(text: str, reads: Reads, member: MemberView) -> int:
    """The transfer of which a text quotes the code, if its author may see it; else 0."""
    numbers = [number for word in text.split() if (number := ids.from_code(word.strip("。，,.!！?？:：()（）")))]
    for number in numbers[:MOST_CODES]:
        if await reads.receipt(member.id, number) is not None:
            return number
    return 0


# ------------------------------------------------------------------------------------------- looking at one
@payload("ticket")
async def came_to_ticket(message: Message, rest: str, tickets: Tickets, dialogs: Dialogs, speaker: Speaker,
                         member: MemberView) -> None:
    """`/start ticket_<code>`: one of one's own, to go on with. Refuses `TicketUnknown`."""
    await _show(message, ids.from_code(rest) or 0, tickets, dialogs, speaker, member)


async def show(press: CallbackQuery, callback_data: TicketButton, tickets: Tickets, dialogs: Dialogs, speaker: Speaker,
               member: MemberView | None) -> None:
    """The same by a button."""
    await toast(press)
    await _show(pressed_message(press), callback_data.ticket, tickets, dialogs, speaker, member)


async def _show(message: Message, number: int, tickets: Tickets, dialogs: Dialogs, speaker: Speaker,
                member: MemberView | None) -> None:
    ticket = await _own(tickets, member, number)
    said = said_of.pages(await tickets.words(ticket, ticket.words))[-1]
    earlier = said[0].number - 1
    lines: list[Fact] = [said_of.heading(ticket.id, ticket.category), said_of.state(ticket)]
    if ticket.category == DISPUTE:
        lines.append(payments.receipt_line(ticket.subject))
    if earlier:
        lines.append(_("… {n} earlier message", "… {n} earlier messages", n=earlier))
    markup = keyboard([button(speaker, _("✍️ Write on"), TicketButton(act=TicketAct.WRITE, ticket=ticket.id))])
    await answer(message, speaker, Lines((Lines(tuple(lines)), *(_told(one) for one in said)), gap="\n\n"), markup)


def _told(one: WordsView) -> Lines:
    who = _("Operators") if one.operator else _("You")
    return Lines((_("<b>{who}</b>, {time}", who=who, time=Moment.of_microseconds(one.at)), said_of.body(one)))


async def _own(tickets: Tickets, member: MemberView | None, number: int) -> TicketView:
    """Refuses `TicketUnknown`, for what is not theirs as for what there is not."""
    ticket = await tickets.own(member.id, number) if member is not None else None
    if ticket is None:
        raise refusals.TicketUnknown
    return ticket


async def write(press: CallbackQuery, callback_data: TicketButton, tickets: Tickets, dialogs: Dialogs,
                speaker: Speaker, member: MemberView | None) -> None:
    """What is written from now on goes to this ticket."""
    ticket = await _own(tickets, member, callback_data.ticket)
    await dialogs.put(press.from_user.id, {"kind": DIALOG, "ticket": ticket.id}, seconds=TALKS)
    await toast(press)
    await answer(pressed_message(press), speaker, Lines((said_of.heading(ticket.id, ticket.category), _(
        "Please write now, or send pictures. Everything that you send here goes to the operators until you /cancel."))))


async def leave(press: CallbackQuery, callback_data: TicketButton, dialogs: Dialogs, tickets: Tickets,
                speaker: Speaker, member: MemberView | None) -> None:
    """Nothing is passed on any more until they write again."""
    ticket = await _own(tickets, member, callback_data.ticket)
    dialog = await dialogs.get(press.from_user.id)
    if dialog is not None and dialog.get("kind") == DIALOG:
        await dialogs.drop(press.from_user.id)
    await toast(press)
    await change(pressed_message(press), speaker, Lines((said_of.heading(ticket.id, ticket.category), _(
        "✅ The operators have it. An answer comes here; reply to it, or to this message, to write more."))))


async def pictures(press: CallbackQuery, callback_data: TicketButton, bot: Bot, tickets: Tickets,
                   member: MemberView | None, speaker: Speaker) -> None:
    """The pictures of one message, to whoever the ticket belongs to."""
    ticket = await _own(tickets, member, callback_data.ticket)
    words = await tickets.answer(ticket.id, callback_data.number)
    await toast(press)
    if words is not None:
        await send_pictures(bot, press.from_user.id, words, speaker.say(said_of.heading(ticket.id, ticket.category)))


async def send_pictures(bot: Bot, chat: int, words: WordsView, caption: str) -> None:
    """Each under the line that names its ticket, so that a reply to it finds that."""
    for kind, file in words.pictures:
        if kind == "photo":
            await bot.send_photo(chat, file, caption=caption, parse_mode="HTML")
        else:
            await bot.send_document(chat, file, caption=caption, parse_mode="HTML")
