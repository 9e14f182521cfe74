"""Joining: language, one agreement screen, one's own phone number, and the wallet is open.

Guards: where somebody stands is read from the wallet at every step, so joining goes on after a restart, a second device
or a week; a phone number counts only when Telegram says that the contact is the sender's own, and it leaves this
module digested and sealed.
"""
from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, ReplyKeyboardRemove, ReplyMarkupUnion, User

from handlers import family, payments, requests
from handlers.asking import answers
from handlers.chat.agreements import accept_shown, agree_keyboard, listed, missing
from handlers.chat.buttons import pass_on
from handlers.chat.keeping import tell_what_is_kept
from handlers.chat.own_number import number_of
from handlers.chat.payloads import continue_with
from handlers.chat.saying import answer, change, toast
from handlers.chat.waiting import show_what_waits
from handlers.chat.waking import ask_to_wake
from handlers.commands import Verb
from handlers.ground import Config, Dialogs, People, accepts, message_key, microseconds, press_key
from handlers.keyboards import (
    Age,
    Agree,
    Minor,
    Open,
    Speak,
    button,
    keyboard,
    languages,
    main_buttons,
    only_for,
    pressed_message,
    share_contact,
    to_private,
)
from handlers.legal import Library
from handlers.parsing import Asked, WordsAsked
from handlers.texts import LANGUAGES, Fact, Html, Language, Lines, Person, Speaker, Text, _, language_of
from wallet import ids, refusals
from wallet.books import Policy
from wallet.engine import Engine
from wallet.members import ChooseLanguage, DeclareMinor, Joined, Meet, Met, ShareContact, TakeBackMinor
from wallet.protocols import Reads
from wallet.standing import DORMANT
from wallet.text import propose_nickname
from wallet.vault import Vault
from wallet.views import MemberView

JOIN: Final = "join"
"""The gate of the documents that come with joining."""

_NUMBER: Final = re.compile(r"[\s().+＋-]*(?:[0-9０-９][\s().-]*){5,20}")
"""A phone number as people type it."""

_FRIENDLY: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "en": (("Sunny", "Happy", "Brave", "Calm", "Swift", "Gentle", "Lucky", "Merry"),
           ("Otter", "Panda", "Robin", "Maple", "Koala", "Heron", "Clover", "Fox")),
    "zh_CN": (("晴朗的", "快乐的", "勇敢的", "安静的", "轻快的", "温柔的", "幸运的", "悠闲的"),
              ("水獭", "熊猫", "知更鸟", "枫叶", "考拉", "白鹭", "三叶草", "小狐狸")),
}

_AGREE: Final = _("I am 18 or older, and I agree")
_AGREE_MINOR: Final = _("I agree")
_UNDER: Final = _("I am under 18")


def make_router() -> Router:
    """`/start` and the steps behind it."""
    router = Router(name="joining")
    private = F.chat.type == "private"
    answers(router, Verb.START, start, private=True)
    answers(router, Verb.START, start_in_group, private=False)
    router.message.register(take_contact, private, F.contact, is_at_contact, flags=accepts(joined=False))
    router.message.register(take_no_typed_number, private, F.text.regexp(_NUMBER, mode="fullmatch"), is_at_contact,
                            flags=accepts(joined=False))
    router.callback_query.register(choose_language, Speak.filter(), has_not_joined, flags=accepts(joined=False))
    router.callback_query.register(agree, Agree.filter(F.gate == JOIN), is_joining, flags=accepts(joined=False))
    router.callback_query.register(go_on, Open.filter(F.what == "join"), has_not_joined, flags=accepts(joined=False))
    router.callback_query.register(minor, Minor.filter(), is_joining, flags=accepts(joined=False))
    return router


