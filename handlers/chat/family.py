"""`/family`, and the way to a guardian: what a minor and whoever answers for them see, and what the latter decides.

Guards: whose ward somebody is the wallet knows, and no button says; a ward's movements are shown only after the
wallet's rows said that whoever looks answers for them. Making something looser takes the guardian's own PIN.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers import family, payments
from handlers.asking import InDialog, answers
from handlers.chat import buttons
from handlers.chat.buttons import AN_AMOUNT, THE_CHOICES, GuardWord, OtherGuardian, WardAct, WardButton, WardCap
from handlers.chat.keypad import Purpose
from handlers.chat.payloads import payload
from handlers.chat.pin import act, ask_pin
from handlers.chat.saying import answer, change, toast
from handlers.chat.wallet import labelled
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, People, message_key, microseconds, press_key
from handlers.keyboards import Open, button, keyboard, pressed_message
from handlers.parsing import amount_said
from handlers.refusals import about_amount
from handlers.texts import Fact, Lines, Money, Person, Speaker, _
from wallet import refusals
from wallet.books import Policy
from wallet.engine import Engine
from wallet.family import LEVEL, STOPPED, BecomeGuardian, DecideForWard, DeclineWard, LeaveGuardian, is_over, most_of
from wallet.limits import level_of
from wallet.money import AmountReason, AmountRefused
from wallet.protocols import Reads
from wallet.views import MemberView, WardView

DIALOG: Final = "ward_cap"
"""The kind of the dialog that asks for an amount."""
ANSWER: Final = "answer_for"
"""What the PIN is asked for when somebody accepts to answer for a minor."""
LOOSEN: Final = "loosen_ward"
"""And when they allow more."""
CHOICES: Final = {"payment": (20, 50, 100, 200), "day": (50, 100, 200, 500), "month": (200, 500, 1_000, 2_000)}
"""Caps to choose from, in whole units of the currency."""
MOST_LATELY: Final = 10
"""So many movements stand on a ward's card."""


def make_router() -> Router:
    """`/family`, its buttons, and the answer to a minor's link."""
    router = Router(name="family")
    answers(router, Verb.FAMILY, show_family)
    router.message.register(name_cap, InDialog(DIALOG), F.text, flags=declared(Verb.FAMILY))
    press = router.callback_query.register
    press(open_family, Open.filter(F.what == "family"), flags=declared(Verb.FAMILY))
    press(answer_minor, GuardWord.filter(), flags=declared(Verb.FAMILY))
    press(act_for_ward, WardButton.filter(), flags=declared(Verb.FAMILY))
    press(cap, WardCap.filter(), flags=declared(Verb.FAMILY))
    press(want_another, OtherGuardian.filter(), flags=declared(Verb.FAMILY))
    return router


# -------------------------------------------------------------------------------------------------- the screens
async def show_family(message: Message, reads: Reads, people: People, policy: Policy, config: Config, speaker: Speaker,
                      member: MemberView, now: Callable[[], datetime]) -> None:
    """`/family`, `亲属`."""
    own = await reads.ward(member.id)
    if own is not None:
        await answer(message, speaker, *await _own(own, people, policy, config, speaker, now()))
        return
    wards = await reads.wards(member.id)
    if len(wards) == 1:
        await answer(message, speaker, *await _card(wards[0], reads, people, speaker))
    elif wards:
        names = await payments.sides([view.party for view in wards], people)
        await answer(message, speaker, _("👪 For whom you answer:"), keyboard(
            *([button(speaker, names[view.party], WardButton(act=WardAct.SHOW, ward=view.party.member))]
              for view in wards)))
    else:
        await answer(message, speaker, _(
            "👪 You answer for nobody under 18. Somebody who wants you as their guardian sends you a link: they get it "
            "when they open a wallet and say that they are under 18."))


async def open_family(press: CallbackQuery, reads: Reads, people: People, policy: Policy, config: Config,
                      speaker: Speaker, member: MemberView, now: Callable[[], datetime]) -> None:
    """The same, by a button."""
    message = pressed_message(press)
    await toast(press)
    await show_family(message, reads, people, policy, config, speaker, member, now)


