"""What was promised arrives, whoever dies, stops or is away for a while."""
from __future__ import annotations

import asyncio

import pytest

from storage.outbox import LEASE
from tests.bot.outbox.post import ALICE, BOB, CAROL, ForgetfulOutbox, Post, until
from tests.fakes.clock import settle
from tests.patience import PATIENCE
from tests.wallet.bank import Bank


async def test_what_a_crash_left_is_sent_by_the_next_process(post: Post) -> None:
    await post.bank.pays(ALICE, BOB, amount=100)
    post.crash()
    after = post.new_sender("the next")
    await after.start([lane.lane for lane in post.bank.engine.lanes])
    await after.idle()
    assert len(post.sent_to(BOB)) == 1
    assert await post.rows() == {}
    await after.stop()


async def test_what_is_about_to_be_handed_over_is_left_to_the_engine(post: Post) -> None:
    await post.bank.pays(ALICE, BOB, amount=100)
    post.sender._behind = True
    await post.sender.sweep()
    await post.idle()
    assert post.sent_to(BOB) == []
    await post.delivers()
    assert len(post.sent_to(BOB)) == 1


async def test_notices_of_a_process_that_is_gone_are_adopted_and_those_of_a_living_one_are_not(bank: Bank) -> None:
    post = Post(bank)
    await post.table.keep_lanes([lane.lane for lane in bank.engine.lanes], "the others", post.clock.now())
    await bank.pays(ALICE, BOB, amount=100)
    post.crash()
    await post.sender.start([5])
    await post.idle()
    assert post.sent_to(BOB) == []
    await post.clock.advance(LEASE / 1_000_000 + 1)
    for _ in range(6):
        await post.sender.sweep()
    await post.idle()
    assert len(post.sent_to(BOB)) == 1
    assert await post.rows() == {}
    await post.sender.stop()


async def test_what_does_not_fit_into_memory_is_sent_from_the_table(bank: Bank) -> None:
    post = Post(bank, most_held=4)
    await post.start()
    await asyncio.gather(*[bank.run(bank.send(ALICE, person, amount=1)) for person in range(300, 330)])
    post.hand_over()
    assert len(post.sender._held) == 4
    await post.idle()
    assert all(len(post.sent_to(person)) == 1 for person in range(300, 330))
    assert await post.rows() == {}
    await post.sender.stop()


async def test_a_table_that_could_not_be_looked_into_is_looked_into_again(bank: Bank) -> None:
    assert bank.database is not None
    table = ForgetfulOutbox(bank.database)
    post = Post(bank, outbox=table)
    await bank.pays(ALICE, BOB, amount=100)
    post.crash()
    table.unreadable = True
    with pytest.raises(ConnectionError):
        await post.start()
    table.unreadable = False
    await post.sender.sweep()
    await post.idle()
    assert len(post.sent_to(BOB)) == 1
    await post.sender.stop()


async def test_stopping_lets_what_is_on_its_way_arrive_and_leaves_the_rest(post: Post) -> None:
    post.session.gate.clear()
    await post.bank.pays(ALICE, BOB, amount=100)
    post.hand_over()
    await until(lambda: post.session.underway)
    await post.bank.pays(ALICE, CAROL, amount=100)
    stopping = asyncio.create_task(post.sender.stop())
    await settle()
    post.hand_over()
    post.session.gate.set()
    await stopping
    assert (len(post.sent_to(BOB)), len(post.sent_to(CAROL))) == (1, 0)
    assert await post.rows() == {"pending": 1}


async def test_what_arrived_while_the_database_was_away_is_not_sent_twice(bank: Bank) -> None:
    assert bank.database is not None
    table = ForgetfulOutbox(bank.database)
    post = Post(bank, outbox=table)
    await post.start()
    table.away = True
    await bank.pays(ALICE, BOB, amount=100)
    post.hand_over()
    await until(lambda: post.sent_to(BOB))
    assert await post.rows() == {"pending": 1}
    post.sender._behind = True
    await post.sender.sweep()
    table.away = False
    async with asyncio.timeout(PATIENCE):
        while await post.rows():
            await post.clock.advance(1)
    await post.idle()
    assert len(post.sent_to(BOB)) == 1
    await post.sender.stop()
