"""Who is to be paid: from what somebody typed, pointed at or picked to a numeric Telegram id.

Guards: nobody is guessed. A user name counts only as far as it was seen lately, and nothing that stands for no person
(a bot, a channel, an anonymous administrator) is ever paid.
"""
from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiogram.types import Contact, Message, User, UsersShared

from handlers import payments
from handlers.ground import NOBODY, Config, Members, People, Phones
from handlers.namesakes import Payee
from handlers.parsing import Mentioned, PhoneNumber, Receiver, Said, Unclear, Username, parse_receivers
from wallet import refusals
from wallet.protocols import Reads
from wallet.standing import DORMANT


async def payees_of(message: Message, receivers: Sequence[Receiver], people: People, reads: Reads, phones: Phones,
                    config: Config) -> list[Payee]:
    """The people behind what was typed. Refuses what `payee_of` refuses, and `NumbersByThemselves` before anybody is
    looked up: beside a name, whatever became of a number would tell whether it is theirs."""
    if len({isinstance(receiver, PhoneNumber) for receiver in receivers}) > 1:
        raise refusals.NumbersByThemselves
    return [await payee_of(message, receiver, people, reads, phones, config) for receiver in receivers]


async def payee_of(message: Message, receiver: Receiver, people: People, reads: Reads, phones: Phones,
                   config: Config, *, asleep: bool = False) -> Payee:
    """The person behind what was typed. Others can't find by its number a wallet that sleeps; `asleep` finds that,
    too. Refuses `PersonUnknown`, `ReceiverIsNotAPerson` and `TooManyNumbers`."""
    match receiver:
        case Username(name):
            return await _by_username(name, people, reads, config)
        case PhoneNumber(e164):
            return await _by_phone(e164, message, people, reads, phones, config, asleep=asleep)
        case Mentioned(user_id):
            user = next((entity.user for entity in message.entities or ()
                         if entity.user is not None and entity.user.id == user_id), None)
            return await _pointed_at(user, reads, config)
        case _:
            answered = message.reply_to_message
            # A channel or an anonymous administrator writes under a number that stands for nobody.
            user = answered.from_user if answered is not None and answered.sender_chat is None else None
            return await _pointed_at(user, reads, config)


async def payees_shared(shared: UsersShared, people: People, reads: Reads, config: Config) -> Sequence[Payee]:
    """The people whom somebody picked in Telegram's own picker, each once."""
    picked = {user.user_id: user for user in shared.users}
    if not picked:
        raise refusals.ReceiverIsNotAPerson
    seen = await people.by_ids(tuple(picked))
    payees = []
    for user in picked.values():
        known = seen.get(user.user_id)
        if user.user_id in NOBODY or (known is not None and known.is_bot):
            raise refusals.ReceiverIsNotAPerson
        name = " ".join(part for part in (user.first_name, user.last_name) if part)
        named = await payments.called(user.user_id, name or (known.name if known else ""), user.username or "", reads,
                                      config.brand)
        payees.append(Payee(user.user_id, named, user.username or ""))
    return payees


async def payee_in(contact: Contact, message: Message, people: People, reads: Reads, phones: Phones,
                   config: Config) -> Payee:
    """The person whose contact was shared: by their Telegram account, or by a wallet with their number."""
    if contact.user_id:
        # Whoever made the contact wrote its name; who was seen is shown as they call themselves.
        seen = (await people.by_ids((contact.user_id,))).get(contact.user_id)
        if contact.user_id in NOBODY or (seen is not None and seen.is_bot):
            raise refusals.ReceiverIsNotAPerson
        written = " ".join(part for part in (contact.first_name, contact.last_name) if part)
        name = await payments.called(contact.user_id, seen.name if seen else written,
                                     seen.username if seen else "", reads, config.brand)
        return Payee(contact.user_id, name, seen.username if seen else "")
    typed = contact.phone_number if contact.phone_number.startswith("+") else f"+{contact.phone_number}"
    found = parse_receivers(Said(typed), config.currency, config.region)
    if isinstance(found, Unclear) or not isinstance(found[0], PhoneNumber):
        raise refusals.PersonUnknown(typed)
    return await _by_phone(found[0].e164, message, people, reads, phones, config)


async def _pointed_at(user: User | None, reads: Reads, config: Config) -> Payee:
    if user is None or user.is_bot or user.id in NOBODY:
        raise refusals.ReceiverIsNotAPerson
    return Payee(user.id, await payments.called(user.id, user.full_name, user.username or "", reads, config.brand),
                 user.username or "", pointed_at=True)


async def _by_username(name: str, people: People, reads: Reads, config: Config) -> Payee:
    if name.lower() == config.username.lower():
        raise refusals.ReceiverIsNotAPerson
    seen = await people.by_username(name)
    if seen is None:
        raise refusals.PersonUnknown(f"@{name}")
    if seen.is_bot or seen.telegram_id in NOBODY:
        raise refusals.ReceiverIsNotAPerson
    names = await payments.names((seen.telegram_id,), people, reads)
    return Payee(seen.telegram_id, names[seen.telegram_id], seen.username)


async def _by_phone(e164: str, message: Message, people: People, reads: Reads, phones: Phones, config: Config, *,
                    asleep: bool = False) -> Payee:
    assert message.from_user is not None
    # The day is that of Telegram's clock, which nobody here sets.
    day = message.date.astimezone(config.zone).date()
    member = await phones.holder(e164, message.from_user.id, day)
    if member is None or (member.state == DORMANT and not asleep):
        raise refusals.PersonUnknown(e164)
    names = await payments.names((member.telegram_id,), people, reads)
    # Whoever knows no more than a number must not learn from it whose it is.
    return Payee(member.telegram_id, payments.masked(names[member.telegram_id]), by_number=True, digits=e164[-4:])


async def numbers_of(payees: Sequence[Payee], members: Members) -> tuple[int, ...]:
    """Their member numbers as far as they are known, else 0; the wallet looks again."""
    if len(payees) == 1:
        found = await members.member(payees[0].telegram_id)
        return (found.id if found else 0,)
    # Asked together, they share a query.
    several = await asyncio.gather(*(members.member(payee.telegram_id) for payee in payees))
    return tuple(one.id if one else 0 for one in several)
