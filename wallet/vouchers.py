"""Vouchers: money as a link, once or many times, for whoever has it, for whoever knows its password, or for one person.

Guards: what went in is what was redeemed, what went back and what is left, and the voucher's own account holds exactly
what is left. Nobody redeems one twice. Its link follows from a key that is in no database, so whoever reads every row
can cash none; its password is looked for in the operation that counts the attempt, so no guess runs beside another. A
voucher is a debit like any other: its maker says yes to it, with the PIN above the no-PIN limit.
"""
from __future__ import annotations

import hashlib
import hmac
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import ClassVar, Final

from wallet import gate, ids, limits, refusals, risk, tallies
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.drafts import Intent, keep_draft
from wallet.events import VoucherCame, VoucherGuessed, VoucherRedeemed, VoucherReturned, VoucherWent
from wallet.movements import VOUCHER, VOUCHER_BACK, VOUCHER_USE, AccountKind
from wallet.plain import frozen
from wallet.rows import Account, Draft, Key, Member, Voucher, VoucherTry, VoucherUse

MOST_USES: Final = 100
"""How often one voucher may be redeemed."""
OWN_TRIES: Final = 5
"""Wrong passwords until somebody may guess no more at one voucher."""
MANY_TRIES: Final = 10
"""Wrong passwords in an hour, whoever guessed, until only those are looked at who have not guessed wrong before:
accounts can be bought, and a password is only a word. After so many in all its maker is told."""
HOUR: Final = 60 * 60 * 1_000_000
LONGEST_PASSWORD: Final = 64


def link_of(key: bytes, nonce: str) -> str:
    """The secret part of a voucher's link: 128 bits in 22 signs. `key` is the policy's."""
    return urlsafe_b64encode(hmac.digest(key, f"link {nonce}".encode(), hashlib.sha256)[:16]).decode().rstrip("=")


def password_of(key: bytes, nonce: str, word: str) -> str:
    """A voucher's password as it is kept: without the key nobody can try words on it. Widths, capitals and blanks
    around it are forgiven."""
    plain = " ".join(unicodedata.normalize("NFKC", word).casefold().split())
    return hmac.digest(key, f"password {nonce} {plain}".encode(), hashlib.sha256).hex()


@frozen()
class VoucherMade(Outcome):
    """The money is set aside and the link may be given away."""

    voucher: int
    transfer: int
    amount: int
    """Of each use."""
    uses: int
    balance: int
    """What its maker has left."""
    chat: int
    """The group in which it was asked, 0 in private."""
    message: int
    """The message there that asked its maker, or 0."""


@frozen()
class Redeemed(Outcome):
    """Somebody has the money."""

    voucher: int
    transfer: int
    amount: int
    maker: int
    """The member who made it."""
    balance: int
    """The redeemer's."""


@frozen()
class VoucherEnded(Outcome):
    """The rest is back. `state` is "withdrawn" or "expired"."""

    voucher: int
    transfer: int
    amount: int
    """What went back."""
    state: str


