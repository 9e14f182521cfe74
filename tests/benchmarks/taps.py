"""A red envelope in a group, and everybody tapping: raw presses in, an answer for each, the card following.

Guards: what is measured is the process as `bot/app.py` builds it, from the press's JSON to its answer and the last
notice; a run counts only when every press was answered once, each share went to one person, and the ledger is whole.
"""
from __future__ import annotations

import asyncio
import itertools
import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from aiogram import Bot
from aiogram.methods import AnswerCallbackQuery, EditMessageCaption, EditMessageText, TelegramMethod

from handlers.chat.buttons import EnvelopeButton
from tests.benchmarks import envelopes, ours, way
from tests.benchmarks.anchors import measure
from tests.benchmarks.ours import Load, Result, member
from wallet.agreements import Accept

T = TypeVar("T")
TIMES: Final = 3
CARD: Final = 77
"""The message of the card."""


class Group(way.QuickTelegram):
    """Answers every call at once; whoever pressed hears that their press was answered."""

    def __init__(self) -> None:
        super().__init__()
        self.pressed: dict[str, asyncio.Future[None]] = {}
        self.edits: list[EditMessageText | EditMessageCaption] = []
        self._numbers = itertools.count(1)

    async def make_request(self, bot: Bot, method: TelegramMethod[T], timeout: int | None = None) -> T:
        """See there."""
        if isinstance(method, AnswerCallbackQuery):
            self.pressed.pop(method.callback_query_id).set_result(None)
        elif isinstance(method, EditMessageText | EditMessageCaption):
            self.edits.append(method)
        return await super().make_request(bot, method, timeout)

    async def presses(self, person: int, envelope: int, road: way.Road) -> None:
        """Somebody presses *Open*, and is answered."""
        number = next(self._numbers)
        heard = self.pressed[str(number)] = asyncio.get_running_loop().create_future()
        await road(press_json(number, person, envelope, envelopes.GROUP), 0)
        await heard


def press_json(number: int, person: int, envelope: int, chat: int) -> str:
    """Somebody presses *Open* under the card. Written by hand, since making what Telegram sends is measured as well."""
    data = EnvelopeButton(envelope=envelope).pack()
    return (f'{{"update_id":{number},"callback_query":{{"id":"{number}","from":{{"id":{person},"is_bot":false,'
            f'"first_name":"Opener {person}","language_code":"en"}},"chat_instance":"1","data":"{data}","message":'
            f'{{"message_id":{CARD},"date":{int(time.time())},"chat":{{"id":{chat},"type":"supergroup",'
            f'"title":"Friends"}},"from":{{"id":42,"is_bot":true,"first_name":"ikmPay"}},"text":"An envelope",'
            f'"reply_markup":{{"inline_keyboard":[[{{"text":"Open","callback_data":"{data}"}}]]}}}}}}}}')


async def run(url: str, load: Load) -> Result:
    """Envelope after envelope for the load's time, each until everybody was told three times."""
    telegram = Group()
    with TemporaryDirectory() as folder:
        async with way.whole(url, Path(folder), telegram) as (road, app):
            app.engine.policy = ours.POLICY
            await app.engine.run(Accept(key="rules", member=member(envelopes.MAKER), documents=envelopes.RULES,
                                        language="en", chat=envelopes.MAKER))
            latencies: list[float] = []

            async def party(number: int) -> None:
                envelope = await envelopes.filled(app.engine, number)
                people = [person for person in range(2, 2 + envelopes.CONTENDERS) for _ in range(TIMES)]
                random.Random(number).shuffle(people)

                async def caller() -> None:
                    while people:
                        began = time.perf_counter()
                        await telegram.presses(people.pop(), envelope, road)
                        latencies.append(time.perf_counter() - began)
                        await asyncio.sleep(0)

                await asyncio.gather(*(caller() for _ in range(load.callers)))

            await telegram.presses(envelopes.MAKER, await envelopes.filled(app.engine, -1), road)
            await party(0)  # Everybody is seen once, as people are before a group is asked to pay.
            await app.idle()
            latencies.clear()
            telegram.edits.clear()
            window, parties = measure.Window(), 0
            while window.elapsed() < load.seconds:
                parties += 1
                await party(parties)
            result: Result = window.result(len(latencies), latencies)
            await app.idle()
    await ours.check(url)
    return result | {"edits_per_second": len(telegram.edits) / result["seconds"]}
