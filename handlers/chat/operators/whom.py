"""Whom an operator means.

Guards: people are found for operators as for anybody who pays them, so that nobody is taken for somebody else.
"""
from __future__ import annotations

from aiogram.types import Message

from handlers.chat.payees import payee_of
from handlers.ground import Config, People, Phones
from handlers.namesakes import Payee
from handlers.parsing import CodeAsked, PersonAsked
from wallet import refusals
from wallet.protocols import Reads
from wallet.views import MemberView


async def person_meant(message: Message, asked: PersonAsked, people: People, reads: Reads, phones: Phones,
                       config: Config) -> Payee:
    """Whom a command names that is about a person, not about a payment. Refuses what `payee_of` refuses."""
    if isinstance(asked.who, CodeAsked):
        raise refusals.PersonUnknown(asked.who.code)
    return await payee_of(message, asked.who, people, reads, phones, config, asleep=True)


async def member_known(person: int, reads: Reads) -> MemberView:
    """Whoever has this Telegram id, as the wallet knows them. Refuses `PersonUnknown`."""
    member = await reads.member(person)
    if member is None:
        raise refusals.PersonUnknown(str(person))
    return member