@dataclass(frozen=True, slots=True)
class Guide:
    """What showing a step takes."""

    speaker: Speaker
    library: Library
    policy: Policy
    config: Config
    now: datetime

    def screen(self, member: MemberView) -> tuple[Fact, ReplyMarkupUnion]:
        """What somebody sees at the step where they are."""
        match member.step:
            case "language":
                return _language_screen(self.speaker)
            case "agree":
                return self._agreement_screen(member)
            case "contact":
                return _contact_screen(), share_contact(self.speaker)
            case "minor" | "barred":
                return self.for_minor(member, _("You told me that you are under 18."))
        return self.greeting(member)

    def greeting(self, member: MemberView) -> tuple[Fact, ReplyMarkupUnion]:
        """For somebody whose wallet is open."""
        return (_("Hello, {name}. What would you like to do?", name=Person(member.nickname)),
                main_buttons(self.speaker))

    def for_minor(self, member: MemberView, opening: Text) -> tuple[Fact, InlineKeyboardMarkup]:
        """For somebody under 18: the link for their guardian, and once the way back for a finger that slipped."""
        url = family.url_for(self.config, self.policy, member.id, self.now)
        slip = [button(self.speaker, _("That isn't right"), Minor(said=Age.SLIP))] if member.step == "minor" else []
        return Lines((opening, family.ASK_SOMEBODY, _(
            "As soon as somebody says yes, you hear it here and go on.")), gap="\n\n"), keyboard(
                pass_on(self.speaker, url), slip)

    def expected(self, member: MemberView) -> tuple[Fact, ReplyMarkupUnion | None]:
        """What somebody who is joining is told when they said something else. The agreement is not shown again."""
        match member.step:
            case "agree" if member.minor:
                return _("I am waiting for your answer: please tap “{yes}” under my welcome above. /start shows it "
                         "again.", yes=_AGREE_MINOR), None
            case "agree":
                return _("I am waiting for your answer: please tap “{yes}” or “{no}” under my welcome above. /start "
                         "shows it again.", yes=_AGREE, no=_UNDER), None
            case "contact":
                return (Lines((_("That isn't your phone number, so nothing happened."), _contact_screen()), gap="\n\n"),
                        share_contact(self.speaker))
        return self.screen(member)

    def _agreement_screen(self, member: MemberView) -> tuple[Fact, ReplyMarkupUnion]:
        documents = missing(self.policy.terms, self.library, member.accepted, JOIN, self.now)
        said: list[Fact] = [
            _("<b>Welcome to {brand}</b>\nPeople pay each other here, in the middle of a group chat."),
            *([_play_money()] if self.config.play_money else []),
            listed(documents, self.speaker),
            _("Your guardian said yes. They see what you have and what you pay, and can limit it. By agreeing you "
              "accept the documents above as they stand today.") if member.minor else
            _("To open a wallet by yourself you must be <b>18 or older</b>. By agreeing you say that you are, and "
              "accept the documents above as they stand today.")]
        markup = agree_keyboard(documents, self.library, member.accepted, JOIN, member.telegram_id, self.speaker,
                                _AGREE_MINOR if member.minor else _AGREE)
        if not member.minor:
            markup.inline_keyboard.append([button(self.speaker, _UNDER, Minor(said=Age.UNDER))])
        return Lines(tuple(said), gap="\n\n"), markup

    def welcome(self, member: MemberView) -> Lines:
        """What to do first, once the wallet is open."""
        top_up = _("• “Top up” fills your wallet with play money.") if self.config.play_money else _(
            "• Ask a friend to send you something, or use “Top up”.")
        return Lines((
            _("🎉 <b>Your wallet is open, {name}.</b>", name=Person(member.nickname)), top_up,
            _("• To pay somebody in a group, reply to their message with <code>/send 20 lunch</code>."),
            _("• The first time a payment needs it, you choose a payment PIN.")))


def _language_screen(speaker: Speaker) -> tuple[Fact, ReplyMarkupUnion]:
    # Whoever Telegram presents in the wrong language must be able to read this, so it stands in both.
    both = Html("请选择语言 · Please choose your language")
    return Lines((_("👋 Hello! This is {brand}."), both)), languages(speaker.language)


def _contact_screen() -> Text:
    return _("One step left: your phone number. It keeps a wallet to one person and helps you to get it back. Nobody "
             "else sees it.\n\nPlease tap <b>Share my phone number</b> below. If you don't see the button, tap the "
             "small keyboard sign beside the text field.")


