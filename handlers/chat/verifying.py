"""`/verify`: a member gives name and ID number, and then shows documents (`handlers.chat.papers`).

Guards: the messages in which they were typed are taken out of the chat as far as Telegram lets us; until they are given
they are in a sealed dialog and nowhere else, and they are shown masked. Nothing is given without a last yes, by the
button of this very question. Whether the name stands on the screening list they are not told.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Final

from aiogram import F, Router
from aiogram.enums import ButtonStyle
from aiogram.exceptions import TelegramAPIError
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message

from handlers import family, payments
from handlers.asking import InDialog, answers
from handlers.chat import companies, papers
from handlers.chat.buttons import PaperAct, PaperButton
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, new_token, press_key
from handlers.keyboards import Open, button, keyboard, pressed_message
from handlers.texts import Code, Fact, Lines, Money, Person, Speaker, Text, _
from handlers.verified import Verified as KnownAs
from wallet import refusals
from wallet.applications import DOCUMENTS
from wallet.books import Policy
from wallet.engine import Engine
from wallet.identity import REVIEWED, GiveIdentity, Verified
from wallet.idnumbers import IdRefused, masked_number, of_age_on, read_name, read_number
from wallet.limits import level_of
from wallet.protocols import Applications, Reads
from wallet.screening import Screening
from wallet.vault import Unreadable, Vault
from wallet.views import MemberView

DIALOG: Final = "verify"
"""The kind of the dialog that asks for the name, for the number, and for the yes."""
LASTS: Final = 60 * 60
"""Seconds for which it can be gone on with."""


class IdentityWord(CallbackData, prefix="vi"):
    """Says whether name and number are right. The token is the question's."""

    right: bool
    token: str


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="verifying")
    answers(router, Verb.VERIFY, verify)
    router.message.register(go_on, InDialog(DIALOG), F.text, flags=declared(Verb.VERIFY))
    router.callback_query.register(open_verify, Open.filter(F.what == "verify"), flags=declared(Verb.VERIFY))
    router.callback_query.register(give, IdentityWord.filter(), flags=declared(Verb.VERIFY))
    return router


# ---------------------------------------------------------------------------------------------- the questions
async def verify(message: Message, dialogs: Dialogs, reads: Reads, applications: Applications, verified: KnownAs,
                 vault: Vault, policy: Policy, speaker: Speaker, member: MemberView) -> None:
    """`/verify`, `实名`: what is known already, or the first question. Whoever left in between goes on there."""
    sealed = await reads.sealed_identity(member.id)
    if sealed is not None:
        said, rows = await _further(applications, verified, dialogs, policy, speaker, member)
        known = _known(sealed, vault, policy, member)
        await answer(message, speaker, Lines((known, said), gap="\n\n"), keyboard(*rows))
        return
    dialog = await dialogs.get(member.telegram_id)
    name = dialog.get("name") if dialog is not None and dialog.get("kind") == DIALOG else None
    if name is not None:
        await _ask_number(message, str(name), dialogs, speaker, member)
        return
    await dialogs.put(member.telegram_id, {"kind": DIALOG}, seconds=LASTS)
    await answer(message, speaker, Lines((_("🪪 <b>Verify who you are</b>"), _worth(policy, 1, _(
        "With your name and ID number you can pay {limit} a year.", limit=Money(policy.level_limits[1]))), _(
        "They are kept sealed and shown masked, and one number belongs to one wallet."), _(
        "Please send me your name as it is printed on your identity card, or /cancel.")), gap="\n\n"))


async def open_verify(press: CallbackQuery, dialogs: Dialogs, reads: Reads, applications: Applications,
                      verified: KnownAs, vault: Vault, policy: Policy, speaker: Speaker, member: MemberView) -> None:
    """The same, by a button."""
    message = pressed_message(press)
    await toast(press)
    await verify(message, dialogs, reads, applications, verified, vault, policy, speaker, member)


def _known(sealed: tuple[bytes, bytes], vault: Vault, policy: Policy, member: MemberView) -> Lines:
    lines: list[Text] = [_("🪪 <b>Verify who you are</b>"),
                         _("Identity level: {level}", level=level_of(policy, member))]
    if level_of(policy, member) > member.level:
        lines.append(_("It is {own} by what you gave; here everybody has at least {level}, because all of it is play "
                       "money.", own=member.level, level=policy.least_level))
    with suppress(Unreadable):  # A destroyed key leaves the level and nothing of the person.
        identity, key = sealed
        name, number = vault.open_for(key, identity).split("\n")
        lines.append(_("Name: {name} · ID number: {number}", name=payments.masked(Person(name)),
                       number=Code(masked_number(number))))
    return Lines((*lines, _("They stay as they are. If they are wrong, write to the operators with /support.")))


async def _further(applications: Applications, verified: KnownAs, dialogs: Dialogs, policy: Policy, speaker: Speaker,
                   member: MemberView) -> tuple[Lines, list[list[InlineKeyboardButton]]]:
    """How the documents stand, and a company's, and the ways on."""
    said, rows = await _documents(applications, dialogs, policy, speaker, member)
    more, ways = await companies.stands(applications, verified, dialogs, speaker, member)
    return Lines((*said, *more), gap="\n\n"), [*rows, *ways]


