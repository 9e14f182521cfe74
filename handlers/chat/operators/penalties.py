"""`/warn`, `/restrict`, `/freeze`, `/ban` and how they are lifted, typed or by buttons.

Guards: who is meant is shown, by name and number, and confirmed before anything is decided, unless they were pointed at
and it is no ban: a name may have changed hands. What is asked belongs to the operator who began it, and the wallet
decides whether they may. The note is for operators alone.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Final

from aiogram import Bot, Router
from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from pydantic import Field

from handlers import payments
from handlers import penalties as said_of
from handlers.asking import answers
from handlers.chat.cards import Cards
from handlers.chat.operators.saying_so import ways_to_say
from handlers.chat.operators.signing import propose, propose_as
from handlers.chat.operators.whom import person_meant
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, People, Phones, message_key, microseconds, new_token, press_key
from handlers.keyboards import button, hangs_there, keyboard, only_for, pressed_message
from handlers.legal import Library
from handlers.parsing import Asked, CodeAsked, Mentioned, PersonAsked, Replied
from handlers.parsing.penalties import penalty_said
from handlers.texts import Code, Fact, Lines, Speaker, Text, _
from wallet import refusals
from wallet.engine import Engine
from wallet.for_ever import BanDeed, UnbanDeed
from wallet.penalties import MOST_HOURS, REASONS, Lift, Lifted, Penalise, Penalised, sort_of
from wallet.proposals import Deed
from wallet.protocols import OperatorReads, Reads
from wallet.rows import LIMITED, WARNING
from wallet.standing import BANNED, DIRECTIONS, FROZEN
from wallet.views import MemberView, PenaltyView

DIALOG: Final = "penalty"
"""The kind of the dialog that keeps what an operator is deciding."""
KINDS: Final[Mapping[Verb, tuple[str, bool]]] = {
    Verb.WARN: (WARNING, False), Verb.RESTRICT: (LIMITED, False), Verb.FREEZE: (FROZEN, False),
    Verb.UNFREEZE: (FROZEN, True), Verb.BAN: (BANNED, False), Verb.UNBAN: (BANNED, True)}
"""What each command decides, and whether it lifts that."""
WEEK: Final = 7 * 24
UNLESS_SAID: Final[Mapping[str, int]] = {WARNING: 0, LIMITED: WEEK, FROZEN: 0, BANNED: WEEK}
"""For how many hours it is where nothing was said; 0 for ever."""
OFFERED: Final = (24, WEEK, 30 * 24, 0)
"""Hours to choose from."""
TIMES: Final[Mapping[int, Text]] = {
    24: _("1 day"), WEEK: _("7 days"), 30 * 24: _("30 days"), 0: _("For ever")}
LABELS: Final[Mapping[str, Text]] = {
    "sending": _("Sending"), "receiving": _("Receiving"), "envelopes": _("Red envelopes")}


class StepButton(CallbackData, prefix="pn"):
    """Answers what an operator is asked while they decide. `presser` is who began."""

    token: Annotated[str, Field(max_length=22)]
    said: Annotated[str, Field(max_length=17)]
    """The sign of what it answers, and the answer."""
    presser: int


class BeginButton(CallbackData, prefix="pd"):
    """Begins to decide about somebody who stands on a card. `presser` is for whom the card is."""

    person: Annotated[int, Field(gt=0, lt=2**53)]
    what: Annotated[str, Field(max_length=10)]
    """A kind, or what is to be lifted behind a minus."""
    presser: int


@dataclass(slots=True)
class Wish:
    """What an operator is deciding, as far as it is known."""

    token: str
    kind: str
    lifts: bool
    person: int = 0
    direction: str = ""
    reason: str = ""
    hours: int = -1
    """0 for ever; -1 where it has yet to be asked."""
    note: str = ""
    sides: tuple[int, ...] = ()
    """Whom it may be about, where a receipt was named."""

    @property
    def sort(self) -> str:
        """As what it is in force."""
        return sort_of(self.kind, self.direction)

    @property
    def step(self) -> str:
        """The sign of what has to be asked next."""
        if not self.person:
            return "p"
        if self.kind == LIMITED and not self.direction:
            return "d"
        if not self.lifts and not self.reason:
            return "r"
        return "h" if not self.lifts and self.hours < 0 else "y"

    def takes(self, said: str) -> bool:
        """Take the answer to what was asked; false for what is none."""
        if not said or said[0] != self.step:
            return False
        answered = said[1:]
        match self.step:
            case "p":
                self.person = next((side for side in self.sides if str(side) == answered), 0)
                return bool(self.person)
            case "d":
                self.direction = answered if answered in DIRECTIONS else ""
                return bool(self.direction)
            case "r":
                self.reason = answered if answered in REASONS else ""
                return bool(self.reason)
            case "h":
                self.hours = next((hours for hours in OFFERED if str(hours) == answered), -1)
                return self.hours >= 0
        return answered == "es"


@dataclass(frozen=True, slots=True)
class Desk:
    """What deciding stands on."""

    engine: Engine
    reads: Reads
    people: People
    dialogs: Dialogs
    library: Library
    speaker: Speaker
    now: datetime
    operator: int

    async def put(self, wish: Wish) -> None:
        """Keep what is being decided."""
        await self.dialogs.put(self.operator, {"kind": DIALOG, "wish": asdict(wish)})

    async def meant(self, person: int) -> tuple[MemberView, Fact]:
        """Whom it is about, and how they are shown. Refuses `PersonUnknown`."""
        member = await self.reads.member(person)
        if member is None or not member.joined:
            raise refusals.PersonUnknown(str(person))
        seen = (await self.people.by_ids((person,))).get(person)
        return member, payments.exactly(payments.person(member.nickname, seen), seen.username if seen else "")


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="penalties")
    for verb in KINDS:
        answers(router, verb, decide)
    # Whoever may ban may decide all of it; the wallet looks again.
    router.callback_query.register(begin, BeginButton.filter(), flags=declared(Verb.BAN))
    router.callback_query.register(go_on, StepButton.filter(), flags=declared(Verb.BAN))
    return router


# ------------------------------------------------------------------------------------------------- the ways in
async def decide(message: Message, asked: Asked, bot: Bot, engine: Engine, dialogs: Dialogs,
                 operator_reads: OperatorReads, reads: Reads, people: People, phones: Phones, library: Library,
                 speaker: Speaker, config: Config, cards: Cards, member: MemberView | None,
                 now: Callable[[], datetime]) -> None:
    """`/ban @bob fraud 7d note`, `/restrict @bob sending fraud`, `/unban @bob`, and as replies."""
    assert message.from_user is not None
    desk = Desk(engine, reads, people, dialogs, library, speaker, message.date, message.from_user.id)
    wish = _typed(asked)
    if wish is None or not isinstance(asked.argument, PersonAsked):
        await answer(message, speaker, _usage(asked.verb))
        return
    who = asked.argument.who
    if isinstance(who, CodeAsked):
        sides = await operator_reads.sides(desk.operator, who.number)
        if not sides:
            raise refusals.PersonUnknown(who.code)
        wish.sides = tuple(side.telegram_id for side in sides)
    else:
        wish.person = (await person_meant(message, asked.argument, people, reads, phones, config)).telegram_id
    pointed = isinstance(who, Replied | Mentioned)
    if wish.step != "y" or not pointed or (wish.kind == BANNED and not wish.lifts):
        await answer(message, speaker, *await _asked(wish, desk))
    elif (deed := await _deed(wish, desk, operator_reads)) is not None:
        await propose(message, deed, cards, dialogs, speaker, member, now)
    else:
        key = message_key(bot.id, message, "penalty")
        await answer(message, speaker, *await _carried_out(wish, key, desk, operator_reads))


def _typed(asked: Asked) -> Wish | None:
    """What a command asks for; nothing where it can't be read."""
    kind, lifts = KINDS[asked.verb]
    if lifts:
        return Wish(new_token(), kind, lifts=True)
    words = asked.argument.words if isinstance(asked.argument, PersonAsked) else ""
    said = penalty_said(words, limits=kind == LIMITED, timed=kind != WARNING)
    if said is None:
        return None
    hours = said.hours if said.hours is not None else UNLESS_SAID[kind] if said.reason or kind == WARNING else -1
    return Wish(new_token(), kind, lifts=said.off, direction=said.direction, reason=said.reason, hours=hours,
                note=said.note)


