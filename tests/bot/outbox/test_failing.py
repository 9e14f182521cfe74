"""What becomes of a notice when its reader can't be told, or Telegram does not play along."""
from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import EditMessageText, SendMessage, TelegramMethod

from bot.outbox import SETTLED_EVERY, TRIES, rest_after
from tests.bot.outbox.post import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    GROUP,
    ForgetfulOutbox,
    Post,
    blocked,
    expire,
    only_for,
    until,
)
from tests.fakes.clock import settle
from tests.patience import PATIENCE
from tests.wallet.bank import Bank
from wallet.holds import PlaceHold


@pytest.mark.parametrize("error", [
    blocked,
    lambda method: TelegramForbiddenError(method, "Forbidden: bot can't initiate conversation with a user"),
    lambda method: TelegramBadRequest(method, "Bad Request: chat not found"),
    lambda method: TelegramForbiddenError(method, "Forbidden: user is deactivated"),
])
async def test_whoever_cannot_be_told_is_marked_and_not_asked_again(
        post: Post, error: Callable[[TelegramMethod[Any]], Exception]) -> None:
    post.session.fails = only_for(BOB, error)
    await post.bank.pays(ALICE, BOB, amount=100)
    await post.bank.pays(ALICE, CAROL, amount=100)
    await post.delivers()
    assert await post.rows() == {"undeliverable": 1}
    assert len(post.sent_to(CAROL)) == 1
    post.session.fails = lambda method: None
    await post.turns(7200)
    await post.sender.sweep()
    await post.idle()
    assert post.sent_to(BOB) == []


async def test_a_card_is_changed_even_when_its_payer_blocked_the_bot(post: Post) -> None:
    sent = await post.bank.pays(ALICE, DAVE, amount=500)
    card = await post.bot.send_message(GROUP, "Dave, claim it")
    await post.bank.run(PlaceHold(key="place", payer=post.bank.members[ALICE], hold=sent.holds[0], chat=GROUP,
                                  message=card.message_id))
    await post.delivers()
    post.session.fails = only_for(ALICE, blocked)
    await expire(post.bank, sent.holds[0])
    await post.delivers()
    assert len(post.session.of(EditMessageText)) == 1
    assert await post.rows() == {"undeliverable": 1}


async def test_messages_that_arrive_one_after_another_are_written_down_together_and_soon(bank: Bank) -> None:
    assert bank.database is not None
    table = ForgetfulOutbox(bank.database)
    post = Post(bank, outbox=table)
    await post.start()
    await bank.pays(ALICE, BOB, amount=100)
    await post.delivers()
    commits = table.commits

    def enough(told: int) -> bool:
        return len(post.sent_to(CAROL)) >= told

    for told in range(1, 4):
        await bank.pays(ALICE, CAROL, amount=100)
        post.hand_over()
        await until(partial(enough, told))
    assert (table.commits, await post.rows()) == (commits, {"pending": 3})
    await post.clock.advance(SETTLED_EVERY)
    async with asyncio.timeout(PATIENCE):
        while await post.rows():
            await settle()
    assert table.commits == commits + 1
    await post.sender.stop()


async def test_a_pause_for_one_chat_holds_up_nobody_else(post: Post) -> None:
    post.session.fails = only_for(BOB, lambda method: TelegramRetryAfter(method, "Too Many Requests", 30))
    await post.bank.pays(ALICE, BOB, amount=100)
    await post.bank.pays(ALICE, CAROL, amount=100)
    await post.delivers()
    assert (len(post.sent_to(BOB)), len(post.sent_to(CAROL))) == (0, 1)
    post.session.fails = lambda method: None
    await post.turns(29)
    assert post.sent_to(BOB) == []
    await post.turns(2)
    assert len(post.sent_to(BOB)) == 1
    assert await post.rows() == {}


async def test_pauses_in_many_chats_at_once_are_meant_for_everybody(post: Post) -> None:
    strangers = range(201, 206)
    post.session.fails = lambda method: TelegramRetryAfter(method, "Too Many Requests", 10)
    for person in strangers:
        await post.bank.pays(ALICE, person, amount=1)
    await post.delivers()
    post.session.fails = lambda method: None
    await post.bank.pays(ALICE, CAROL, amount=100)
    post.hand_over()
    await until(lambda: post.clock.timers > len(strangers))
    await post.clock.advance(9)
    assert post.sent_to(CAROL) == []
    await post.clock.advance(2)
    await post.idle()
    assert len(post.sent_to(CAROL)) == 1


async def test_an_outage_loses_nothing_and_is_tried_again_more_slowly(post: Post) -> None:
    asked: list[float] = []

    def away(method: TelegramMethod[Any]) -> Exception:
        asked.append(post.clock.time())
        return TelegramNetworkError(method, "connection refused")

    post.session.fails = away
    await post.bank.pays(ALICE, BOB, amount=100)
    await post.delivers()
    await post.turns(60)
    assert [round(at - asked[0]) for at in asked] == [0, 1, 3, 7, 15, 31]
    post.session.fails = lambda method: None
    await post.turns(60)
    assert len(post.sent_to(BOB)) == 1
    assert await post.rows() == {}


async def test_a_message_that_makes_telegram_ill_does_not_stop_the_others(post: Post) -> None:
    post.session.fails = only_for(BOB, lambda method: TelegramServerError(method, "Internal Server Error"))
    await post.bank.pays(ALICE, BOB, amount=100)
    await post.bank.pays(ALICE, CAROL, amount=100)
    await post.delivers()
    await post.turns(10)
    assert len(post.sent_to(CAROL)) == 1
    post.session.fails = lambda method: None
    await post.turns(120)
    await post.sender.sweep()
    await post.idle()
    assert len(post.sent_to(BOB)) == 1


async def test_one_bad_notice_among_several_does_not_take_the_others_with_it(post: Post) -> None:
    post.session.gate.clear()
    await post.bank.pays(ALICE, BOB, amount=100)
    post.hand_over()
    await until(lambda: post.session.underway)
    for amount in (200, 666, 300):
        await post.bank.pays(ALICE, BOB, amount=amount)
    post.hand_over()
    post.session.fails = lambda method: (
        TelegramBadRequest(method, "Bad Request: can't parse entities")
        if isinstance(method, SendMessage) and "6.66" in method.text else None)
    post.session.gate.set()
    await post.idle()
    assert [text for text in post.sent_to(BOB) if "6.66" in text] == []
    assert any("2.00" in text for text in post.sent_to(BOB))
    assert any("3.00" in text for text in post.sent_to(BOB))
    assert await post.rows() == {"pending": 1}


async def test_a_notice_that_always_fails_is_given_up_in_the_end(post: Post) -> None:
    post.session.fails = only_for(BOB, lambda method: TelegramBadRequest(method, "Bad Request: can't parse entities"))
    await post.bank.pays(ALICE, BOB, amount=100)
    await post.delivers()
    for tries in range(TRIES - 1):
        assert await post.rows() == {"pending": 1}
        await post.clock.advance(rest_after(tries) / 1_000_000 - 1)
        assert await post.sender.sweep() == 0
        await post.clock.advance(2)
        assert await post.sender.sweep() == 1
        await post.idle()
    assert await post.rows() == {"undeliverable": 1}
