"""What is said about payments that come again."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import _
from wallet import refusals

SAID: Final[Sentences] = dict((
    entry(refusals.ScheduleUnknown, 404, lambda _r: _(
        "You have no such recurring payment, so nothing happened and no money moved. /schedules shows yours.")),
    entry(refusals.ScheduleOver, 409, lambda _r: _(
        "This recurring payment has ended already, so nothing happened and no money moved. /schedules shows the "
        "others.")),
    entry(refusals.ScheduleNotDue, 409, lambda _r: _(
        "This recurring payment is not due, so no money moved. Please wait for its day.")),
    entry(refusals.ScheduleEndsTooSoon, 422, lambda _r: _(
        "That would end before it begins, or much too late. Nothing was set up and no money moved. Please name another "
        "last day, or none.")),
    entry(refusals.TooManySchedules, 409, lambda r: _(
        "You have {most} recurring payments, and that is the most. Nothing was set up and no money moved. Stop one in "
        "/schedules first.", most=r.most)),
    entry(refusals.ReceiverHasNotJoined, 409, lambda _r: _(
        "Only somebody with a wallet can be paid again and again. Nothing was set up and no money moved. Please ask "
        "them to open one first.")),
))