async def _own(view: WardView, people: People, policy: Policy, config: Config, speaker: Speaker, now: datetime
               ) -> tuple[Fact, InlineKeyboardMarkup]:
    if view.guardian is None:
        url = family.url_for(config, policy, view.party.member, now)
        return family.own(view, None), keyboard(buttons.pass_on(speaker, url))
    names = await payments.sides([view.guardian], people)
    return family.own(view, names[view.guardian]), buttons.other_guardian(speaker, sure=False)


async def _card(view: WardView, reads: Reads, people: People, speaker: Speaker
                ) -> tuple[Fact, InlineKeyboardMarkup]:
    """A ward's card, for whoever answers for them: `reads.wards` said so."""
    ward = view.party.member
    balance = await reads.balance(ward)
    lately = await labelled((await reads.history(ward, limit=MOST_LATELY)).lines, people)
    said = family.card(view, await _named(view, people), balance.available, [line for _transfer, line in lately])
    return said, buttons.about_ward(speaker, ward, stopped=view.stopped)


async def _named(view: WardView, people: People) -> Person:
    return (await payments.sides([view.party], people))[view.party]


async def _ward_of(member: MemberView, ward: int, reads: Reads) -> WardView:
    """Somebody's own ward. Refuses `GuardianUnknown`."""
    for view in await reads.wards(member.id):
        if view.party.member == ward:
            return view
    raise refusals.GuardianUnknown


# ----------------------------------------------------------------------------------------- answering a minor's link
@payload(family.WORD)
async def ask_guardian(message: Message, rest: str, reads: Reads, people: People, policy: Policy, speaker: Speaker,
                       member: MemberView, now: Callable[[], datetime]) -> None:
    """Somebody opened a minor's link: who asks, and what they take on. The wallet checks all of it again."""
    link = family.read(rest, policy)
    if link is None:
        raise refusals.GuardianUnknown
    if link.ward == member.id:
        raise refusals.OwnGuardian
    view = await reads.ward(link.ward)
    if view is None or view.guardian is not None:
        raise refusals.GuardedAlready
    if is_over(link.until, microseconds(now()), view.since):
        raise refusals.GuardianLinkOver
    if member.minor:
        raise refusals.GuardianNotAllowed
    if level_of(policy, member) < LEVEL:
        await answer(message, speaker, _(
            "Somebody under 18 asks you to answer for them. A guardian's identity is verified first: please do that "
            "now and then open the link again."), keyboard([
                button(speaker, _("Verify who you are"), Open(what="verify"))]))
        return
    seen = (await people.by_ids((view.party.telegram_id,))).get(view.party.telegram_id)
    name = payments.exactly(payments.person(view.party.nickname, seen), seen.username if seen else "")
    await answer(message, speaker, Lines((
        _("👪 <b>{name} is under 18 and asks you to be their guardian.</b>", name=name),
        _("Say yes only if you know them and answer for them: as their mother or father, or by law. You accept the "
          "agreements for them, see what they have and pay, and can limit or stop their payments with /family. Their "
          "money stays theirs. You can end it at any time; then nothing of theirs goes out until somebody else answers "
          "for them."), _("It takes your PIN.")), gap="\n\n"),
        buttons.answer_minor(speaker, link.ward, link.until, link.seal))


async def answer_minor(press: CallbackQuery, callback_data: GuardWord, bot: Bot, engine: Engine, dialogs: Dialogs,
                       reads: Reads, people: People, speaker: Speaker, member: MemberView,
                       now: Callable[[], datetime], **others: Any) -> None:
    """Yes or no. Refuses what `BecomeGuardian` and `DeclineWard` refuse."""
    message, asked = pressed_message(press), callback_data
    if not asked.yes:
        await engine.run(DeclineWard(key=f"ward:{asked.ward}:declined:{asked.until}:{member.id}", guardian=member.id,
                                     ward=asked.ward, until=asked.until, seal=asked.seal))
        await toast(press)
        await change(message, speaker, _("You don't answer for them. They are told, and can ask somebody else."))
        return
    try:
        await engine.run(BecomeGuardian(key=press_key(press, "guardian"), guardian=member.id, ward=asked.ward,
                                        until=asked.until, seal=asked.seal))
    except (refusals.PinNeeded, refusals.PinNotSet):
        await toast(press)
        await ask_pin({"act": ANSWER, "ward": asked.ward, "until": asked.until, "seal": asked.seal},
                      _("You become their guardian."), {**others, "engine": engine, "people": people}, member=member,
                      bot=bot, dialogs=dialogs, speaker=speaker, reads=reads, now=now)


