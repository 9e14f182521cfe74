"""A group's own settings, for those who administer it: the language, what works there, how its red envelopes are
bounded and protected, and what is cleared away.

Guards: whoever asks and whoever presses is one of its administrators at that moment, which Telegram is asked; a named
one's buttons are theirs alone, and a press changes nothing but what a button of ours offers.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, ChatMemberAdministrator, InlineKeyboardButton, InlineKeyboardMarkup, Message
from pydantic import Field

from handlers.asking import answers
from handlers.chat.saying import answer, change, passing, toast
from handlers.commands import Feature, Verb, declared
from handlers.ground import NOBODY, Config, Groups, accepts, message_key, press_key
from handlers.keyboards import (
    GroupSpeaks,
    button,
    hangs_there,
    keyboard,
    language_in,
    languages,
    only_for,
    pressed_message,
)
from handlers.texts import LANGUAGES, Fact, Language, Lines, Listed, Money, Speaker, Text, _
from wallet import refusals
from wallet.barriers import DRAWN
from wallet.books import Policy
from wallet.engine import Engine
from wallet.groups import FEATURE, LANGUAGE, MoveGroup, SetGroupRule
from wallet.money import Currency
from wallet.views import GroupRulesView

AVERAGES: Final = (1, 5, 20, 50, 100)
"""How much a share may be at most on average, in whole units of the currency, where that is less than everywhere."""
SHARES: Final = (5, 10, 20, 50)
"""How many shares an envelope may have at most, where that is less than everywhere."""
DELAYS: Final = (10, 60, 24 * 60)
"""How many minutes a new account may have to wait."""
TIDY: Final = (1, 24)
"""After how many hours things may be cleared away."""


class GroupPage(CallbackData, prefix="gp"):
    """Opens a page of a group's settings. `presser` is 0 for any of its administrators."""

    page: Annotated[str, Field(max_length=12)]
    presser: int


class GroupRule(CallbackData, prefix="gr"):
    """Chooses something on one of these pages."""

    rule: Annotated[str, Field(max_length=20, pattern="^[a-z._]+$")]
    """The wallet's name of it, with a full stop for its colon."""
    value: Annotated[int, Field(ge=0, lt=2**31)]
    presser: int


def make_router() -> Router:
    """`/group`, `/language` in a group, and their buttons."""
    router = Router(name="group")
    answers(router, Verb.GROUP, show_group)
    answers(router, Verb.LANGUAGE, show_languages, private=False)
    router.callback_query.register(choose_language, GroupSpeaks.filter(), flags=declared(Verb.GROUP))
    router.callback_query.register(open_page, GroupPage.filter(), flags=declared(Verb.GROUP))
    router.callback_query.register(choose, GroupRule.filter(), flags=declared(Verb.GROUP))
    router.message.register(take_rules_along, F.migrate_to_chat_id,
                            flags=accepts(private=False, group=True, joined=False))
    return router


async def show_group(message: Message, bot: Bot, groups: Groups, policy: Policy, config: Config,
                     group_speaker: Speaker) -> None:
    """`/group`, `群设置`."""
    said, markup = await _page("", message, _presser(message), bot, groups, policy, config, group_speaker)
    with passing():
        await answer(message, group_speaker, said, markup)


async def open_page(press: CallbackQuery, callback_data: GroupPage, bot: Bot, groups: Groups, policy: Policy,
                    config: Config, group_speaker: Speaker) -> None:
    """Turn to a page, or back."""
    message = _own(press, callback_data.presser)
    said, markup = await _page(callback_data.page, message, callback_data.presser, bot, groups, policy, config,
                               group_speaker)
    await toast(press)
    await change(message, group_speaker, said, markup)


async def choose(press: CallbackQuery, callback_data: GroupRule, bot: Bot, engine: Engine, groups: Groups,
                 policy: Policy, config: Config, group_speaker: Speaker) -> None:
    """The press of an administrator."""
    message, rule, value = _own(press, callback_data.presser), callback_data.rule.replace(".", ":"), callback_data.value
    page = next((name for name, rules in _offered(policy, config.currency).items() if value in rules.get(rule, ())), "")
    if not page:
        raise refusals.ButtonStale
    await engine.run(SetGroupRule(key=press_key(press, "rule"), administrator=press.from_user.id, chat=message.chat.id,
                                  rule=rule, value=value))
    said, markup = await _page(page, message, callback_data.presser, bot, groups, policy, config, group_speaker)
    await toast(press, group_speaker.plain(_("✅ Changed")))
    await change(message, group_speaker, said, markup)