def _play_money() -> Text:
    return _("All amounts here are <b>play money</b>: they are worth nothing outside of it.")


# ----------------------------------------------------------------------------------------------------- steps
async def start(message: Message, asked: Asked, bot: Bot, engine: Engine, reads: Reads, people: People,
                speaker: Speaker, speakers: Mapping[Language, Speaker], library: Library, policy: Policy,
                config: Config, member: MemberView | None, dialogs: Dialogs, now: Callable[[], datetime],
                **others: Any) -> None:
    """`/start [payload]`: begin, go on where one left off, or on to what one came for."""
    person = _sender(message)
    said = asked.argument.words if isinstance(asked.argument, WordsAsked) else ""
    if member is None or member.step:
        await engine.run(Meet(key=message_key(bot.id, message, "meet"), telegram_id=person.id,
                              language=language_of(person.language_code), payload=said))
        member = await reads.member(person.id)
        assert member is not None
    speaker = _speaker_of(member, speakers)
    fresh = await reads.member(person.id)  # The clock puts wallets to sleep, which others hear of later.
    if fresh is not None and fresh.state == DORMANT:
        await ask_to_wake(message, fresh, {**others, "engine": engine}, bot=bot, dialogs=dialogs, speaker=speaker,
                          reads=reads, now=now)
        return
    if member.joined and said:
        data = {**others, "bot": bot, "engine": engine, "reads": reads, "people": people, "speaker": speaker,
                "speakers": speakers, "library": library, "policy": policy, "config": config, "member": member,
                "dialogs": dialogs, "now": now}
        if await continue_with(said, message, data):
            return
    await _tell_what_waits(message, member, reads, people, speaker, now())
    await answer(message, speaker, *Guide(speaker, library, policy, config, now()).screen(member))


async def _tell_what_waits(message: Message, member: MemberView, reads: Reads, people: People, speaker: Speaker,
                           now: datetime) -> None:
    """Whoever comes to claim and has to join first hears why; of what waits for others, nobody hears."""
    word, _gap, rest = member.payload.partition("_")
    if word not in ("claim", "req", "share") or member.step not in ("language", "agree", "contact"):
        return
    number = ids.from_code(rest)
    if word == "share":
        await tell_what_is_kept(message, number, member.telegram_id, reads, people, speaker)
        return
    if word == "req":
        await _tell_who_asks(message, number, member, reads, people, speaker, now)
        return
    view = await reads.hold(number) if number is not None else None
    if view is None or view.beneficiary != member.telegram_id or view.state != "open":
        return
    if view.expires_at > microseconds(now):
        names = await payments.parties([view.payer], people)
        offer = payments.offer(names[view.payer.telegram_id], view.amount, view.note, view.expires_at, view.purpose,
                               view.transfer)
        await answer(message, speaker, Lines((offer, _("Open a wallet and the money is yours."))))


async def _tell_who_asks(message: Message, request: int | None, member: MemberView, reads: Reads, people: People,
                         speaker: Speaker, now: datetime) -> None:
    """The same for whoever was asked for money and comes to pay."""
    view = await reads.request(request) if request is not None else None
    if view is None or view.person != member.telegram_id or view.state != "open":
        return
    if view.expires_at > microseconds(now):
        names = await payments.parties([view.payee], people)
        asked = requests.asked(names[view.payee.telegram_id], view.amount, view.note, view.expires_at)
        await answer(message, speaker, Lines((asked, _("Open a wallet first, then you can pay it."))))


async def start_in_group(message: Message, group_speaker: Speaker, config: Config) -> None:
    """`/start` in a group: what I do, and the way to the private chat."""
    await answer(message, group_speaker, _("I am {brand}: people in this group can send each other money. Open the "
                                           "private chat to get a wallet; /help says more."),
                 to_private(group_speaker, config))