@act(ANSWER)
async def become_guardian(press: CallbackQuery, message: Message, purpose: Purpose, pin_version: int, engine: Engine,
                          reads: Reads, people: People, speaker: Speaker, member: MemberView) -> None:
    """The PIN was right."""
    ward, until = purpose["ward"], purpose["until"]
    assert isinstance(ward, int)
    assert isinstance(until, int)
    await engine.run(BecomeGuardian(key=press_key(press, "act"), guardian=member.id, ward=ward, until=until,
                                    seal=str(purpose["seal"]), pin_version=pin_version))
    name = await _named(await _ward_of(member, ward, reads), people)
    await change(message, speaker, _("✅ You answer for {name} now. They are told, and can go on. /family shows what "
                                     "they pay, and limits it.", name=name), buttons.family(speaker))


# --------------------------------------------------------------------------------------------------- deciding
async def act_for_ward(press: CallbackQuery, callback_data: WardButton, bot: Bot, engine: Engine, dialogs: Dialogs,
                       reads: Reads, people: People, speaker: Speaker, member: MemberView,
                       now: Callable[[], datetime], **others: Any) -> None:
    """Show a ward, stop or allow their payments, or answer for them no longer."""
    message = pressed_message(press)
    view = await _ward_of(member, callback_data.ward, reads)
    ward, name = view.party.member, await _named(view, people)
    await toast(press)
    match callback_data.act:
        case WardAct.SHOW:
            await change(message, speaker, *await _card(view, reads, people, speaker))
        case WardAct.STOP | WardAct.ALLOW:
            value = 1 if callback_data.act is WardAct.STOP else 0
            said = await _decide(press_key(press, "ward"), view, STOPPED, value, name,
                                 {**others, "people": people}, bot=bot, engine=engine, dialogs=dialogs, reads=reads,
                                 speaker=speaker, member=member, now=now)
            if said is not None:
                await change(message, speaker, said, buttons.about_ward(speaker, ward, stopped=bool(value)))
        case WardAct.ASK_LEAVE:
            await change(message, speaker, _(
                "Answer for {name} no longer? From then on nothing goes out of their wallet until somebody else "
                "answers for them, or they are 18. What they have stays theirs.", name=name),
                         buttons.leave_ward(speaker, ward))
        case WardAct.LEAVE:
            await engine.run(LeaveGuardian(key=press_key(press, "leave"), member=member.id, ward=ward))
            await change(message, speaker, _("You no longer answer for {name}. They are told, and nothing goes out of "
                                             "their wallet until somebody else does.", name=name))


async def cap(press: CallbackQuery, callback_data: WardCap, bot: Bot, engine: Engine, dialogs: Dialogs, reads: Reads,
              people: People, policy: Policy, config: Config, speaker: Speaker, member: MemberView,
              now: Callable[[], datetime], **others: Any) -> None:
    """What may be chosen, one of the choices, or the wish to name an amount."""
    message, what, limit = pressed_message(press), callback_data.what, callback_data.limit
    view = await _ward_of(member, callback_data.ward, reads)
    name = await _named(view, people)
    await toast(press)
    if limit == THE_CHOICES:
        unit = 10**config.currency.digits
        choices = [choice * unit for choice in CHOICES[what] if choice * unit <= most_of(policy, what)]
        await answer(message, speaker, _WHAT[what](name),
                     buttons.caps(speaker, view.party.member, what, choices, getattr(view, what)))
    elif limit == AN_AMOUNT:
        await dialogs.put(member.telegram_id, {"kind": DIALOG, "ward": view.party.member, "what": what})
        await answer(message, speaker, _("Please send me the amount, such as 80. The most is {most}. /cancel leaves it "
                                         "as it is.", most=Money(most_of(policy, what))))
    else:
        said = await _decide(press_key(press, "ward"), view, what, limit, name,
                             {**others, "people": people, "config": config, "policy": policy}, bot=bot, engine=engine,
                             dialogs=dialogs, reads=reads, speaker=speaker, member=member, now=now)
        if said is not None:
            await change(message, speaker, said, buttons.family(speaker))


