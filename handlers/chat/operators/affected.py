"""Whom a security incident concerns, from the line in which an operator names them.

Guards: whoever can't be found is said, and nobody is told until all are; nobody else is meant than who is named.
"""
from __future__ import annotations

import re
from typing import Final

from aiogram.types import Message

from handlers.chat.payees import payee_of
from handlers.ground import Config, People, Phones
from handlers.parsing import Said, Unclear, parse_receivers
from wallet import ids, refusals
from wallet.announcements import MOST_NAMED
from wallet.protocols import OperatorReads, Reads

_ALL: Final = frozenset({"all", "everybody", "everyone", "所有人", "全体", "全部"})
_BETWEEN: Final = re.compile(r"[\s,，、;；]+")


async def affected(whom: str, message: Message, operator: int, reads: Reads, operator_reads: OperatorReads,
                   people: People, phones: Phones, config: Config) -> tuple[int, ...]:
    """The members who are named, by their numbers; nothing for all. Refuses `NobodyNamed`, and what `payee_of`
    refuses."""
    words = [word for word in _BETWEEN.split(whom) if word]
    if len(words) == 1 and words[0].lower() in _ALL:
        return ()
    if not 0 < len(words) <= MOST_NAMED // 2:  # A receipt has two sides.
        raise refusals.NobodyNamed(" ".join(words)[:32])
    found: set[int] = set()
    for word in words:
        number = ids.from_code(word)
        members = ([side.member for side in await operator_reads.sides(operator, number)] if number is not None else
                   await _named(word, message, reads, people, phones, config))
        if not members:
            raise refusals.NobodyNamed(word[:32])
        found.update(members)
    return tuple(sorted(found))


async def _named(word: str, message: Message, reads: Reads, people: People, phones: Phones, config: Config
                 ) -> list[int]:
    """The member behind a user name or a phone number."""
    receivers = parse_receivers(Said(word), config.currency, config.region)
    if isinstance(receivers, Unclear) or len(receivers) != 1:
        return []
    payee = await payee_of(message, receivers[0], people, reads, phones, config)
    member = await reads.member(payee.telegram_id)
    return [member.id] if member is not None else []
