"""Receipts: one movement in full, by its code, by a button, or picked among the latest.

Guards: the viewer is whoever asks, and in a group only they see it; a receipt that does not exist and one that is not
theirs give the same answer.
"""
from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from aiogram import Router
from aiogram.exceptions import TelegramBadRequest, TelegramNotFound
from aiogram.types import CallbackQuery, InputRichMessage, Message

from handlers import payments
from handlers import refusals as said_of
from handlers.asking import InDialog, answers
from handlers.chat import buttons
from handlers.chat.buttons import ReceiptButton
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, toast, whisper
from handlers.chat.wallet import labelled
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, People, group_of
from handlers.keyboards import pressed_message
from handlers.parsing import Asked, CodeAsked, ParseProblem, Unclear
from handlers.texts import Code, Fact, Lines, Moment, Money, Speaker, Text, _
from handlers.verified import Verified
from wallet import ids, refusals
from wallet.movements import (
    ADJUST_IN,
    ADJUST_OUT,
    CLAIM,
    ENVELOPE,
    ENVELOPE_BACK,
    GIVEBACK,
    RETURN,
    SEND,
    SET_ASIDE,
    SHARE,
    SPLIT,
    TOP_UP,
    VOUCHER,
    VOUCHER_BACK,
    VOUCHER_USE,
)
from wallet.protocols import Reads
from wallet.rows import TO_ACCEPT, TO_ARRIVE, TO_CHECK, TO_THAW
from wallet.views import MemberView, ReceiptView

