"""What members are told about the ways back in.

Guards: whoever did not do it learns at once what was done, and how to stop it.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.chat import buttons
from handlers.notices.base import Context, Said, member
from handlers.texts import Code, Moment, Text, _
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


async def identity_reset(event: events.IdentityReset, context: Context) -> Said:
    """Name and number are off."""
    return _("🪪 Two operators took the name and ID number off your wallet, because you showed them that they are "
             "wrong. Your identity level is 0 until you give the right ones with /verify; no money moved. If you asked "
             "for nothing of the kind, write to /support at once."), None, None


async def move_asked(event: events.MoveAsked, context: Context) -> Said:
    """Somebody asks for the wallet from another account."""
    text = _("🚨 Somebody asks for this wallet from another Telegram account, and gave your phone number and ID "
             "number. Nothing goes out until that is decided, from {moment} on. If it wasn't you, say no now: then "
             "it stays yours.", moment=Moment.of_microseconds(event.ready_at))
    return text, buttons.under_move, None


async def move_waits(event: events.MoveWaits, context: Context) -> Said:
    """To the operators."""
    text = _("🚚 Telegram account {person} asks for the wallet of {name}; phone number and ID number are right. "
             "Nothing goes out of it meanwhile. From {moment} on two of you can decide, once they have shown you who "
             "they are; /user with the wallet's owner shows this again.", person=Code(str(event.person)),
             name=await member(context, event.member), moment=Moment.of_microseconds(event.ready_at))
    return text, lambda speaker: buttons.under_waiting_move(speaker, event.member, event.person), None


async def move_ended(event: events.MoveEnded, context: Context) -> Said:
    """What became of it, to either account."""
    return _ENDED[event.state], None, None


_ENDED: Final[Mapping[str, Text]] = {
    "granted": _("🚚 Two operators gave the wallet of this account to another Telegram account, whose owner proved "
                 "that it is theirs. Nothing of it is here any more. If that is wrong, write to {brand} at once."),
    "objected": _("🛑 The account that has the wallet said no, so it stays there and money goes out again. If it is "
                  "yours and somebody else uses that account, write to the operators."),
    "rejected": _("🛑 The operators did not give the wallet to another account. It stays where it is, and money goes "
                  "out of it again."),
    "expired": _("⌛ Nobody decided in time who the wallet belongs to, so it stays where it is, and money goes out of "
                 "it again."),
    "done": _("✅ The wallet is yours again, with its balance, its receipts and its agreements. /balance shows it. "
              "Your payment PIN is the same as before."),
}