async def _documents(applications: Applications, dialogs: Dialogs, policy: Policy, speaker: Speaker, member: MemberView
                     ) -> tuple[list[Fact], list[list[InlineKeyboardButton]]]:
    if member.level >= REVIEWED:
        return [_("✅ Operators have reviewed your documents.")], []
    last = await applications.own(member.id, DOCUMENTS)
    if last is not None and not last.ended_at:
        await papers.wait_for_next(last, dialogs, member)
        stand, rows = papers.stands(last, speaker)
        return [stand], rows
    return [Lines((*papers.before(last), _offer(policy)))], [_sending(speaker)]


def _offer(policy: Policy) -> Text:
    return _worth(policy, 2, _("With pictures of your identity card, which operators look at, you can pay {limit} a "
                               "year.", limit=Money(policy.level_limits[2])))


def _worth(policy: Policy, level: int, said: Text) -> Text:
    """What a level is good for; or what counts where everybody has it in any case."""
    if level > policy.least_level:
        return said
    return _("You can pay {limit} a year as it is: here everybody has identity level {level} at least, because all of "
             "it is play money. What you give is taken down and raises nothing.", level=policy.least_level,
             limit=Money(policy.level_limits[policy.least_level]))


def _sending(speaker: Speaker) -> list[InlineKeyboardButton]:
    return [button(speaker, _("📷 Send pictures"), PaperButton(act=PaperAct.BEGIN))]


async def go_on(message: Message, dialog: Mapping[str, Any], dialogs: Dialogs, speaker: Speaker, member: MemberView,
                now: Callable[[], datetime], config: Config) -> None:
    """The name, and then the number. What is refused may be sent again. Refuses `NameWrong` and `IdNumberWrong`."""
    with suppress(TelegramAPIError):  # It is read; it need not stand in the chat.
        await message.delete()
    typed = message.text or ""
    if dialog.get("name") is None:
        name = read_name(typed)
        if name is None:
            raise refusals.NameWrong
        await _ask_number(message, name, dialogs, speaker, member)
        return
    try:
        number = read_number(typed)
    except IdRefused as refused:
        raise refusals.IdNumberWrong(refused.problem.value) from None
    token, name = new_token(), str(dialog["name"])
    await dialogs.put(member.telegram_id, {"kind": DIALOG, "name": name, "number": number.text, "token": token,
                                           "born": number.born.isoformat()}, seconds=LASTS)
    young = of_age_on(number.born) > now().astimezone(config.zone).date()
    await answer(message, speaker, Lines((
        _("Name: {name} · ID number: {number}", name=payments.masked(Person(name)),
          number=Code(masked_number(number.text))),
        *([_("By that number you are under 18. If that is so, nothing goes out of your wallet unless a guardian "
             "answers for you. If it is mistyped, start again.")] if young else []),
        _("Is that you? Once given they stay. By this you say that both are your own."))), keyboard(
        [button(speaker, _("Yes, that is me"), IdentityWord(right=True, token=token), ButtonStyle.SUCCESS),
         button(speaker, _("Start again"), IdentityWord(right=False, token=token))]))


async def _ask_number(message: Message, name: str, dialogs: Dialogs, speaker: Speaker, member: MemberView) -> None:
    await dialogs.put(member.telegram_id, {"kind": DIALOG, "name": name}, seconds=LASTS)
    await answer(message, speaker, _("Now your ID number, please: 18 digits, the last of which may be an X. I delete "
                                     "the message when I have read it. /cancel leaves this."))


# --------------------------------------------------------------------------------------------------- the yes
async def give(press: CallbackQuery, callback_data: IdentityWord, engine: Engine, dialogs: Dialogs, reads: Reads,
               vault: Vault, policy: Policy, screening: Screening, speaker: Speaker, member: MemberView) -> None:
    """Yes or no, once. Refuses what `GiveIdentity` refuses."""
    message = pressed_message(press)
    dialog = await dialogs.get(member.telegram_id)
    if dialog is None or dialog.get("kind") != DIALOG or dialog.get("token") != callback_data.token:
        raise refusals.ButtonStale
    await toast(press)
    if not callback_data.right:
        await dialogs.put(member.telegram_id, {"kind": DIALOG}, seconds=LASTS)
        await change(message, speaker, _(
            "Please send me your name as it is printed on your identity card, or /cancel."))
        return
    own = await reads.sealed_phone(member.id)
    assert own is not None, "who has joined has a key"
    await dialogs.drop(member.telegram_id)
    done = await engine.run(GiveIdentity(
        key=press_key(press, "identity"), member=member.id, digest=vault.digest("identity", dialog["number"]),
        sealed=vault.seal_for(own[1], f"{dialog['name']}\n{dialog['number']}"),
        born=date.fromisoformat(dialog["born"]).toordinal(),
        listed=tuple(screening.likenesses([dialog["name"]])), version=screening.version))
    assert isinstance(done, Verified)
    await change(message, speaker, _thanks(policy, done), keyboard(_sending(speaker)))


def _thanks(policy: Policy, done: Verified) -> Fact:
    """What has come of it."""
    if done.found:  # What follows from it they are told apart.
        return _("Thank you. Your number is taken down.")
    taken = (_("✅ Thank you. Name and number are taken down.") if policy.least_level else
             _("✅ Thank you. Your identity level is 1 now."))
    if done.free_on:
        return Lines((taken, _("From {day} on nobody has to answer for you; until then your guardian does. /family "
                               "shows it.", day=family.free_on(done.free_on))))
    raised = [] if policy.least_level else [_("You can pay {limit} a year. /limits shows it.",
                                              limit=Money(policy.level_limits[1]))]
    return Lines((Lines((taken, *raised)), _offer(policy)), gap="\n\n")