async def take_rules_along(message: Message, engine: Engine) -> None:
    """The group became another chat, which gets its rules. Telegram says so in both, and either may come first."""
    before = message.migrate_from_chat_id or message.chat.id
    await engine.run(MoveGroup(key=message_key(message.bot.id if message.bot else 0, message, "moved"), before=before,
                               chat=message.migrate_to_chat_id or message.chat.id))


def _own(press: CallbackQuery, presser: int) -> Message:
    """The page under which its owner, or any administrator where nobody owns it, pressed a button that is there."""
    if presser:
        only_for(press, presser)
    if not hangs_there(press):
        raise refusals.ButtonStale
    return pressed_message(press)


def _presser(message: Message) -> int:
    """Whoever asked. Nobody knows who writes in the group's name: then any administrator."""
    person = message.from_user
    return person.id if person is not None and person.id not in NOBODY and message.sender_chat is None else 0


# ------------------------------------------------------------------------------------------------- the language
async def show_languages(message: Message, groups: Groups, group_speaker: Speaker) -> None:
    """`/language` in a group goes straight to it."""
    chosen = await groups.language(message.chat.id)
    with passing():
        await answer(message, group_speaker, _("Which language shall I speak in this group?"),
                     languages(chosen, group=True, presser=_presser(message)))


async def choose_language(press: CallbackQuery, callback_data: GroupSpeaks, engine: Engine, groups: Groups,
                          speakers: Mapping[Language, Speaker]) -> None:
    """The press of an administrator."""
    if callback_data.presser:
        only_for(press, callback_data.presser)
    message, language = pressed_message(press), language_in(callback_data.language)
    await engine.run(SetGroupRule(key=press_key(press, "language"), administrator=press.from_user.id,
                                  chat=message.chat.id, rule=LANGUAGE, value=LANGUAGES.index(language)))
    await groups.set_language(message.chat.id, language)
    await toast(press)
    await change(message, speakers[language], _("✅ From now on I speak English in this group."))


# ---------------------------------------------------------------------------------------------------- the pages
def _offered(policy: Policy, currency: Currency) -> Mapping[str, Mapping[str, Sequence[int]]]:
    """What can be chosen on each page, by rule. 0 is the deployment's own bound, or off."""
    averages = (units * 10**currency.digits for units in AVERAGES)
    return {
        "envelopes": {"average": (*(one for one in averages if one < policy.envelope_average), 0),
                      "shares": (*(one for one in SHARES if one < policy.envelope_shares), 0)},
        "features": {f"{FEATURE}{feature.value}": (0, 1) for feature in Feature},
        "protection": {"question": (0, 1, DRAWN), "delay": (0, *DELAYS)},
        "tidy": {"tidy": (0, *TIDY)},
    }


async def _page(page: str, message: Message, presser: int, bot: Bot, groups: Groups, policy: Policy, config: Config,
                speaker: Speaker) -> tuple[Fact, InlineKeyboardMarkup]:
    """A page's words and buttons. An unknown one is the first."""
    rules = await groups.rules(message.chat.id)
    if page not in _PAGES:
        said = Lines((_("⚙️ <b>Settings of this group</b>"),
                      _("Language: {language}", language="中文" if speaker.language == "zh_CN" else "English"),
                      *_overview(rules, policy), await _hearing(bot, message.chat.id),
                      _("Only its administrators can change them.")))
        chosen = languages(await groups.language(message.chat.id), group=True, presser=presser).inline_keyboard
        doors = [button(speaker, label, GroupPage(page=name, presser=presser))
                 for name, (label, _words) in _PAGES.items()]
        return said, keyboard(*chosen, doors[:2], doors[2:])
    label, words = _PAGES[page]
    rows = [row for rule, values in _offered(policy, config.currency)[page].items()
            for row in _choices(rule, values, rules, policy, presser, speaker)]
    back = button(speaker, _("‹ Back"), GroupPage(page="", presser=presser))
    return Lines((label, words), "\n\n"), keyboard(*rows, [back])