async def begin(press: CallbackQuery, callback_data: BeginButton, engine: Engine, dialogs: Dialogs, reads: Reads,
                people: People, library: Library, speaker: Speaker, now: Callable[[], datetime]) -> None:
    """A button on somebody's card."""
    only_for(press, callback_data.presser)
    what, lifts = callback_data.what.lstrip("-"), callback_data.what.startswith("-")
    if not hangs_there(press) or what not in (WARNING, LIMITED, FROZEN, BANNED, *(DIRECTIONS if lifts else ())):
        raise refusals.ButtonStale
    kind, direction = (LIMITED, what) if what in DIRECTIONS else (what, "")
    wish = Wish(new_token(), kind, lifts, callback_data.person, direction, hours=0 if kind == WARNING else -1)
    desk = Desk(engine, reads, people, dialogs, library, speaker, now(), press.from_user.id)
    said, markup = await _asked(wish, desk)
    await toast(press)
    await answer(pressed_message(press), speaker, said, markup)


async def go_on(press: CallbackQuery, callback_data: StepButton, engine: Engine, dialogs: Dialogs, reads: Reads,
                operator_reads: OperatorReads, people: People, library: Library, speaker: Speaker, cards: Cards,
                member: MemberView | None, now: Callable[[], datetime]) -> None:
    """An answer to what was asked, or the last word."""
    only_for(press, callback_data.presser)
    dialog, message = await dialogs.get(press.from_user.id), pressed_message(press)
    if not hangs_there(press) or dialog is None or dialog.get("kind") != DIALOG:
        raise refusals.ButtonStale
    wish = Wish(**dialog["wish"])
    if wish.token != callback_data.token:
        raise refusals.ButtonStale
    if callback_data.said == "no":
        await dialogs.drop(press.from_user.id)
        await toast(press)
        await change(message, speaker, _("Cancelled. Nothing was decided, and no money moved."))
        return
    decides = wish.step == "y"
    if not wish.takes(callback_data.said):
        raise refusals.ButtonStale
    desk = Desk(engine, reads, people, dialogs, library, speaker, now(), press.from_user.id)
    if not decides:
        said, markup = await _asked(wish, desk)
    elif (deed := await _deed(wish, desk, operator_reads)) is not None:
        await dialogs.drop(press.from_user.id)  # Before the keypad, which is one, too.
        await propose_as(message, press.from_user, press_key(press, "penalty"), deed, cards, dialogs, speaker, member,
                         now)
        said, markup = _question(wish, (await desk.meant(wish.person))[1], desk), None
    else:
        said, markup = await _carried_out(wish, press_key(press, "penalty"), desk, operator_reads)
        await dialogs.drop(press.from_user.id)
    await toast(press)
    await change(message, speaker, said, markup)


