"""What members are told when the service closes.

Guards: each reads what is owed to them by the very statement that was signed, and has the way to its file.
"""
from __future__ import annotations

from handlers import owed
from handlers.chat import buttons
from handlers.notices.base import Context, Said
from handlers.texts import Lines, _
from wallet import events


async def came(event: events.WindDownCame, context: Context) -> Said:
    """It closes."""
    more = _("The button gives you the signed statement as a file, new each time: keep it. Anybody can check it with "
             "<code>ikmpay verify-statement</code> and our public key, without us.")
    said = Lines((owed.closing(event.closes_at), owed.in_words(event.statement), more), gap="\n\n")
    return said, buttons.state_owed, None


async def off(event: events.WindDownCalledOff, context: Context) -> Said:
    """It does not."""
    return owed.off(), None, None
