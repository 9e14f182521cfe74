"""What is said about vouchers."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Moment, Money, _
from wallet import refusals

SAID: Final[Sentences] = dict((
    entry(refusals.UsesOutOfRange, 422, lambda r: _(
        "A voucher is for 1 to {most} people. No money moved. Please send it again with another number.",
        most=r.most)),
    entry(refusals.VoucherUnknown, 404, lambda _r: _(
        "This is no voucher of ours, or its link is not whole. No money moved. Please ask whoever gave it to you to "
        "send it again.")),
    entry(refusals.VoucherOwn, 409, lambda _r: _(
        "This is your own voucher, so nothing moved. Give it to somebody, or take back what is left in it: see "
        "/voucher.")),
    entry(refusals.VoucherNotForYou, 403, lambda _r: _(
        "This voucher is for somebody else, so no money moved. Only they can redeem it.")),
    entry(refusals.RedeemedBefore, 409, lambda r: _(
        "You have redeemed this voucher: {amount} is yours already, so nothing more moved. You find it in /history.",
        amount=Money(r.amount))),
    entry(refusals.VoucherUsedUp, 409, lambda _r: _(
        "This voucher is used up: others were quicker. No money moved. Ask whoever gave it to you for another.")),
    entry(refusals.VoucherWithdrawn, 409, lambda _r: _(
        "This voucher was taken back by whoever made it, so no money moved. Please ask them.")),
    entry(refusals.VoucherOver, 409, lambda _r: _(
        "The time of this voucher is over and what was left goes back, so no money moved. Ask whoever made it for "
        "another.")),
    entry(refusals.VoucherNotDue, 409, lambda _r: _(
        "This voucher may still be redeemed, so no money moved. Please wait until its time is over.")),
    entry(refusals.PasswordNeeded, 422, lambda _r: _(
        "This voucher has a password, and none came with it. No money moved. Please open its link and send me the "
        "password.")),
    entry(refusals.PasswordWrong, 403, lambda r: _(
        "That is not the password, so no money moved. You have {n} try left.",
        "That is not the password, so no money moved. You have {n} tries left.", n=r.left)),
    entry(refusals.PasswordPaced, 429, lambda r: _(
        "Many wrong passwords were sent for this voucher just now, so I look at another one of yours only from "
        "{again} on. No money moved. Please try again then.", again=Moment.of_microseconds(r.again))),
    entry(refusals.PasswordShut, 429, lambda _r: _(
        "You sent too many wrong passwords, so I look at no more of yours and no money moved. Ask whoever made the "
        "voucher for another.")),
    entry(refusals.TooManyVouchers, 429, lambda r: _(
        "You have {most} vouchers that nobody has redeemed yet, which is as many as one may have. No money moved. "
        "/voucher shows them; take one back first.", most=r.most)),
    entry(refusals.TooManyLinks, 429, lambda _r: _(
        "You came with too many links that are none of ours. No money moved. Please try again in an hour.")),
))
