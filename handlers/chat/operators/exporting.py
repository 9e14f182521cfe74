"""`/export`: what is known of a member, as a file for whoever has to be shown suspicious activity.

Guards: it is given in private only, to an operator whose role may, and that it was taken is written down first. The
file holds no PIN, no secret and no word of a conversation.
"""
from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiogram import Bot, Router
from aiogram.enums import ParseMode
from aiogram.types import BufferedInputFile, Message

from handlers.asking import answers
from handlers.chat.operators.whom import member_known, person_meant
from handlers.chat.saying import answer
from handlers.commands import Verb
from handlers.ground import Config, People, Phones, message_key, microseconds
from handlers.parsing import Asked, CodeAsked, PersonAsked
from handlers.texts import Code, Lines, Speaker, _
from wallet import ids, refusals
from wallet.dossiers import DAYS, MOST_DAYS, TakeDossier
from wallet.engine import Engine
from wallet.money import Currency, fold_width, plain_amount
from wallet.protocols import Dossiers, Reads
from wallet.vault import Unreadable, Vault
from wallet.views import Dossier

_MOMENTS: Final = frozenset({"at", "opened_at", "decided_at", "ended_at", "until"})
_DIGITS: Final = {str(number): number for number in range(1, MOST_DAYS + 1)}


def make_router() -> Router:
    """The handler of this chapter."""
    router = Router(name="exporting")
    answers(router, Verb.EXPORT, export)
    return router


async def export(message: Message, asked: Asked, bot: Bot, engine: Engine, dossiers: Dossiers, reads: Reads,
                 people: People, phones: Phones, vault: Vault, speaker: Speaker, config: Config,
                 now: Callable[[], datetime]) -> None:
    """`/export @bob`, `/export @bob 30` for the last 30 days, or as a reply."""
    named = asked.argument if isinstance(asked.argument, PersonAsked) else None
    words = fold_width(named.words).strip() if named else ""
    days = _DIGITS.get(words) if words else DAYS
    if named is None or isinstance(named.who, CodeAsked) or days is None:
        await answer(message, speaker, _(
            "Nothing was exported. Write whom it is about and for how many days back: /export @bob 30."))
        return
    operator = message.from_user
    assert operator is not None
    payee = await person_meant(message, named, people, reads, phones, config)
    known = await member_known(payee.telegram_id, reads)
    await engine.run(TakeDossier(key=message_key(bot.id, message, "export"), operator=operator.id, member=known.id,
                                 days=days))
    taken = now()
    found = await dossiers.dossier(operator.id, known.id, microseconds(taken - timedelta(days=days)))
    if found is None:
        raise refusals.PersonUnknown(str(payee.telegram_id))
    file = json.dumps(listed(found, vault, config, operator.id, taken, days), ensure_ascii=False, indent=1).encode()
    said = Lines((_("🗄 All about {number} within the last {n} day", "🗄 All about {number} within the last {n} days",
                    n=days, number=Code(str(found.telegram_id))),
                  _("That you took it is in the audit. Give it only to whom the law says, and delete it here "
                    "afterwards.")))
    await message.answer_document(BufferedInputFile(file, f"{config.brand}-{found.telegram_id}-{taken:%Y%m%d}.json"),
                                  parse_mode=ParseMode.HTML, caption=speaker.say(said), protect_content=True)


def listed(found: Dossier, vault: Vault, config: Config, operator: int, taken: datetime, days: int) -> dict[str, Any]:
    """As it stands in the file: moments with their zone, amounts with their point."""
    lists = {name: [_row(one, found.people, config.currency) for one in rows] for name, rows in found.lists.items()}
    return {
        "taken_at": taken.isoformat(timespec="seconds"), "taken_by": operator, "days": days,
        "currency": config.currency.code, "left_out": list(found.left_out),
        "member": {
            "number": found.member, "telegram_id": found.telegram_id, "nickname": found.nickname, "state": found.state,
            "identity_level": found.level, "joined_at": _moment(found.joined_at),
            "phone": _opened(vault, found, found.phone), "identity": _opened(vault, found, found.identity),
            "qq_unverified": _opened(vault, found, found.qq)},
        **lists}


def _opened(vault: Vault, found: Dossier, sealed: bytes) -> str:
    with suppress(Unreadable):
        return vault.open_for(found.wrapped_key, sealed) if sealed and found.wrapped_key else ""
    return ""


def _row(one: Mapping[str, Any], people: Mapping[int, int], currency: Currency) -> dict[str, Any]:
    """One row of a list, with the receipt's code and whom money was moved with."""
    row: dict[str, Any] = {}
    for name, value in one.items():
        if name in _MOMENTS:
            row[name] = _moment(value) if value else None
        elif name in ("amount", "balance", "balance_after"):
            row[name] = plain_amount(value, currency)
        elif name == "text":
            row["note"] = value or ""
        elif name not in ("debit", "credit"):
            row[name] = value
    if "debit" in one:
        row["receipt"] = ids.code(one["id"])
        for side in ("debit", "credit"):
            row[side] = {"account": one[side], "telegram_id": people.get(ids.owner_of(one[side]))}
    return row


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1_000_000, UTC).isoformat(timespec="seconds")
