"""What members are told about penalties, and about what waits for those who are frozen.

Guards: every kind and direction of the wallet has its words; with each come the reason, the way to read it and the way
to appeal.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiogram.types import InlineKeyboardMarkup

from handlers import penalties
from handlers.chat import buttons
from handlers.keyboards import button, keyboard
from handlers.notices.base import Context, Said
from handlers.texts import Fact, Lines, Moment, Money, Speaker, Text, _
from wallet import events
from wallet.rows import LIMITED, WARNING
from wallet.standing import BANNED, DIRECTIONS, FROZEN
from wallet.tickets import APPEAL

_LIMITED: Final[Mapping[str, Text]] = {
    "sending": _("🚫 <b>You can't send money any more.</b>"),
    "receiving": _("🚫 <b>You can't receive money any more.</b>"),
    "envelopes": _("🚫 <b>You can't use red envelopes any more.</b>"),
}
assert set(_LIMITED) == set(DIRECTIONS)
_GIVEN: Final[Mapping[str, Text]] = {
    WARNING: _("⚠️ <b>This is a warning.</b> Nothing is stopped; what follows a warning is worse."),
    FROZEN: _("❄️ <b>Your wallet is frozen.</b> Nothing goes out. What others send you waits for up to 7 days and "
              "arrives when you are free; otherwise it goes back to them."),
    BANNED: _("⛔ <b>Your wallet is banned.</b> Nothing goes out, and nothing comes in but what was yours before. What "
              "you asked others for, split or planned ends, and what you had set aside comes back; your red envelopes "
              "run out, and the rest of them comes back, too."),
}
_ENDED: Final[Mapping[str, Text]] = {
    "sending": _("✅ You can send money again."),
    "receiving": _("✅ You can receive money again."),
    "envelopes": _("✅ You can use red envelopes again."),
    FROZEN: _("✅ Your wallet is frozen no more. What waited for you arrives in a moment."),
    BANNED: _("✅ Your wallet is banned no more. What the ban ended stays ended."),
}
assert set(_ENDED) == {*DIRECTIONS, FROZEN, BANNED}


async def given(event: events.PenaltyGiven, context: Context) -> Said:
    """An operator decided against the reader."""
    document = penalties.agreement_at(context.library, event.at)
    said: list[Fact] = [_LIMITED[event.direction] if event.kind == LIMITED else _GIVEN[event.kind]]
    if event.until:
        said.append(_("It ends by itself on {moment}.", moment=Moment.of_microseconds(event.until)))
    elif event.kind != WARNING:
        said.append(_("It has no end of its own."))
    agreement = document.texts[context.speaker.language].title
    said.append(_("Reason: clause {clause} of the {agreement}.", agreement=agreement,
                  clause=penalties.clause_called(document, event.reason, context.speaker)))
    said.append(_("If you think this is wrong, appeal: people look at it again."))

    def markup(speaker: Speaker) -> InlineKeyboardMarkup:
        return keyboard([penalties.clause_button(document, event.reason, speaker)],
                        [button(speaker, _("✋ Appeal"), buttons.AskButton(category=APPEAL, subject=event.penalty))])

    return Lines(tuple(said), gap="\n\n"), markup, None


async def ended(event: events.PenaltyEnded, context: Context) -> Said:
    """What the reader had to do without is theirs again, unless something else stops it, too."""
    said = _ENDED[event.direction or event.kind]
    why = _("An operator lifted it.") if event.lifted else _("Its time is over.")
    return Lines((said, why)), buttons.to_balance, None


async def lasts(event: events.HoldLasts, context: Context) -> Said:
    """What the reader sent can't arrive yet."""
    text = _("⏳ Your {amount} could not arrive yet: whoever it is for can take nothing at the moment. It waits until "
             "{until} and arrives by itself; until then you can take it back.", amount=Money(event.amount),
             until=Moment.of_microseconds(event.expires_at))
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer, event.hold), None