_WHAT: Final[Mapping[str, Callable[[Person], Fact]]] = {
    "payment": lambda name: _("How much may one payment of {name} be at most? Lower than now holds at once; higher "
                              "takes your PIN.", name=name),
    "day": lambda name: _("How much may {name} pay in a day at most? Lower than now holds at once; higher takes your "
                          "PIN.", name=name),
    "month": lambda name: _("How much may {name} pay in a month at most? Lower than now holds at once; higher takes "
                            "your PIN.", name=name),
}


async def name_cap(message: Message, dialog: Mapping[str, Any], bot: Bot, engine: Engine, dialogs: Dialogs,
                   reads: Reads, people: People, config: Config, speaker: Speaker, member: MemberView,
                   now: Callable[[], datetime], **others: Any) -> None:
    """An amount of one's own."""
    try:
        limit = amount_said(message.text or "", config.currency)
    except AmountRefused as refused:
        if refused.reason is not AmountReason.ZERO:
            await answer(message, speaker, about_amount(refused))
            return
        limit = 0
    ward = dialog["ward"]
    assert isinstance(ward, int)
    view = await _ward_of(member, ward, reads)
    said = await _decide(message_key(bot.id, message, "ward"), view, str(dialog["what"]), limit,
                         await _named(view, people), {**others, "people": people, "config": config}, bot=bot,
                         engine=engine, dialogs=dialogs, reads=reads, speaker=speaker, member=member, now=now)
    if said is not None:
        await dialogs.drop(member.telegram_id)
        await answer(message, speaker, said, buttons.family(speaker))


async def _decide(key: str, view: WardView, what: str, value: int, name: Person, data: Mapping[str, Any], *, bot: Bot,
                  engine: Engine, dialogs: Dialogs, reads: Reads, speaker: Speaker, member: MemberView,
                  now: Callable[[], datetime]) -> Fact | None:
    """Decide it, and what to say; or ask for the PIN first. Refuses what `DecideForWard` refuses."""
    ward = view.party.member
    try:
        await engine.run(DecideForWard(key=key, guardian=member.id, ward=ward, what=what, value=value))
    except (refusals.PinNeeded, refusals.PinNotSet):
        await ask_pin({"act": LOOSEN, "ward": ward, "what": what, "value": value},
                      family.to_be_decided(what, value, name), {**data, "engine": engine}, member=member, bot=bot,
                      dialogs=dialogs, speaker=speaker, reads=reads, now=now)
        return None
    return family.decided(what, value, name)


@act(LOOSEN)
async def loosen(press: CallbackQuery, message: Message, purpose: Purpose, pin_version: int, engine: Engine,
                 reads: Reads, people: People, speaker: Speaker, member: MemberView) -> None:
    """The PIN was right."""
    ward, what, value = purpose["ward"], str(purpose["what"]), purpose["value"]
    assert isinstance(ward, int)
    assert isinstance(value, int)
    name = await _named(await _ward_of(member, ward, reads), people)
    await engine.run(DecideForWard(key=press_key(press, "act"), guardian=member.id, ward=ward, what=what, value=value,
                                   pin_version=pin_version))
    await change(message, speaker, family.decided(what, value, name), buttons.family(speaker))


# ------------------------------------------------------------------------------------------- from the minor's side
async def want_another(press: CallbackQuery, callback_data: OtherGuardian, engine: Engine, reads: Reads,
                       people: People, policy: Policy, config: Config, speaker: Speaker, member: MemberView,
                       now: Callable[[], datetime]) -> None:
    """A minor wants somebody else to answer for them."""
    message = pressed_message(press)
    if not callback_data.sure:
        await toast(press)
        await change(message, speaker, _(
            "Shall somebody else answer for you? Your guardian is told. From then on nothing goes out of your wallet "
            "until the other one says yes; what you have stays yours."), buttons.other_guardian(speaker, sure=True))
        return
    await engine.run(LeaveGuardian(key=press_key(press, "leave"), member=member.id, ward=member.id))
    await toast(press)
    view = await reads.ward(member.id)
    assert view is not None
    await change(message, speaker, *await _own(view, people, policy, config, speaker, now()))
