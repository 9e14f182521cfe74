"""`/tickets`: what people wrote, read and answered by operators.

Guards: that somebody reads a ticket is written down before it is shown, and nobody reads or answers their own as an
operator. Whoever may do something here the wallet says at every press. What is shown stays where operators work.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers import payments
from handlers import tickets as said_of
from handlers.asking import answers, typed_as_command
from handlers.chat.buttons import DeskAct, DeskButton, UserButton
from handlers.chat.saying import answer, change, toast
from handlers.chat.support import send_pictures
from handlers.commands import Verb, declared
from handlers.ground import Dialogs, People, message_key, press_key
from handlers.keyboards import button, hangs_there, keyboard, pressed_message
from handlers.parsing import Asked, CodeAsked, Unclear
from handlers.texts import Code, Fact, Lines, Moment, Person, Speaker, Text, _
from handlers.tickets import DESK, ticket_in, written_in
from wallet import ids, refusals
from wallet.engine import Engine
from wallet.protocols import Tickets
from wallet.tickets import DISPUTE, AnswerTicket, LookAtTicket, TakeTicket
from wallet.views import TicketView, WordsView

DIALOG: Final = "desk"
"""The kind of the dialog in which an operator writes an answer."""
MOST_LISTED: Final = 10
CLOSED_BY: Final[Mapping[DeskAct, str]] = {
    DeskAct.SOLVED: "solved", DeskAct.DONE: "done", DeskAct.SILENT: "silent"}


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="tickets")
    answers(router, Verb.TICKETS, tickets_)
    for acts, handler in (
            ((DeskAct.SHOW,), show), ((DeskAct.TAKE,), take), ((DeskAct.WRITE, DeskAct.LAST_WORDS), write),
            ((DeskAct.CLOSE,), ask_how), (tuple(CLOSED_BY), close), ((DeskAct.PICTURES,), pictures),
            ((DeskAct.QUEUE,), turn_back)):
        router.callback_query.register(handler, DeskButton.filter(F.act.in_(acts)), flags=declared(Verb.TICKETS))
    return router


def make_listening_router() -> Router:
    """Answers. It comes before all that reads plain words, and before the scanner of pictures."""
    router = Router(name="desk_words")
    router.message.register(reply_to, answering, flags=declared(Verb.TICKETS))
    return router


async def answering(message: Message, bot: Bot, dialogs: Dialogs, asked: Asked | Unclear | None = None
                    ) -> bool | dict[str, Any]:
    """Whether a message answers a ticket: as a reply to what we said of it, or because its author was asked for it."""
    person = message.from_user
    if person is None or await typed_as_command(message):
        return False
    if not (message.text or message.caption or message.photo or message.document):
        return False
    replied = ticket_in(message.reply_to_message, bot.id, DESK)
    if replied is not None:
        return {"dialog": {"ticket": replied, "close": False}}
    if message.chat.type != "private" or (isinstance(asked, Asked) and asked.verb is Verb.CANCEL):
        return False
    dialog = await dialogs.get(person.id)
    return {"dialog": dialog} if dialog is not None and dialog.get("kind") == DIALOG else False


# --------------------------------------------------------------------------------------------- looking
async def tickets_(message: Message, asked: Asked, bot: Bot, engine: Engine, tickets: Tickets, people: People,
                   speaker: Speaker) -> None:
    """`/tickets`, `/tickets CODE`."""
    assert message.from_user is not None
    if isinstance(asked.argument, CodeAsked):
        said, markup = await _ticket(asked.argument.number, message.from_user.id, message_key(bot.id, message, "read"),
                                     0, message.chat.type == "private", engine, tickets, people, speaker)
    else:
        said, markup = await _queue(message.from_user.id, tickets, people, speaker)
    await answer(message, speaker, said, markup)


async def _queue(operator: int, tickets: Tickets, people: People, speaker: Speaker
                 ) -> tuple[Lines, InlineKeyboardMarkup]:
    found, waiting = await tickets.queue(operator, MOST_LISTED), await tickets.waiting(operator)
    names = await payments.parties([one.party for one in found], people)
    head = _("🗂 <b>Tickets</b>: {n} waits for us", "🗂 <b>Tickets</b>: {n} wait for us", n=waiting)
    lines = [_in_queue(one, names[one.party.telegram_id]) for one in found]
    buttons = [button(speaker, _("{code} · {category}", code=ids.code(one.id), category=said_of.KINDS[one.category]),
                      DeskButton(act=DeskAct.SHOW, ticket=one.id)) for one in found]
    rows = [buttons[start:start + 2] for start in range(0, len(buttons), 2)]
    return Lines((head, *(lines or [_("Nobody waits.")]))), keyboard(*rows)


def _in_queue(one: TicketView, name: Person) -> Text:
    facts: dict[str, Fact] = {"code": Code(ids.code(one.id)), "category": said_of.KINDS[one.category], "name": name}
    if one.waits_since:
        return _("{code} · {category} · {name} · since {time}", **facts,
                 time=Moment.of_microseconds(one.waits_since))
    return _("{code} · {category} · {name} · answered", **facts)


async def turn_back(press: CallbackQuery, callback_data: DeskButton, tickets: Tickets, people: People,
                    speaker: Speaker) -> None:
    """The queue instead of a ticket."""
    _hangs(press)
    said, markup = await _queue(press.from_user.id, tickets, people, speaker)
    await toast(press)
    await change(pressed_message(press), speaker, said, markup)


async def show(press: CallbackQuery, callback_data: DeskButton, engine: Engine, tickets: Tickets, people: People,
               speaker: Speaker) -> None:
    """A ticket, or another page of it; page 0 is the end, where what is new stands."""
    _hangs(press)
    await _show(press, callback_data.ticket, callback_data.page, engine, tickets, people, speaker)


async def _show(press: CallbackQuery, ticket: int, page: int, engine: Engine, tickets: Tickets, people: People,
                speaker: Speaker) -> None:
    message = pressed_message(press)
    said, markup = await _ticket(ticket, press.from_user.id, press_key(press, "read"), page,
                                 message.chat.type == "private", engine, tickets, people, speaker)
    await toast(press)
    await change(message, speaker, said, markup)


async def _ticket(number: int, operator: int, key: str, page: int, private: bool, engine: Engine, tickets: Tickets,
                  people: People, speaker: Speaker) -> tuple[Lines, InlineKeyboardMarkup]:
    """What was written, once it was written down who reads it. Refuses what `LookAtTicket` refuses."""
    await engine.run(LookAtTicket(key=key, operator=operator, ticket=number))
    ticket = await tickets.seen(operator, number)
    if ticket is None:
        raise refusals.NotAllowed
    pages = said_of.pages(await tickets.words(ticket, ticket.words))
    page = min(page, len(pages) - 1)
    words = pages[-1 - page]
    concerned = {ticket.party.telegram_id, ticket.operator, *(one.operator for one in words),
                 *((ticket.about.telegram_id,) if ticket.about is not None else ())} - {0}
    seen = await people.by_ids(tuple(concerned))
    name = payments.party_name(ticket.party, seen.get(ticket.party.telegram_id))
    facts: list[Fact] = [said_of.desk_heading(ticket.id, ticket.category), _("From {name}, {number}", name=name,
                         number=Code(str(ticket.party.telegram_id)))]
    if ticket.category == DISPUTE:
        facts.append(payments.receipt_line(ticket.subject))
    if ticket.about is not None:
        about = payments.party_name(ticket.about, seen.get(ticket.about.telegram_id))
        facts.append(_("About {name}, {number}", name=about, number=Code(str(ticket.about.telegram_id))))
    facts.append(_stands(ticket))
    if ticket.operator:
        facts.append(_("Seen to by {name}", name=payments.person(str(ticket.operator), seen.get(ticket.operator))))
    said = [Lines((_("<b>{who}</b>, {time}", time=Moment.of_microseconds(one.at), who=(
        payments.person(str(one.operator), seen.get(one.operator)) if one.operator else name)), said_of.body(one)))
        for one in words]
    parts = [Lines(tuple(facts)), *said]
    if ticket.state == "open":
        parts.append(Lines((_("Reply to this message to answer."),)))
    return Lines(tuple(parts), gap="\n\n"), _acts(ticket, operator, page, len(pages), words, private, speaker)


def _stands(ticket: TicketView) -> Text:
    if ticket.state == "closed":
        return _("Closed on {time}", time=Moment.of_microseconds(ticket.ended_at))
    if ticket.waits_since:
        return _("Waits since {time}", time=Moment.of_microseconds(ticket.waits_since))
    return _("Answered.")


def _acts(ticket: TicketView, operator: int, page: int, pages: int, words: list[WordsView], private: bool,
          speaker: Speaker) -> InlineKeyboardMarkup:
    def one(label: Text, act: DeskAct, to: int = 0) -> Any:
        return button(speaker, label, DeskButton(act=act, ticket=ticket.id, page=to))

    turning = [*([one(_("‹ Earlier"), DeskAct.SHOW, page + 1)] if page + 1 < pages else []),
               *([one(_("Later ›"), DeskAct.SHOW, page - 1)] if page else [])]
    doing = [*([one(_("✍️ Answer"), DeskAct.WRITE)] if private else []),
             *([] if ticket.operator == operator else [one(_("🙋 Take it"), DeskAct.TAKE)]),
             one(_("✅ Close"), DeskAct.CLOSE)] if ticket.state == "open" else []
    looking = [*([one(_("📎 Pictures"), DeskAct.PICTURES, page)] if any(each.pictures for each in words) else []),
               button(speaker, _("👤 Member"), UserButton(person=ticket.party.telegram_id, presser=operator)),
               *([button(speaker, _("👤 Reported"), UserButton(person=ticket.about.telegram_id, presser=operator))]
                 if ticket.about is not None else [])]
    return keyboard(turning, doing, looking, [one(_("🗂 All tickets"), DeskAct.QUEUE)])


async def pictures(press: CallbackQuery, callback_data: DeskButton, bot: Bot, engine: Engine, tickets: Tickets,
                   speaker: Speaker) -> None:
    """The pictures of a page, one by one."""
    _hangs(press)
    message = pressed_message(press)
    await engine.run(LookAtTicket(key=press_key(press, "pictures"), operator=press.from_user.id,
                                  ticket=callback_data.ticket))
    ticket = await tickets.seen(press.from_user.id, callback_data.ticket)
    if ticket is None:
        raise refusals.NotAllowed
    await toast(press)
    pages = said_of.pages(await tickets.words(ticket, ticket.words))
    for one in pages[-1 - min(callback_data.page, len(pages) - 1)]:
        await send_pictures(bot, message.chat.id, one,
                            speaker.say(said_of.desk_heading(ticket.id, ticket.category)))


# --------------------------------------------------------------------------------------------- deciding
async def take(press: CallbackQuery, callback_data: DeskButton, engine: Engine, tickets: Tickets, people: People,
               speaker: Speaker) -> None:
    """It is theirs to answer from now on; others may all the same."""
    _hangs(press)
    await engine.run(TakeTicket(key=press_key(press, "take"), operator=press.from_user.id,
                                ticket=callback_data.ticket))
    await _show(press, callback_data.ticket, 0, engine, tickets, people, speaker)


async def write(press: CallbackQuery, callback_data: DeskButton, dialogs: Dialogs, tickets: Tickets, speaker: Speaker
                ) -> None:
    """In private: what is written next is the answer, or the last one."""
    message = pressed_message(press)
    ticket = await tickets.seen(press.from_user.id, callback_data.ticket)
    if ticket is None or message.chat.type != "private":
        raise refusals.ButtonStale
    last = callback_data.act is DeskAct.LAST_WORDS
    await dialogs.put(press.from_user.id, {"kind": DIALOG, "ticket": ticket.id, "close": last})
    await toast(press)
    asks = (_("Please write the sentence with which the ticket is closed, or /cancel.") if last else
            _("Please write the answer, or send a picture, or /cancel."))
    await answer(message, speaker, Lines((said_of.desk_heading(ticket.id, ticket.category), asks)))


async def ask_how(press: CallbackQuery, callback_data: DeskButton, tickets: Tickets, speaker: Speaker) -> None:
    """With which words it shall end."""
    _hangs(press)
    message = pressed_message(press)
    ticket = await tickets.seen(press.from_user.id, callback_data.ticket)
    if ticket is None:
        raise refusals.ButtonStale
    ready = [[button(speaker, label, DeskButton(act=act, ticket=ticket.id))] for act, label in _LABELS]
    own = [button(speaker, _("✍️ In my own words"), DeskButton(act=DeskAct.LAST_WORDS, ticket=ticket.id))]
    back = [button(speaker, _("Back"), DeskButton(act=DeskAct.SHOW, ticket=ticket.id))]
    await toast(press)
    await change(message, speaker, Lines((said_of.desk_heading(ticket.id, ticket.category), _("Close it with:"), *(
        Lines((text,)) for text in said_of.CLOSED_WITH.values()))),
        keyboard(*ready, own if message.chat.type == "private" else [], back))


_LABELS: Final = ((DeskAct.SOLVED, _("Solved")), (DeskAct.DONE, _("Nothing more we can do")),
                  (DeskAct.SILENT, _("Heard nothing more")))


async def close(press: CallbackQuery, callback_data: DeskButton, engine: Engine, tickets: Tickets, people: People,
                speaker: Speaker) -> None:
    """In words that we have ready, which its member reads in their own language."""
    _hangs(press)
    await engine.run(AnswerTicket(key=press_key(press, "close"), operator=press.from_user.id,
                                  ticket=callback_data.ticket, close=True, closing=CLOSED_BY[callback_data.act]))
    await _show(press, callback_data.ticket, 0, engine, tickets, people, speaker)


async def reply_to(message: Message, dialog: Mapping[str, Any], bot: Bot, engine: Engine, dialogs: Dialogs,
                   tickets: Tickets, speaker: Speaker) -> None:
    """An answer. Refuses what `AnswerTicket` refuses, and what can't be passed on."""
    assert message.from_user is not None
    written, operator = written_in(message), message.from_user.id
    ticket = await tickets.seen(operator, dialog["ticket"])
    if ticket is None:
        raise refusals.TicketUnknown
    kept = await tickets.sealed_for(ticket.party.member, ticket.id, written.text, written.pictures)
    await engine.run(AnswerTicket(key=message_key(bot.id, message, "answer"), operator=operator, ticket=ticket.id,
                                  digest=kept.digest, sealed=kept.sealed, close=dialog["close"]))
    if "kind" in dialog:
        await dialogs.drop(operator)
    done = _("✅ Answered, and the ticket is closed.") if dialog["close"] else _("✅ Answered.")
    await answer(message, speaker, Lines((said_of.desk_heading(ticket.id, ticket.category), done)))


def _hangs(press: CallbackQuery) -> None:
    """In a group nobody changes a message of others by a forged button."""
    if not hangs_there(press):
        raise refusals.ButtonStale
