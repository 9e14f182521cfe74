"""A voucher's card in a group that becomes another chat."""
from __future__ import annotations

from tests.fakes.telegram import message_update
from tests.handlers.chat.money.world import MoneyWorld, bob, with_money
from tests.handlers.chat.world import GROUP, Somebody
from wallet.rows import Voucher

SUPERGROUP = -1_002_222


async def makes(world: MoneyWorld, maker: Somebody, wish: str) -> None:
    await maker.says(wish, chat=GROUP)
    await maker.taps("Confirm", world.public()[-1])


async def moves(world: MoneyWorld, somebody: Somebody) -> None:
    """The group becomes a supergroup, and we are told twice."""
    world.session.moved[GROUP] = SUPERGROUP
    update = message_update(somebody.user, chat=SUPERGROUP, migrate_from_chat_id=GROUP)
    for _ in range(2):
        await world.handle(update)


async def test_a_card_follows_its_group_and_is_redeemed_and_taken_back_there(world: MoneyWorld, a: Somebody) -> None:
    before = await world.balance(a)
    await makes(world, a, "/voucher 10 2")
    await moves(world, a)
    card, = world.public(SUPERGROUP)
    row, = world.rows(Voucher)
    assert (row.chat, row.message) == (SUPERGROUP, card.message_id)
    b = await with_money(bob(world), "1")
    await b.taps("Redeem", card)
    assert await world.balance(b) == 1_100
    await a.taps("Take back", card)
    assert await world.balance(a) == before - 1_000


async def test_what_nobody_can_redeem_any_more_does_not_follow(world: MoneyWorld, a: Somebody) -> None:
    await makes(world, a, "/voucher 10 2")
    await a.taps("Take back", world.public()[-1])
    await moves(world, a)
    assert world.public(SUPERGROUP) == []
