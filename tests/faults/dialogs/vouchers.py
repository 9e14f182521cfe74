"""Vouchers."""
from __future__ import annotations

from dataclasses import replace

from sqlalchemy import update

from handlers.chat.buttons import VoucherAct, VoucherButton, VoucherLink
from handlers.chat.guessing import MOST as WRONG_LINKS
from handlers.jobs.expiry import expire_vouchers
from storage.tables import vouchers
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, changed, name_of
from wallet import refusals
from wallet.vouchers import MANY_TRIES, MOST_USES, OWN_TRIES


@meets(refusals.UsesOutOfRange)
async def a_voucher_is_for_too_many(town: Town) -> None:
    await town.says(town.alice, f"/voucher 0.01 {MOST_USES + 1}")


@meets(refusals.VoucherUnknown)
async def a_vouchers_link_is_made_up(town: Town) -> None:
    _, card, link = await town.vouches()
    await town.forges(await town.resident(), VoucherLink(voucher=link.voucher, link="A" * 22).pack(), card)


@meets(refusals.TooManyLinks)
async def links_are_tried(town: Town) -> None:
    _, card, link = await town.vouches()
    thief = await town.resident()
    for number in range(WRONG_LINKS + 1):
        await town.forges(thief, VoucherLink(voucher=link.voucher + number, link="A" * 22).pack(), card)


@meets(refusals.VoucherOwn)
async def a_voucher_is_redeemed_by_its_maker(town: Town) -> None:
    maker, card, link = await town.vouches()
    await town.forges(maker, link.pack(), card)


@meets(refusals.VoucherNotForYou)
async def a_voucher_for_one_is_redeemed_by_another(town: Town) -> None:
    _, card, link = await town.vouches(f"/voucher 1 @{name_of(town.bob)}")
    await town.forges(await town.resident(), link.pack(), card)


@meets(refusals.RedeemedBefore)
async def a_voucher_is_redeemed_twice(town: Town) -> None:
    _, card, link = await town.vouches()
    redeemer = await town.resident()
    for _ in range(2):
        await town.forges(redeemer, link.pack(), card)


@meets(refusals.VoucherUsedUp)
async def a_voucher_is_redeemed_by_one_too_many(town: Town) -> None:
    _, card, link = await town.vouches()
    for _ in range(3):
        await town.forges(await town.resident(), link.pack(), card)


@meets(refusals.VoucherWithdrawn)
async def a_voucher_that_was_taken_back_is_redeemed(town: Town) -> None:
    maker, card, link = await town.vouches()
    await town.forges(maker, VoucherButton(act=VoucherAct.TAKE_BACK, voucher=link.voucher).pack(), card)
    await town.forges(await town.resident(), link.pack(), card)


@meets(refusals.VoucherOver)
async def a_voucher_is_redeemed_after_its_time(town: Town) -> None:
    _, card, link = await town.vouches()
    await town.app.database.write(lambda connection: connection.execute(
        update(vouchers).where(vouchers.c.id == link.voucher).values(expires_at=1)))
    await expire_vouchers(town.app.engine, town.app.reads, town.app.clock.now())
    await town.forges(await town.resident(), link.pack(), card)


@meets(refusals.PasswordWrong)
async def a_password_is_guessed(town: Town) -> None:
    _, payload = await town.vouches_by_word()
    thief = await town.resident()
    await town.says(thief, f"/start {payload}")
    await town.says(thief, "guess")


@meets(refusals.PasswordPaced)
async def strangers_guess_a_password(town: Town) -> None:
    _, payload = await town.vouches_by_word()
    thieves = [await town.resident() for _ in range(MANY_TRIES // (OWN_TRIES - 1) + 1)]
    for thief in thieves:
        await town.says(thief, f"/start {payload}")
        for number in range(OWN_TRIES - 1):
            await town.says(thief, f"guess{number}")


@meets(refusals.TooManyVouchers)
async def too_many_vouchers_are_open(town: Town) -> None:
    with changed(town.app.engine, "policy", replace(town.app.policy, vouchers_open=0)):
        await town.says(town.alice, "/voucher 1")


@meets(refusals.PasswordShut)
async def a_password_is_guessed_too_often(town: Town) -> None:
    _, payload = await town.vouches_by_word()
    thief = await town.resident()
    await town.says(thief, f"/start {payload}")
    for number in range(OWN_TRIES):
        await town.says(thief, f"guess{number}")
    await town.says(thief, f"/start {payload}")
