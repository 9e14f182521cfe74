"""What concerns all operators is said in their group, or to each of them who can act on it."""
from __future__ import annotations

import pytest
from aiogram.exceptions import TelegramForbiddenError, TelegramRetryAfter

from bot import ringing
from bot.ringing import Bell, Unheard
from storage.outbox import Settled
from tests.bot.outbox.post import ALICE, BOB, CAROL, GROUP, Post, blocked, only_for
from tests.wallet.bank import Bank
from wallet.operators import AUDITOR, RISK, Appoint, AppointOwners, StopMoney


async def appoints(post: Post) -> None:
    """Alice owns it, Bob looks after risks, and Carol only looks; they know."""
    bank = post.bank
    await bank.run(AppointOwners(key="owners", telegram_ids=(ALICE,)))
    for person, role in ((BOB, RISK), (CAROL, AUDITOR)):
        await bank.run(Appoint(key=f"appoint {person}", operator=ALICE, person=person, role=role))
    await post.table.settle(Settled(arrived=[row.id for row in bank.told]))
    bank.told.clear()


async def stops(post: Post) -> None:
    await post.bank.run(StopMoney(key=post.bank.key(), broken=("sums",)))
    await post.delivers()


async def test_it_rings_for_each_who_can_act_in_their_own_language(post: Post) -> None:
    await appoints(post)
    await stops(post)
    assert [len(post.sent_to(person)) for person in (ALICE, BOB, CAROL)] == [1, 1, 0]
    assert "sums" in post.sent_to(BOB)[0]
    assert await post.rows() == {}


async def test_it_rings_in_the_group_that_is_bound_and_nowhere_else(bank: Bank) -> None:
    post = Post(bank, operators_group=GROUP)
    await post.start()
    await appoints(post)
    await stops(post)
    [said] = post.sent_to(GROUP)
    assert said.startswith("[zh_CN]"), "as the group speaks"
    assert not post.sent_to(ALICE)
    await post.sender.stop()


async def test_a_group_that_is_gone_silences_no_alarm(bank: Bank) -> None:
    post = Post(bank, operators_group=GROUP)
    await post.start()
    await appoints(post)
    post.session.fails = only_for(GROUP, lambda method: TelegramForbiddenError(method, "bot was kicked"))
    await stops(post)
    assert [len(post.sent_to(person)) for person in (ALICE, BOB, CAROL)] == [1, 1, 0]
    assert await post.rows() == {}
    await post.sender.stop()


async def test_whoever_heard_it_is_not_told_again_while_another_has_to_wait(post: Post) -> None:
    await appoints(post)
    post.session.fails = only_for(BOB, lambda method: TelegramRetryAfter(method, "Too Many Requests", 10))
    await stops(post)
    assert [len(post.sent_to(person)) for person in (ALICE, BOB)] == [1, 0]
    post.session.fails = lambda method: None
    await post.turns(11)
    assert [len(post.sent_to(person)) for person in (ALICE, BOB)] == [1, 1]


async def test_what_nobody_heard_is_told_to_the_first_who_is_back(post: Post) -> None:
    await appoints(post)
    post.session.fails = blocked
    await stops(post)
    assert await post.rows() == {"undeliverable": 1}
    post.session.fails = lambda method: None
    await post.sender.revive(CAROL, offers=False)
    await post.idle()
    assert await post.rows() == {"undeliverable": 1}, "whoever only looks is not rung"
    await post.sender.revive(BOB, offers=False)
    await post.idle()
    assert len(post.sent_to(BOB)) == 1
    assert await post.rows() == {}


async def test_it_is_not_remembered_without_end_who_heard_what(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    await appoints(post)
    monkeypatch.setattr(ringing, "MOST_UNDER_WAY", 2)
    bell: Bell = post.bell

    async def must_wait(chat: int) -> bool:
        raise TimeoutError(chat)

    for notice in range(5):
        with pytest.raises(TimeoutError):
            await bell.ring(notice, must_wait)
    assert bell.under_way <= 2

    async def is_deaf(chat: int) -> bool:
        return False

    with pytest.raises(Unheard):
        await bell.ring(9, is_deaf)
