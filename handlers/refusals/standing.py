"""What is said to somebody who may not do it at all."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Moment, Text, _
from wallet import refusals


def _restricted(refusal: refusals.DirectionRestricted) -> Text:
    if refusal.until:
        until = Moment.of_microseconds(refusal.until)
        return _RESTRICTED_UNTIL[refusal.direction](until)
    return _RESTRICTED[refusal.direction]()


def _banned(refusal: refusals.AccountBanned) -> Text:
    if refusal.until:
        return _("Your wallet is banned until {until}: nothing goes out, and nothing comes in. No money moved. To "
                 "appeal, write to us with /support.", until=Moment.of_microseconds(refusal.until))
    return _("Your wallet is banned: nothing goes out, and nothing comes in. No money moved. To appeal, write to us "
             "with /support.")


def _frozen(refusal: refusals.AccountFrozen) -> Text:
    if refusal.until:
        return _("Your wallet is frozen until {until}: nothing goes out, and you can take nothing. No money moved. To "
                 "appeal, write to us with /support.", until=Moment.of_microseconds(refusal.until))
    return _("Your wallet is frozen: nothing goes out, and you can take nothing until that is lifted. No money moved. "
             "To appeal, write to us with /support.")


_RESTRICTED: Final[Mapping[str, Callable[[], Text]]] = {
    "sending": lambda: _("You can't send money for now. Nothing moved. /help says how to reach us about it."),
    "receiving": lambda: _("You can't receive money for now. Nothing moved. /help says how to reach us about it."),
    "envelopes": lambda: _("You can't use red envelopes for now. No money moved. /help says how to reach us about it."),
}
_RESTRICTED_UNTIL: Final[Mapping[str, Callable[[Moment], Text]]] = {
    "sending": lambda until: _("You can't send money until {until}. Nothing moved. Please try again after that; "
                               "/help says how to reach us.", until=until),
    "receiving": lambda until: _("You can't receive money until {until}. Nothing moved. Please try again after that; "
                                 "/help says how to reach us.", until=until),
    "envelopes": lambda until: _("You can't use red envelopes until {until}. No money moved. Please try again after "
                                 "that; /help says how to reach us.", until=until),
}


SAID: Final[Sentences] = dict((
    entry(refusals.NotAMember, 403, lambda _r: _(
        "You have no wallet yet, so no money moved. Open one in a private chat with me: send /start there.")),
    entry(refusals.AgreementsNeeded, 403, lambda _r: _(
        "This needs your consent to our agreements first. No money moved. Read and accept them in a private chat with "
        "me: send /agreement there, then try again.")),
    entry(refusals.AccountBanned, 403, _banned),
    entry(refusals.AccountFrozen, 403, _frozen),
    entry(refusals.AccountDormant, 403, lambda _r: _(
        "Your wallet is asleep, because it wasn't used for a long time. No money moved. Send /start in a private chat "
        "with me to wake it, then try again.")),
    entry(refusals.AnotherNumber, 403, lambda _r: _(
        "Your wallet was opened with another phone number, so it stays asleep. No money moved. If you no longer have "
        "that number, write to us with /support.")),
    entry(refusals.DirectionRestricted, 403, _restricted),
))