# ------------------------------------------------------------------------------------------------- deciding
async def _deed(wish: Wish, desk: Desk, operator_reads: OperatorReads) -> Deed | None:
    """What two operators have to sign: a ban for ever, or lifting one. None for what one decides."""
    if wish.kind != BANNED:
        return None
    member, _name = await desk.meant(wish.person)
    if not wish.lifts:
        return None if wish.hours else BanDeed(member.id, wish.person, wish.reason, wish.note)
    in_force, _before = await operator_reads.penalties(desk.operator, member.id)
    for_ever = any(view.kind == BANNED and not view.until for view in in_force)
    return UnbanDeed(member.id, wish.person) if for_ever else None


async def _carried_out(wish: Wish, key: str, desk: Desk, operator_reads: OperatorReads
                       ) -> tuple[Fact, InlineKeyboardMarkup | None]:
    """Decide it, and say so."""
    member, name = await desk.meant(wish.person)
    if wish.lifts:
        lifted = await desk.engine.run(Lift(key=key, operator=desk.operator, person=wish.person, member=member.id,
                                            kind=wish.kind, direction=wish.direction))
        assert isinstance(lifted, Lifted)
        told = await operator_reads.announced_in(desk.operator, lifted.penalty)
        return said_of.LIFTED[wish.sort](name), ways_to_say(lifted, desk.operator, desk.speaker) if told else None
    assert 0 <= wish.hours <= MOST_HOURS
    decided = await desk.engine.run(Penalise(
        key=key, operator=desk.operator, person=wish.person, member=member.id, kind=wish.kind,
        direction=wish.direction, reason=wish.reason, note=wish.note, hours=wish.hours))
    assert isinstance(decided, Penalised)
    lines: list[Fact] = [said_of.DECIDED[wish.sort](name)]
    if wish.kind != WARNING:
        lines.append(said_of.lasts(decided.until))
    lines += [*_reason(wish, desk), _("They were told, with the clause and the way to appeal.")]
    return Lines(tuple(lines)), ways_to_say(decided, desk.operator, desk.speaker)


def _reason(wish: Wish, desk: Desk) -> list[Fact]:
    """The clause and the note."""
    document = said_of.agreement_at(desk.library, microseconds(desk.now))
    said: list[Fact] = [_("Reason: {clause}", clause=said_of.clause_called(document, wish.reason, desk.speaker))]
    if wish.note:
        said.append(_("Note, for operators alone: {note}", note=payments.plainly(wish.note)))
    return said