_PAGES: Final[Mapping[str, tuple[Text, Text]]] = {
    "envelopes": (_("🧧 <b>Red envelopes</b>"), _(
        "How much a share may be at most on average, and how many shares an envelope may have at most. Envelopes that "
        "are there already stay as they are.")),
    "features": (_("🧩 <b>What works here</b>"), _(
        "Whoever asks here for something that is switched off is told so; in private it works as before.")),
    "protection": (_("🛡 <b>Protection</b>"), _(
        "Against machines that grab red envelopes: a small question before a share opens, in words or in a picture "
        "(whoever can't see it may have it in words), and a wait for wallets that were opened only just now.")),
    "tidy": (_("🧹 <b>Clean-up</b>"), _(
        "My short answers here, which nobody needs later, I can delete after a time. Receipts and red envelopes "
        "stay, and so does what others write.")),
}
"""The heading of each page, which is also what its button says, and what stands on it."""


def _overview(rules: GroupRulesView, policy: Policy) -> Sequence[Text]:
    on = [feature.called for feature in Feature if feature.value not in rules.off]
    average = min(policy.envelope_average, rules.average or policy.envelope_average)
    shares = min(policy.envelope_shares, rules.shares or policy.envelope_shares)
    return (
        _("Works here: everything") if len(on) == len(Feature) else
        _("Works here: {features}", features=Listed(tuple(on))) if on else _("Works here: nothing about money"),
        _("Red envelopes: at most {shares} shares, on average at most {average} each", shares=shares,
          average=Money(average)),
        _("Question before a share opens: {answer}", answer=_QUESTIONS[rules.question]),
        _("New wallets wait: {time}", time=_minutes(rules.delay)),
        _("Delete my short answers: {time}", time=_hours(rules.tidy)))


def _choices(rule: str, values: Sequence[int], rules: GroupRulesView, policy: Policy, presser: int, speaker: Speaker
             ) -> Sequence[Sequence[InlineKeyboardButton]]:
    """The buttons of one rule, the chosen one ticked; a switch is one button that turns it."""
    name = rule.replace(":", ".")
    if tuple(values) == (0, 1):
        is_on = rule.removeprefix(FEATURE) not in rules.off
        said = f"{'✅' if is_on else '◻️'} {speaker.plain(Feature(rule.removeprefix(FEATURE)).called)}"
        return [[button(speaker, said, GroupRule(rule=name, value=0 if is_on else 1, presser=presser))]]
    known: int = getattr(rules, rule)
    buttons = [button(speaker, ("✓ " if value == known else "") + speaker.plain(_value(rule, value, policy)),
                      GroupRule(rule=name, value=value, presser=presser)) for value in values]
    return [buttons[start:start + 3] for start in range(0, len(buttons), 3)]


def _value(rule: str, value: int, policy: Policy) -> Fact:
    if rule == "average":
        return _("up to {amount}", amount=Money(value or policy.envelope_average))
    if rule == "shares":
        return _("up to {n} share", "up to {n} shares", n=value or policy.envelope_shares)
    if rule == "question":
        return _QUESTION_BUTTONS[value]
    if rule == "delay":
        return _minutes(value) if value else _("No wait")
    return _hours(value)


_QUESTIONS: Final = (_("off"), _("in words"), _("in a picture"))
_QUESTION_BUTTONS: Final = (_("No question"), _("Question in words"), _("Question in a picture"))
"""Both by the number of the rule."""


def _minutes(value: int) -> Text:
    if not value:
        return _("no")
    if value < 60:
        return _("{n} minute", "{n} minutes", n=value)
    return _("{n} hour", "{n} hours", n=value // 60)


def _hours(value: int) -> Text:
    return _("after {n} hour", "after {n} hours", n=value) if value else _("never")


async def _hearing(bot: Bot, chat: int) -> Text:
    """Whether people are heard here who don't type commands; it is no setting of ours, but people look for it here."""
    try:
        hears_all = ((await bot.me()).can_read_all_group_messages
                     or isinstance(await bot.get_chat_member(chat, bot.id), ChatMemberAdministrator))
    except TelegramAPIError:
        return _("Plain words such as <code>转账 @bob 20</code>: I can't tell just now whether I hear them here")
    if hears_all:
        return _("Plain words such as <code>转账 @bob 20</code>: I hear them here")
    return _("Plain words such as <code>转账 @bob 20</code>: I don't hear them here. Make me an administrator, or "
             "switch my privacy mode off, if you want me to.")