async def show_step(message: Message, member: MemberView, speaker: Speaker, library: Library, policy: Policy,
                    config: Config, now: Callable[[], datetime]) -> None:
    """Show somebody where they are, whatever they said."""
    await answer(message, speaker, *Guide(speaker, library, policy, config, now()).screen(member))


async def show_expected(message: Message, member: MemberView, speaker: Speaker, library: Library, policy: Policy,
                        config: Config, now: Callable[[], datetime]) -> None:
    """Tell somebody who said something else what their step waits for."""
    await answer(message, speaker, *Guide(speaker, library, policy, config, now()).expected(member))


async def take_no_typed_number(message: Message, member: MemberView, speaker: Speaker, library: Library,
                               policy: Policy, config: Config, now: Callable[[], datetime]) -> None:
    """Anybody can type any number: only what Telegram vouches for counts."""
    await answer(message, speaker, _("A number that is typed doesn't count, because only Telegram can tell that it is "
                                     "yours. Please share it with the button."))
    await show_step(message, member, speaker, library, policy, config, now)


async def choose_language(press: CallbackQuery, callback_data: Speak, engine: Engine, reads: Reads,
                          speakers: Mapping[Language, Speaker], library: Library, policy: Policy, config: Config,
                          member: MemberView | None, now: Callable[[], datetime]) -> None:
    """The first step; also for somebody who came back to it later."""
    message = pressed_message(press)
    language = callback_data.language
    if language not in LANGUAGES:
        raise refusals.ButtonStale
    number = member.id if member else await _meet(press, engine, language)
    await engine.run(ChooseLanguage(key=press_key(press, "language"), member=number, language=language))
    await toast(press)
    member = await reads.member(press.from_user.id)
    assert member is not None
    guide = Guide(_speaker_of(member, speakers), library, policy, config, now())
    await _replace(message, guide, member)


async def go_on(press: CallbackQuery, speaker: Speaker, library: Library, policy: Policy, config: Config,
                member: MemberView | None, now: Callable[[], datetime]) -> None:
    """Somebody who was told that they can go on."""
    if member is None:
        raise refusals.ButtonStale
    message = pressed_message(press)
    await toast(press)
    await show_step(message, member, speaker, library, policy, config, now)


async def _meet(press: CallbackQuery, engine: Engine, language: str) -> int:
    """Begin joining for somebody who came by another way than /start."""
    met = await engine.run(Meet(key=press_key(press, "meet"), telegram_id=press.from_user.id, language=language))
    assert isinstance(met, Met)
    return met.member


async def _replace(message: Message, guide: Guide, member: MemberView) -> None:
    """Show the step in a message's place, or below it where it needs a keyboard that an edit cannot bring."""
    said, markup = guide.screen(member)
    if member.step == "contact":
        await change(message, guide.speaker, _("✅ Accepted. Thank you."))
        await answer(message, guide.speaker, said, markup)
    elif isinstance(markup, ReplyKeyboardRemove):
        await change(message, guide.speaker, said)
    else:
        await change(message, guide.speaker, said, markup)  # type: ignore[arg-type]


async def agree(press: CallbackQuery, callback_data: Agree, engine: Engine, reads: Reads,
                speakers: Mapping[Language, Speaker], library: Library, policy: Policy, config: Config,
                member: MemberView, now: Callable[[], datetime]) -> None:
    """*Agree* on the joining screen: the documents on it, and the age."""
    only_for(press, callback_data.presser)
    message = pressed_message(press)
    speaker = _speaker_of(member, speakers)
    left = await accept_shown(press, callback_data, member, engine=engine, library=library, policy=policy,
                              speaker=speaker, now=now())
    await toast(press, speaker.plain(_("The documents were renewed; please look at them again.")) if left else "",
                alert=bool(left))
    member = await reads.member(press.from_user.id) or member
    await _replace(message, Guide(speaker, library, policy, config, now()), member)


