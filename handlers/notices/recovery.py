"""What members are told about the ways back in.

Guards: whoever did not do it learns at once what was done, and how to stop it.
"""
from __future__ import annotations

from handlers.chat import buttons
from handlers.notices.base import Context, Said
from handlers.texts import Moment, _
from wallet import events


async def email_bound(event: events.EmailBound, context: Context) -> Said:
    """An address is bound."""
    return _("📧 An e-mail address was bound to your wallet. If that wasn't you, end the other sessions in Telegram's "
             "settings now, change your PIN with /pin, and bind your own address in /settings."), None, None


async def reset_asked(event: events.PinResetAsked, context: Context) -> Said:
    """Another PIN may be chosen, then or now."""
    if event.ready:
        text = _("🔑 You reported your PIN forgotten a day ago: now you may choose another one, for 7 days. If that "
                 "wasn't you, stop it.")
    else:
        text = _("⚠️ Your payment PIN was reported forgotten. From {moment} on another one may be chosen here. If that "
                 "wasn't you, stop it now, and end the other sessions in Telegram's settings.",
                 moment=Moment.of_microseconds(event.ready_at))
    return text, lambda speaker: buttons.under_reset(speaker, ready=event.ready), None
