"""What members are told whose wallet goes to sleep, for they have not used it for long.

Guards: each says what is left, what sleep means, and the way out of it.
"""
from __future__ import annotations

from datetime import date

from handlers.chat import buttons
from handlers.notices.base import Context, Said
from handlers.texts import Day, Lines, Money, _
from wallet import events


async def near(event: events.DormancyNear, context: Context) -> Said:
    """It is not asleep yet."""
    said = _("😴 <b>Your wallet goes to sleep in {n} day</b>, on {day}, because you haven't used it for a long time.",
             "😴 <b>Your wallet goes to sleep in {n} days</b>, on {day}, because you haven't used it for a long time.",
             n=event.days, day=Day(date.fromordinal(event.sleeps_on)))
    means = _("From then on nobody can pay you or find you until you wake it. Your {amount} stays yours, in full.",
              amount=Money(event.balance))
    return Lines((said, means, _("To keep it awake, tap the button, or use it for anything.")), "\n\n"), \
        buttons.still_used, None


async def asleep(event: events.FellAsleep, context: Context) -> Said:
    """It is."""
    said = _("😴 <b>Your wallet is asleep.</b> You didn't use it for a long time, so nobody can pay you or find you "
             "now.")
    return Lines((said, _("Your {amount} stays yours, in full, for as long as it takes. Send /start to wake it.",
                          amount=Money(event.balance))), "\n\n"), None, None