async def minor(press: CallbackQuery, callback_data: Minor, engine: Engine, reads: Reads,
                speakers: Mapping[Language, Speaker], library: Library, policy: Policy, config: Config,
                member: MemberView, now: Callable[[], datetime]) -> None:
    """Under 18: kept, and taken back once, after a second question."""
    message, speaker = pressed_message(press), _speaker_of(member, speakers)
    guide = Guide(speaker, library, policy, config, now())
    if callback_data.said == Age.SLIP and member.step == "minor":
        await toast(press)
        await change(message, speaker, _(
            "Earlier you said that you are under 18. Are you really <b>18 or older</b>?\n\nYou can take it back only "
            "once, and both answers stay on record. If it turns out that you are not 18, payments from your wallet "
            "stop."),
            keyboard([button(speaker, _("Yes, I am 18 or older"), Minor(said=Age.OVER))],
                     [button(speaker, _("No, I am under 18"), Minor(said=Age.UNDER))]))
        return
    if callback_data.said == Age.UNDER:
        await engine.run(DeclareMinor(key=press_key(press, "minor"), member=member.id))
    elif callback_data.said == Age.OVER:
        await engine.run(TakeBackMinor(key=press_key(press, "not_minor"), member=member.id))
    await toast(press)
    before, member = member, await reads.member(press.from_user.id) or member
    if (before.step, member.step) == ("agree", "minor"):
        await change(message, speaker, *guide.for_minor(member, _("Thank you for telling the truth.")))
    else:
        await _replace(message, guide, member)


async def take_contact(message: Message, bot: Bot, engine: Engine, reads: Reads, people: People, vault: Vault,
                       speaker: Speaker, speakers: Mapping[Language, Speaker], library: Library, policy: Policy,
                       config: Config, member: MemberView, now: Callable[[], datetime], **others: Any) -> None:
    """The last step: one's own number, and the wallet is open. Refuses `ContactNotYours`, `PhoneInvalid`,
    `PhoneTaken`."""
    person, phone = _sender(message), number_of(message)
    key = vault.new_member_key()
    joined = await engine.run(ShareContact(
        key=message_key(bot.id, message, "contact"), member=member.id, phone_digest=vault.digest("phone", phone),
        sealed_phone=vault.seal_for(key, phone), wrapped_key=key,
        nickname=propose_nickname(person.full_name, friendly_name(speaker.language), config.brand)))
    assert isinstance(joined, Joined)
    member = await reads.member(person.id) or member
    guide = Guide(speaker, library, policy, config, now())
    await answer(message, speaker, _("✅ Thank you."), ReplyKeyboardRemove())
    await answer(message, speaker, guide.welcome(member), main_buttons(speaker))
    data = {**others, "bot": bot, "engine": engine, "reads": reads, "people": people, "vault": vault,
            "speaker": speaker, "speakers": speakers, "library": library, "policy": policy, "config": config,
            "member": member, "now": now}
    if not joined.payload.startswith("claim_"):  # Claiming shows by itself what else waits.
        await show_what_waits(message, reads, people, speaker, member, now())
    await continue_with(joined.payload, message, data)


def friendly_name(language: str) -> str:
    """A nickname for somebody whose own name can't be one. It is no secret, and need not be the only one."""
    firsts, seconds = _FRIENDLY[language]
    gap = " " if language == "en" else ""
    return f"{secrets.choice(firsts)}{gap}{secrets.choice(seconds)}{gap}{secrets.randbelow(900) + 100}"


def _sender(message: Message) -> User:
    assert message.from_user is not None
    return message.from_user


def _speaker_of(member: MemberView, speakers: Mapping[Language, Speaker]) -> Speaker:
    return speakers["zh_CN" if member.language == "zh_CN" else "en"]


async def is_joining(event: Message | CallbackQuery, member: MemberView | None = None) -> bool:
    """Whether somebody has begun to join and is not done."""
    return member is not None and bool(member.step)


async def has_not_joined(event: Message | CallbackQuery, member: MemberView | None = None) -> bool:
    """Whether somebody has no wallet yet, begun or not."""
    return member is None or bool(member.step)


async def is_at_contact(event: Message, member: MemberView | None = None) -> bool:
    """Whether the phone number is what is missing."""
    return member is not None and member.step == "contact"