RECEIPT_DIALOG: Final = "receipt"
MOST_RECENT: Final = 6
"""So many movements are offered to choose from."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="receipts")
    answers(router, Verb.RECEIPT, receipt)
    router.message.register(receipt_code, InDialog(RECEIPT_DIALOG), flags=declared(Verb.RECEIPT))
    router.callback_query.register(open_receipt, ReceiptButton.filter(), flags=declared(Verb.RECEIPT))
    return router


async def receipt(message: Message, asked: Asked, reads: Reads, people: People, dialogs: Dialogs, speaker: Speaker,
                  group_speaker: Speaker, member: MemberView, config: Config, verified: Verified) -> None:
    """`/receipt CODE`, `凭证`; bare, it asks for the code."""
    if isinstance(asked.argument, CodeAsked):
        await _show_receipt(message, asked.argument.number, reads, people, speaker, group_speaker, member, config, None,
                            verified)
        return
    if group_of(message):
        await whisper(message, member.telegram_id, speaker, _which_receipt(), group_speaker, config,
                      payload="receipt_now")
    else:
        await _ask_which(message, reads, people, dialogs, speaker, member)


@payload("receipt")
async def came_for_receipt(message: Message, rest: str, reads: Reads, people: People, dialogs: Dialogs,
                           speaker: Speaker, member: MemberView) -> None:
    """Somebody who asked for one in a group, without its code."""
    await _ask_which(message, reads, people, dialogs, speaker, member)


async def _ask_which(message: Message, reads: Reads, people: People, dialogs: Dialogs, speaker: Speaker,
                     member: MemberView) -> None:
    """Ask for a code, and offer the latest."""
    await dialogs.put(member.telegram_id, {"kind": RECEIPT_DIALOG})
    lines = (await reads.history(member.id, limit=MOST_RECENT)).lines
    if not lines:
        await answer(message, speaker, _which_receipt())
        return
    said = _("Which receipt? Pick one of your latest, or send me its code of nine letters and digits. /cancel leaves.")
    await answer(message, speaker, said, buttons.receipts(speaker, await labelled(lines, people)))


def _which_receipt() -> Text:
    return _("Which receipt? Send me its code of nine letters and digits, like /receipt {code}.",
             code=Code(ids.code(1)))


async def receipt_code(message: Message, reads: Reads, people: People, dialogs: Dialogs, speaker: Speaker,
                       group_speaker: Speaker, member: MemberView, config: Config, verified: Verified) -> None:
    """The code that was asked for."""
    number = ids.from_code(message.text or "")
    if number is None:
        unclear = Unclear(Verb.RECEIPT, ParseProblem.CODE)
        await answer(message, speaker, said_of.about_unclear(unclear, config.currency))
        return
    await dialogs.drop(member.telegram_id)
    await _show_receipt(message, number, reads, people, speaker, group_speaker, member, config, None, verified)


async def open_receipt(press: CallbackQuery, callback_data: ReceiptButton, reads: Reads, people: People,
                       speaker: Speaker, group_speaker: Speaker, member: MemberView, config: Config,
                       verified: Verified) -> None:
    """A line of the history, or the button under a notice."""
    message = pressed_message(press)
    await _show_receipt(message, callback_data.transfer, reads, people, speaker, group_speaker, member, config, press,
                        verified)


async def _show_receipt(message: Message, transfer: int, reads: Reads, people: People, speaker: Speaker,
                        group_speaker: Speaker, member: MemberView, config: Config,
                        press: CallbackQuery | None, verified: Verified) -> None:
    view = await reads.receipt(member.id, transfer)
    if view is None:
        raise refusals.ReceiptUnknown
    if press is not None:
        await toast(press)
    names = await verified.sides((view.payer, view.receiver),
                                 await payments.parties((view.payer, view.receiver), people))
    rows = _rows(view, names.get(view.payer.telegram_id) if view.payer else None,
                 names.get(view.receiver.telegram_id) if view.receiver else None)
    mine_to_give = view.incoming and view.kind in (SEND.name, CLAIM.name) and not view.given_back
    markup = buttons.under_receipt(speaker, view.transfer, give_back=mine_to_give and not group_of(message))
    if not group_of(message):
        with suppress(TelegramBadRequest, TelegramNotFound):  # An older server; the classic form says the same.
            await message.answer_rich(_rich(rows, speaker), reply_markup=markup)
            return
    lines = tuple(_("{label}: {value}", label=label, value=value) for label, value in rows)
    said = Lines((_("<b>Receipt</b>"), Lines(lines)), "\n\n")
    await whisper(message, member.telegram_id, speaker, said, group_speaker, config, markup=markup, press=press)


def _rich(rows: list[tuple[Text, Fact]], speaker: Speaker) -> InputRichMessage:
    cells = "".join(f"<tr><th>{speaker.say(label)}</th><td>{speaker.say(value)}</td></tr>" for label, value in rows)
    return InputRichMessage(html=f"<h3>{speaker.say(_('Receipt'))}</h3><table>{cells}</table>",
                            skip_entity_detection=True)


def _rows(view: ReceiptView, payer: Fact | None, receiver: Fact | None) -> list[tuple[Text, Fact]]:
    """What a receipt tells, label by label."""
    rows: list[tuple[Text, Fact]] = [(_("Amount"), Money(view.amount)), (_("What"), _kind(view))]
    if payer is not None:
        rows.append((_("From"), payer))
    if receiver is not None and view.kind != RETURN.name:
        rows.append((_("To"), receiver))
    if view.note:
        rows.append((_("Note"), payments.plainly(view.note)))
    if view.kind == SET_ASIDE.name and view.hold is not None:
        states = _STATES_OF.get(view.hold.purpose, _STATES)
        rows.append((_("State"), states[view.hold.state]()))
    rows += [(_("Time"), Moment.of_microseconds(view.at)), (_("Code"), Code(ids.code(view.transfer)))]
    if view.hold is not None and view.kind == CLAIM.name:
        rows.append((_("Set aside with"), Code(ids.code(view.hold.transfer))))
    if view.hold is not None and view.kind == SET_ASIDE.name and view.hold.state == "settled":
        taken = {TO_ACCEPT: _("Accepted with"), TO_ARRIVE: _("Arrived with"), TO_THAW: _("Arrived with"),
                 TO_CHECK: _("Arrived with")}.get(
            view.hold.purpose, _("Claimed with"))
        rows.append((taken, Code(ids.code(view.hold.ended_by))))
    if view.reverses:
        rows.append((_("Gives back") if view.kind == GIVEBACK.name else _("Takes back"), Code(ids.code(view.reverses))))
    if view.corrects:
        rows.append((_("Corrects"), Code(ids.code(view.corrects))))
    if view.given_back:
        rows.append((_("Given back with"), Code(ids.code(view.given_back))))
    return rows


def _kind(view: ReceiptView) -> Text:
    if view.hold is not None and view.hold.purpose == TO_ACCEPT:
        return _ASKED_KINDS[view.kind]()
    if view.hold is not None and view.hold.purpose in (TO_ARRIVE, TO_THAW, TO_CHECK):
        return _DELAYED_KINDS[view.kind]()
    return _KINDS[view.kind]()


_KINDS: Final[dict[str, Callable[[], Text]]] = {
    TOP_UP.name: lambda: _("Play money added"),
    SEND.name: lambda: _("Transfer"),
    SET_ASIDE.name: lambda: _("Transfer, to be claimed"),
    CLAIM.name: lambda: _("Transfer, claimed"),
    RETURN.name: lambda: _("Transfer that came back"),
    ADJUST_IN.name: lambda: _("Added by the operators"),
    ADJUST_OUT.name: lambda: _("Taken by the operators"),
    GIVEBACK.name: lambda: _("Payment given back"),
    ENVELOPE.name: lambda: _("Red envelope"),
    SHARE.name: lambda: _("Share of a red envelope"),
    ENVELOPE_BACK.name: lambda: _("Red envelope that came back"),
    VOUCHER.name: lambda: _("Voucher"),
    VOUCHER_USE.name: lambda: _("Voucher, redeemed"),
    VOUCHER_BACK.name: lambda: _("Voucher that came back"),
    SPLIT.name: lambda: _("Share of a split bill"),
}
_ASKED_KINDS: Final[dict[str, Callable[[], Text]]] = {
    **_KINDS,
    SET_ASIDE.name: lambda: _("Transfer, to be accepted"),
    CLAIM.name: lambda: _("Transfer, accepted"),
}
_DELAYED_KINDS: Final[dict[str, Callable[[], Text]]] = {
    **_KINDS,
    SET_ASIDE.name: lambda: _("Transfer, to arrive later"),
    CLAIM.name: lambda: _("Transfer that arrived later"),
}
_STATES: Final[dict[str, Callable[[], Text]]] = {
    "open": lambda: _("Not claimed yet"),
    "settled": lambda: _("Claimed"),
    "released": lambda: _("Taken back by the sender"),
    "expired": lambda: _("Not claimed in time; it went back"),
}
_ASKED_STATES: Final[dict[str, Callable[[], Text]]] = {
    **_STATES,
    "open": lambda: _("Waits to be accepted"),
    "settled": lambda: _("Accepted"),
    "declined": lambda: _("Declined; it went back"),
    "expired": lambda: _("Not accepted in time; it went back"),
}
_DELAYED_STATES: Final[dict[str, Callable[[], Text]]] = {
    **_STATES,
    "open": lambda: _("On its way"),
    "settled": lambda: _("Arrived"),
    "expired": lambda: _("Could not arrive; it went back"),
}
_STATES_OF: Final = {TO_ACCEPT: _ASKED_STATES, TO_ARRIVE: _DELAYED_STATES,
                     TO_THAW: {**_DELAYED_STATES, "declined": _DELAYED_STATES["expired"]},
                     TO_CHECK: {**_DELAYED_STATES, "open": lambda: _("Looked at by the operators"),
                                "released": _DELAYED_STATES["expired"]}}
