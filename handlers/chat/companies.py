"""Members who act for a company: its name, credit code, contact person and invoice title, and then its licence.

Guards: what is typed leaves the chat as far as Telegram lets us, is in a sealed dialog until it is complete and sealed
with the member's key after that; nothing of it is shown to anybody before an operator has seen the licence.
"""
from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message

from handlers.asking import InDialog
from handlers.chat import papers
from handlers.chat.buttons import PaperAct, PaperButton
from handlers.chat.saying import answer, toast
from handlers.commands import Verb, declared
from handlers.ground import Dialogs, message_key
from handlers.keyboards import button, pressed_message
from handlers.texts import Fact, Lines, Speaker, Text, _
from handlers.verified import Verified
from wallet import refusals
from wallet.applications import ENTERPRISE, BeginApplication, Begun
from wallet.creditcodes import CodeRefused, read_code
from wallet.engine import Engine
from wallet.protocols import Applications
from wallet.text import on_one_line
from wallet.vault import Vault
from wallet.views import MemberView

DIALOG: Final = "company"
"""The kind of the dialog that asks for what is known of a company."""
LASTS: Final = 60 * 60
"""Seconds for which it can be gone on with."""
SHORTEST, LONGEST = 2, 100
"""Characters of what is stated."""
_ASKED: Final[Mapping[str, Text]] = {
    "name": _("🏢 What is the company called? Please send its name as it stands on the business licence, or /cancel."),
    "code": _("Now its unified social credit code, please: 18 digits and letters."),
    "contact": _("Who is the contact person? Please send the name."),
    "title": _("What shall stand on invoices? Please send the invoice title; mostly it is the company's name.")}
"""What is asked for, one after the other."""


def make_router() -> Router:
    """The button and the answers."""
    router = Router(name="companies")
    router.callback_query.register(begin, PaperButton.filter(F.act == PaperAct.COMPANY), flags=declared(Verb.VERIFY))
    router.message.register(go_on, InDialog(DIALOG), F.text, flags=declared(Verb.VERIFY))
    return router


async def stands(applications: Applications, verified: Verified, dialogs: Dialogs, speaker: Speaker,
                 member: MemberView) -> tuple[list[Fact], list[list[InlineKeyboardButton]]]:
    """How it stands with a member's company, and the way on."""
    marks = (await verified.marks([member.id])).get(member.id)
    if marks is not None and marks.company:
        return [marks.line()], []
    if member.minor:
        return [], []
    last = await applications.own(member.id, ENTERPRISE)
    if last is not None and not last.ended_at:
        await papers.wait_for_next(last, dialogs, member)
        said, rows = papers.stands(last, speaker)
        return [Lines((_("🏢 <b>Your company</b>"), said))], rows
    return papers.before(last), [[button(speaker, _("🏢 I act for a company"), PaperButton(act=PaperAct.COMPANY))]]


async def begin(press: CallbackQuery, dialogs: Dialogs, speaker: Speaker, member: MemberView) -> None:
    """The first question. Refuses `MinorNoEnterprise`, as `BeginApplication` would after the last one."""
    if member.minor:
        raise refusals.MinorNoEnterprise
    await dialogs.put(member.telegram_id, {"kind": DIALOG, "facts": []}, seconds=LASTS)
    await toast(press)
    await answer(pressed_message(press), speaker, Lines((_ASKED["name"], _(
        "By this you say that you are entitled to act for it."))))


async def go_on(message: Message, dialog: Mapping[str, Any], bot: Bot, engine: Engine, applications: Applications,
                dialogs: Dialogs, vault: Vault, speaker: Speaker, member: MemberView) -> None:
    """The next answer; after the last one the licence. Refuses `CompanyWrong`, `CreditCodeWrong` and what
    `BeginApplication` refuses."""
    with suppress(TelegramAPIError):  # It is read; it need not stand in the chat.
        await message.delete()
    asked, facts = list(_ASKED), [*dialog["facts"]]
    facts.append(_read(asked[len(facts)], message.text or ""))
    if len(facts) < len(asked):
        await dialogs.put(member.telegram_id, {"kind": DIALOG, "facts": facts}, seconds=LASTS)
        await answer(message, speaker, _ASKED[asked[len(facts)]])
        return
    await dialogs.drop(member.telegram_id)
    kept = await applications.sealed_facts(member.id, facts)
    begun = await engine.run(BeginApplication(
        key=message_key(bot.id, message, "company"), member=member.id, kind=ENTERPRISE,
        digest=vault.digest("enterprise", facts[asked.index("code")]), sealed=kept.sealed,
        wrapped_key=kept.wrapped_key))
    assert isinstance(begun, Begun)
    await papers.go_on(message, begun.application, applications, dialogs, speaker, member)


def _read(what: str, typed: str) -> str:
    """An answer in its one form."""
    if what == "code":
        try:
            return read_code(typed)
        except CodeRefused as refused:
            raise refusals.CreditCodeWrong(str(refused)) from None
    line = on_one_line(typed[:1_000]).strip()
    if not SHORTEST <= len(line) <= LONGEST:
        raise refusals.CompanyWrong(LONGEST)
    return line