async def _asked(wish: Wish, desk: Desk) -> tuple[Fact, InlineKeyboardMarkup]:
    """Keep what is known, and ask what comes next."""
    await desk.put(wish)
    if wish.step == "p":
        names = await payments.names(wish.sides, desk.people, desk.reads)
        return _("Whom is it about?"), _choice(wish, desk, [(f"p{side}", names[side]) for side in wish.sides])
    _member, name = await desk.meant(wish.person)
    who = Lines((name, _("Telegram number: {number}", number=Code(str(wish.person)))))
    match wish.step:
        case "d":
            found: list[tuple[str, Fact]] = [(f"d{one}", LABELS[one]) for one in DIRECTIONS]
            return Lines((who, _("What shall stop?")), gap="\n\n"), _choice(wish, desk, found)
        case "r":
            document = said_of.agreement_at(desk.library, microseconds(desk.now))
            clauses = [(f"r{one}", said_of.clause(document, one, desk.speaker.language)) for one in REASONS]
            found = [(sign, f"{entry.number} {entry.heading}") for sign, entry in clauses]
            return Lines((who, _("Which clause of the agreement did they break?")), gap="\n\n"), _choice(
                wish, desk, found)
        case "h":
            found = [(f"h{hours}", TIMES[hours]) for hours in OFFERED]
            return Lines((who, _("For how long?")), gap="\n\n"), _choice(wish, desk, found)
    return _question(wish, name, desk), keyboard(
        [_answer(wish, desk, "yes", _("Confirm"), ButtonStyle.SUCCESS if wish.lifts else ButtonStyle.DANGER),
         _answer(wish, desk, "no", _("Cancel"))])


def _question(wish: Wish, name: Fact, desk: Desk) -> Lines:
    """The last question: whom, what, for how long and why."""
    number = _("Telegram number: {number}", number=Code(str(wish.person)))
    if wish.lifts:
        return Lines((said_of.ASKS_TO_LIFT[wish.sort](name), number))
    lines: list[Fact] = [said_of.ASKS[wish.sort](name), number]
    if wish.kind != WARNING:
        lines.append(said_of.lasts(microseconds(desk.now) + wish.hours * 3_600_000_000 if wish.hours else 0))
    return Lines((*lines, *_reason(wish, desk)))


def _choice(wish: Wish, desk: Desk, found: list[tuple[str, Fact]]) -> InlineKeyboardMarkup:
    """Buttons to choose from, two in a row, and the way out."""
    each = [_answer(wish, desk, sign, label) for sign, label in found]
    return keyboard(*(each[start:start + 2] for start in range(0, len(each), 2)),
                    [_answer(wish, desk, "no", _("Cancel"))])


def _answer(wish: Wish, desk: Desk, said: str, label: Fact, style: ButtonStyle | None = None) -> InlineKeyboardButton:
    return button(desk.speaker, label, StepButton(token=wish.token, said=said, presser=desk.operator), style)


def _usage(verb: Verb) -> Text:
    """How it is typed."""
    if verb in (Verb.UNBAN, Verb.UNFREEZE):
        return _("Who is it about? Reply to somebody's message with {command}, or write {command} @bob. A phone number "
                 "or a receipt's code will do, too.", command=Code(f"/{verb}"))
    if verb is Verb.RESTRICT:
        return _("Please write {command} @bob sending fraud 7d, or as a reply {command} sending fraud 7d. Besides "
                 "sending there are receiving and envelopes; off behind them lifts it. Reasons: {reasons}.",
                 command=Code("/restrict"), reasons=", ".join(REASONS))
    if verb is Verb.WARN:
        return _("Please write {command} @bob fraud and a note if you like, or as a reply {command} fraud. A warning "
                 "has no time. Without a reason I ask for it. Reasons: {reasons}.", command=Code("/warn"),
                 reasons=", ".join(REASONS))
    return _("Please write {command} @bob fraud 7d and a note if you like, or as a reply {command} fraud 7d. Without a "
             "reason I ask for it. Reasons: {reasons}.", command=Code(f"/{verb}"), reasons=", ".join(REASONS))


# ------------------------------------------------------------------------------------------------- on a card
def ways_to_decide(person: int, in_force: Sequence[PenaltyView], operator: int, speaker: Speaker
                   ) -> list[list[InlineKeyboardButton]]:
    """Under somebody's card: what may be decided, and what may be lifted."""
    def way(label: Text, what: str) -> InlineKeyboardButton:
        return button(speaker, label, BeginButton(person=person, what=what, presser=operator))

    decides = [way(_("⚠️ Warn"), WARNING), way(_("🚫 Restrict"), LIMITED), way(_("❄️ Freeze"), FROZEN),
               way(_("⛔ Ban"), BANNED)]
    lifts = [way(_LIFTS[sort_of(one.kind, one.direction)], f"-{sort_of(one.kind, one.direction)}") for one in in_force]
    return [decides[:2], decides[2:], *([one] for one in lifts)]


_LIFTS: Final[Mapping[str, Text]] = {
    BANNED: _("Lift the ban"), FROZEN: _("Lift the freeze"), "sending": _("Let them send again"),
    "receiving": _("Let them receive again"), "envelopes": _("Let them use red envelopes again")}
