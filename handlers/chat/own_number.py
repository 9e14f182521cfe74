"""The phone number in a contact that somebody shares of themselves.

Guards: it counts only when Telegram says that the contact is the sender's own; anybody can type or forward any number.
"""
from __future__ import annotations

import phonenumbers
from aiogram.types import Message

from wallet import refusals


def number_of(message: Message) -> str:
    """The sender's own number in its one international form. Refuses `ContactNotYours` and `PhoneInvalid`."""
    person, contact = message.from_user, message.contact
    assert person is not None
    assert contact is not None
    if contact.user_id != person.id or message.forward_origin is not None or message.via_bot is not None:
        raise refusals.ContactNotYours
    return _e164(contact.phone_number)


def _e164(written: str) -> str:
    """A number as Telegram gives it, with or without a plus."""
    try:
        number = phonenumbers.parse(written if written.startswith("+") else f"+{written}")
    except phonenumbers.NumberParseException:
        raise refusals.PhoneInvalid from None
    # Telegram has called the number; whether today's tables know its range is another matter, so only its form counts.
    if not phonenumbers.is_possible_number(number):
        raise refusals.PhoneInvalid
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