@frozen()
class VoucherIntent(Intent):
    """A voucher that a member wants to make: the part of an `AskVoucher` that a draft keeps."""

    amount: int
    uses: int
    only: int
    nonce: str
    password: str

    WORD: ClassVar[str] = "voucher"
    GATE: ClassVar[str] = "payment"
    BINDS: ClassVar[bool] = True

    @property
    def total(self) -> int:
        return self.amount * self.uses

    def check(self, books: Books, payer: Member) -> None:
        """Refuses what `AskVoucher` refuses."""
        books.need(*tallies.reads(payer.id, tallies.VOUCHERS))
        most = books.policy.vouchers_open
        if tallies.still_open(books, payer.id, tallies.VOUCHERS) >= most:
            raise refusals.TooManyVouchers(most)
        if not 0 < self.uses <= MOST_USES:
            raise refusals.UsesOutOfRange(MOST_USES)
        if self.only == payer.telegram_id:
            raise refusals.PayToYourself
        if not 0 < self.amount <= books.policy.max_amount // self.uses:
            raise refusals.AmountOutOfRange(1, books.policy.max_amount // self.uses)
        gate.covers(books, payer, self.total)
        limits.judge(books, payer, self.total)
        risk.decide(books, payer.id, (0,), self.total)

    def carry_out(self, books: Books, draft: Draft, found: None, *, pinless: bool) -> VoucherMade:
        voucher = books.number()
        account = ids.account(voucher, AccountKind.VOUCHER)
        books.add(Account(account, int(AccountKind.VOUCHER), 0, 0))
        transfer = books.post(VOUCHER, ids.account(self.payer, AccountKind.AVAILABLE), account, self.total)
        expires = books.now + books.policy.voucher_life
        books.add(Voucher(voucher, self.payer, self.amount, self.uses, 0, 0, "open", transfer.id, self.only, self.nonce,
                          self.password, 0, expires, 0, 0, self.chat, 0, books.today if pinless else 0,
                          books.today))
        tallies.begin(books, self.payer, tallies.VOUCHERS)
        if self.only:
            books.audit(self.payer, "for_one_alone", f"{voucher} {self.only}")
        limits.count(books, self.payer, self.total, pinless=pinless, stranger=risk.is_first(books))
        if self.chat:
            books.tell(self.payer, VoucherWent(transfer.id, voucher, self.amount, self.uses, expires))
        return VoucherMade(voucher, transfer.id, self.amount, self.uses, books.balance(self.payer), self.chat,
                           draft.message)


@frozen(kw_only=True)
class AskVoucher(Command):
    """A member wants to make a voucher. It always needs their word: nobody in particular is paid."""

    payer: int
    amount: int
    """Of each use."""
    uses: int = 1
    only: int = 0
    """The Telegram id of the one person who may redeem it, or 0."""
    nonce: str = unasked()
    """128 random bits or more, as text, from which the link follows."""
    password: str = unasked(default="")
    """As `password_of` makes it, or "" for none. What was typed enters no row."""
    token: str = unasked()
    """Names the draft: 128 random bits or more, as text."""
    chat: int = unasked(default=0)
    """The group in which it was asked, 0 in private."""

    GATE: ClassVar[str] = "payment"
    BINDS: ClassVar[bool] = True
    MONEY: ClassVar[bool] = True
    DEBITS: ClassVar[bool] = True

    def actor(self) -> int:
        return self.payer

    def reads(self, today: int) -> Iterable[Key]:
        return ((Account, ids.account(self.payer, AccountKind.AVAILABLE)), *limits.reads(self.payer, today),
                *tallies.reads(self.payer, tallies.VOUCHERS))

    def decide(self, books: Books) -> Outcome:
        """Makes a draft. Refuses `TooManyVouchers`, `UsesOutOfRange`, `PayToYourself`, `AmountOutOfRange` and
        `NotEnough`."""
        assert len(self.nonce) >= 16
        assert not self.only or self.uses == 1
        intent = VoucherIntent(self.payer, self.chat, self.amount, self.uses, self.only, self.nonce, self.password)
        payer = books.get(Member, self.payer)
        intent.check(books, payer)
        return keep_draft(books, self.token, "pin" if intent.beyond_pinless(books, payer) else "confirm", intent)


@frozen(kw_only=True)
class PlaceVoucher(Command):
    """Note in which message a voucher's card stands. A group that has become another chat takes it along."""

    member: int
    voucher: int
    chat: int
    message: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Voucher, self.voucher),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `VoucherUnknown`, to anybody but its maker too."""
        voucher = _own(books, self.voucher, self.member)
        voucher = books.edit(Voucher, voucher.id)
        voucher.chat, voucher.message = self.chat, self.message
        return Done()


@frozen(kw_only=True)
class Redeem(Command):
    """Somebody who has the link takes what one use is worth."""

    member: int
    voucher: int
    link: str
    """The secret part of the link that they came by."""
    password: str = ""
    """As `password_of` makes it of what they typed, or "" for none."""

    GATE: ClassVar[str] = "payment"
    MONEY: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        own = self.voucher, self.member
        return ((Voucher, self.voucher), (VoucherUse, own), (VoucherTry, own),
                (Account, ids.account(self.voucher, AccountKind.VOUCHER)),
                (Account, ids.account(self.member, AccountKind.AVAILABLE)))

    def decide(self, books: Books) -> Outcome:
        """Refuses `VoucherUnknown`, `VoucherOwn`, `VoucherNotForYou`, `RedeemedBefore`, `VoucherUsedUp`,
        `VoucherWithdrawn`, `VoucherOver`, `DirectionRestricted`, `PayerUnavailable`, `PasswordNeeded`, `PasswordWrong`,
        `PasswordPaced` and `PasswordShut`."""
        voucher = books.find(Voucher, self.voucher)
        if voucher is None or not hmac.compare_digest(
                link_of(books.policy.voucher_key, voucher.nonce).encode(), self.link.encode()):
            raise refusals.VoucherUnknown  # Whoever tries links learns nothing from which number there is.
        books.need((Member, voucher.member),
                   *tallies.reads(voucher.member, tallies.VOUCHERS, tallies.guesses_at(voucher.id)))
        member, maker = books.get(Member, self.member), books.get(Member, voucher.member)
        if voucher.member == self.member:
            raise refusals.VoucherOwn
        if voucher.only not in (0, member.telegram_id):
            raise refusals.VoucherNotForYou
        if (before := books.find(VoucherUse, (voucher.id, member.id))) is not None:
            raise refusals.RedeemedBefore(voucher.amount, before.transfer)
        _must_be_open(voucher, books.now)
        gate.may_take(books, member)
        if not gate.money_goes_out(books, maker):
            raise refusals.PayerUnavailable  # It was set aside before, but it would go out now.
        if voucher.password:
            _let_in(books, voucher, self.member, self.password)
        return _redeem(books, books.edit(Voucher, voucher.id), self.member)


def _must_be_open(voucher: Voucher, now: int) -> None:
    """Refuses `VoucherUsedUp`, `VoucherWithdrawn` and `VoucherOver`."""
    if voucher.state == "used":
        raise refusals.VoucherUsedUp
    if voucher.state == "withdrawn":
        raise refusals.VoucherWithdrawn
    if voucher.state == "expired" or voucher.expires_at <= now:
        raise refusals.VoucherOver


def _let_in(books: Books, voucher: Voucher, member: int, password: str) -> None:
    """Raise unless the password is right. A wrong one is counted for the one who typed it and for the voucher. The
    first of each person is always looked at: whoever knows the word gets in, however many strangers guess."""
    tried = books.find(VoucherTry, (voucher.id, member))
    left = OWN_TRIES - (tried.tries if tried else 0)
    if left <= 0:
        raise refusals.PasswordShut
    guesses, hour = tallies.guesses_at(voucher.id), books.now // HOUR
    if tried is not None and tallies.begun_in(books, voucher.member, guesses, hour) >= MANY_TRIES:
        raise refusals.PasswordPaced((hour + 1) * HOUR)
    if not password:
        raise refusals.PasswordNeeded
    if hmac.compare_digest(voucher.password.encode(), password.encode()):
        return
    if tried is None:
        books.add(VoucherTry(voucher.id, member, 1))
    else:
        books.edit(VoucherTry, (voucher.id, member)).tries += 1
    voucher = books.edit(Voucher, voucher.id)
    voucher.tries += 1
    tallies.note(books, voucher.member, guesses, hour)
    if voucher.tries == MANY_TRIES:
        books.tell(voucher.member, VoucherGuessed(voucher.id, voucher.transfer))
    books.keep()
    raise refusals.PasswordWrong(left - 1)


def _redeem(books: Books, voucher: Voucher, member: int) -> Redeemed:
    """One use, to somebody who may have it."""
    transfer = books.post(VOUCHER_USE, ids.account(voucher.id, AccountKind.VOUCHER),
                          ids.account(member, AccountKind.AVAILABLE), voucher.amount)
    voucher.used += 1
    if voucher.used == voucher.uses:
        voucher.state, voucher.ended_at = "used", books.now
        _no_longer_open(books, voucher)
    books.add(VoucherUse(voucher.id, member, voucher.used, transfer.id))
    books.tell(member, VoucherCame(transfer.id, voucher.id, voucher.member, voucher.amount))
    books.tell(voucher.member, VoucherRedeemed(voucher.id, transfer.id, member, voucher.amount, voucher.used,
                                               voucher.uses))
    return Redeemed(voucher.id, transfer.id, voucher.amount, voucher.member, books.balance(member))


@frozen(kw_only=True)
class WithdrawVoucher(Command):
    """Its maker takes back what nobody has redeemed."""

    member: int
    voucher: int

    MONEY: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Voucher, self.voucher), (Account, ids.account(self.voucher, AccountKind.VOUCHER)),
                (Account, ids.account(self.member, AccountKind.AVAILABLE)))

    def decide(self, books: Books) -> Outcome:
        """Refuses `VoucherUnknown`, `VoucherUsedUp`, `VoucherWithdrawn` and `VoucherOver`. Somebody else's voucher is
        as unknown as one that never was."""
        voucher = _own(books, self.voucher, self.member)
        _must_be_open(voucher, 0)  # What the clock has yet to fetch may as well be fetched by hand.
        return _give_back(books, voucher, "withdrawn")


@frozen(kw_only=True)
class ExpireVoucher(Command):
    """The clock gives back what nobody redeemed in time, or before the service closes. Runs while money rests, too."""

    voucher: int

    def reads(self, today: int) -> Iterable[Key]:
        return ((Voucher, self.voucher), (Account, ids.account(self.voucher, AccountKind.VOUCHER)))

    def decide(self, books: Books) -> Outcome:
        """Refuses `VoucherUnknown`, `VoucherUsedUp`, `VoucherWithdrawn` and `VoucherOver`; before its time, with
        `VoucherNotDue`, the voucher stays open."""
        voucher = books.find(Voucher, self.voucher)
        if voucher is None:
            raise refusals.VoucherUnknown
        _must_be_open(voucher, 0)
        if books.now < voucher.expires_at and not books.switch.winds_down:
            raise refusals.VoucherNotDue
        if books.now < voucher.expires_at:
            books.edit(Voucher, self.voucher).expires_at = books.now
        ended = _give_back(books, voucher, "expired")
        books.tell(voucher.member, VoucherReturned(ended.transfer, voucher.id, ended.amount, voucher.used,
                                                   voucher.uses))
        return ended


def _own(books: Books, number: int, member: int) -> Voucher:
    """Somebody's own voucher. Refuses `VoucherUnknown`."""
    voucher = books.find(Voucher, number)
    if voucher is None or voucher.member != member:
        raise refusals.VoucherUnknown
    return voucher


def _give_back(books: Books, voucher: Voucher, state: str) -> VoucherEnded:
    maker = ids.account(voucher.member, AccountKind.AVAILABLE)
    books.need((Member, voucher.member), (Account, maker),
               *limits.counted(voucher.member, voucher.counted_on, voucher.pinless_on),
               *tallies.reads(voucher.member, tallies.VOUCHERS))
    left = books.balance(voucher.id, AccountKind.VOUCHER)
    transfer = books.post(VOUCHER_BACK, ids.account(voucher.id, AccountKind.VOUCHER), maker, left)
    limits.uncount(books, voucher.member, voucher.counted_on, left, pinless_on=voucher.pinless_on)
    voucher = books.edit(Voucher, voucher.id)
    voucher.returned, voucher.state = left, state
    voucher.ended_at, voucher.ended_by = books.now, transfer.id
    _no_longer_open(books, voucher)
    return VoucherEnded(voucher.id, transfer.id, left, state)


def _no_longer_open(books: Books, voucher: Voucher) -> None:
    """One fewer of its maker's. A release before tallies may have made it beside this one."""
    if tallies.still_open(books, voucher.member, tallies.VOUCHERS):
        tallies.end(books, voucher.member, tallies.VOUCHERS)
