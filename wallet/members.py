"""Joining, step by step, and what a member may set.

Guards: one wallet per Telegram account and per phone number; a wallet opens only after the joining documents were
accepted and a contact of one's own was shared, and for somebody who says that they are under 18 only once a guardian
answers for them (`wallet.family`). Every step is stored, so joining goes on where it was left.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from wallet import gate, ids, pins, refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.gate import Safeguard
from wallet.movements import AccountKind
from wallet.plain import frozen
from wallet.rows import Account, Claim, Key, Member, Pin, Profile
from wallet.text import clean_nickname

NICKNAME_CHANGES: Final = 1
"""How often a nickname may be changed."""


def telegram_claim(telegram_id: int) -> str:
    """The claim by which a Telegram account belongs to one wallet."""
    return f"telegram:{telegram_id}"


def slip_claim(member: int) -> str:
    """The claim by which taking back that one is under 18 can be done once."""
    return f"slip:{member}"


def renaming_claim(member: int) -> str:
    """The claim by which somebody whose nickname was taken away may choose another one, once."""
    return f"renaming:{member}"


@frozen()
class Met(Outcome):
    """Who it is. `step` is "" for somebody who has joined."""

    member: int
    step: str


@frozen(kw_only=True)
class Meet(Command):
    """Somebody opens the private chat. The first time this begins joining."""

    telegram_id: int
    language: str = unasked()
    """Preset from what Telegram says about the person."""
    payload: str = unasked(default="")
    """What came behind /start."""

    def reads(self, today: int) -> Iterable[Key]:
        return ((Claim, telegram_claim(self.telegram_id)),)

    def decide(self, books: Books) -> Outcome:
        """Keeps a payload for somebody who is still joining."""
        text = telegram_claim(self.telegram_id)
        claim = books.find(Claim, text)
        if claim is None:
            member = begun(books, self.telegram_id, self.language, self.payload)
            books.add(Claim(text, member.id, books.now))
            return Met(member.id, member.step)
        member = books.get(Member, claim.owner)
        if member.step and self.payload and member.payload != self.payload:
            books.edit(Member, member.id).payload = self.payload
        return Met(member.id, member.step)


def begun(books: Books, telegram_id: int, language: str, payload: str) -> Member:
    """Somebody who has only begun to join, with a number of their own."""
    return books.add(Member(books.number(), telegram_id, "joining", "language", language, 0, "",
                            books.policy.no_pin_limit, 0, 0, payload, 0, 0, books.now, 0, "", 0, 0, books.today))


@frozen(kw_only=True)
class ChooseLanguage(Command):
    """A person chooses the language in which the product speaks to them."""

    member: int
    language: str

    def actor(self) -> int:
        return self.member

    def decide(self, books: Books) -> Outcome:
        assert self.language in ("en", "zh_CN")
        member = books.edit(Member, self.member)
        member.language = self.language
        if member.step == "language":
            gate.takes_in(books)
            member.step = "agree"
        return Done()


@frozen(kw_only=True)
class DeclareMinor(Command):
    """A person who is joining says that they are under 18."""

    member: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Claim, slip_claim(self.member)),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `JoiningOutOfOrder`."""
        member = books.edit(Member, self.member)
        if member.step in ("minor", "barred") or member.safeguards & Safeguard.WARD:
            return Done()
        if member.step != "agree":
            raise refusals.JoiningOutOfOrder(member.step)
        member.step = "minor" if books.find(Claim, slip_claim(self.member)) is None else "barred"
        books.audit(self.member, "said_under_18")
        return Done()


@frozen(kw_only=True)
class TakeBackMinor(Command):
    """A person who said that they are under 18 says, once and asked again, that they are not."""

    member: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Claim, slip_claim(self.member)),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `JoiningOutOfOrder`."""
        member = books.edit(Member, self.member)
        if member.step != "minor":
            raise refusals.JoiningOutOfOrder(member.step)
        assert books.find(Claim, slip_claim(self.member)) is None, "who took it back once is barred the next time"
        books.add(Claim(slip_claim(self.member), self.member, books.now))
        member.step = "agree"
        books.audit(self.member, "took_back_under_18")
        return Done()


@frozen()
class Joined(Outcome):
    """The wallet is open. `payload` is what the person came for."""

    member: int
    payload: str


@frozen(kw_only=True)
class ShareContact(Command):
    """The last step of joining: a person's own phone number, checked to be theirs by the handler."""

    member: int
    phone_digest: str
    """Keyed digest of the number in E.164 form."""
    sealed_phone: bytes = unasked()
    wrapped_key: bytes = unasked()
    nickname: str = unasked()
    """The one that is proposed."""

    BINDS: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Claim, f"phone:{self.phone_digest}"), (Profile, self.member),
                *((Account, ids.account(self.member, kind)) for kind in (AccountKind.AVAILABLE, AccountKind.HELD)))

    def decide(self, books: Books) -> Outcome:
        """Refuses `JoiningOutOfOrder` and `PhoneTaken`."""
        member = books.edit(Member, self.member)
        if member.step != "contact":
            raise refusals.JoiningOutOfOrder(member.step)
        if books.find(Claim, f"phone:{self.phone_digest}") is not None:
            raise refusals.PhoneTaken
        books.add(Claim(f"phone:{self.phone_digest}", self.member, books.now))
        books.add(Profile(self.member, self.nickname, 0, self.sealed_phone, self.wrapped_key, 0))
        for kind in (AccountKind.AVAILABLE, AccountKind.HELD):
            books.add(Account(ids.account(self.member, kind), kind, 0, 0))
        payload, member.payload = member.payload, ""
        member.step, member.state, member.joined_at = "", "active", books.now
        books.audit(self.member, "joined")
        return Joined(self.member, payload)


@frozen()
class Nicknamed(Outcome):
    """What the member is called now. `changed` is False when they were called so before, which costs nothing."""

    nickname: str
    changed: bool


@frozen(kw_only=True)
class ChangeNickname(Command):
    """A member takes another nickname, exactly once; and once more, if operators took away what they chose
    (`wallet.removals`). Several may have the same."""

    member: int
    nickname: str
    """As `text.clean_nickname` keeps it."""

    def __post_init__(self) -> None:
        assert clean_nickname(self.nickname, brand="") == self.nickname
        Command.__post_init__(self)

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Profile, self.member),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAMember` and `NicknameSpent`. The journal says that it changed, never what it was or is: a
        nickname can be erased."""
        member = books.find(Member, self.member)
        if member is None or member.step:
            raise refusals.NotAMember
        profile = books.get(Profile, self.member)
        if profile.nickname == self.nickname:
            return Nicknamed(self.nickname, False)
        if profile.nickname_changes >= NICKNAME_CHANGES:
            raise refusals.NicknameSpent
        profile = books.edit(Profile, self.member)
        profile.nickname = self.nickname
        profile.nickname_changes += 1
        books.audit(self.member, "nickname")
        return Nicknamed(self.nickname, True)


@frozen(kw_only=True)
class SetNoPinLimit(Command):
    """A member sets up to which sum a day no PIN is asked. Raising it takes the PIN."""

    member: int
    limit: int
    pin_version: int = unasked(default=0)
    """The version of the PIN that was just proven, or 0."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Pin, self.member),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `SettingOutOfRange`, `PinNotSet`, `PinNeeded` and `PinChanged`."""
        most = books.policy.no_pin_limit
        if not 0 <= self.limit <= most:
            raise refusals.SettingOutOfRange(0, most)
        member = books.edit(Member, self.member)
        if member.step:
            raise refusals.NotAMember
        if self.limit > member.no_pin_limit:
            pins.proven(books, self.member, self.pin_version)
        member.no_pin_limit = self.limit
        books.audit(self.member, "no_pin_limit", str(self.limit))
        return Done()


@frozen(kw_only=True)
class SetConfirmIncoming(Command):
    """A member says whether what others send them waits for their word. What waits already goes on waiting."""

    member: int
    on: bool

    def actor(self) -> int:
        return self.member

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAMember`."""
        member = books.edit(Member, self.member)
        if member.step:
            raise refusals.NotAMember
        if bool(member.confirm_incoming) != self.on:
            member.confirm_incoming = int(self.on)
            books.audit(self.member, "confirm_incoming", str(member.confirm_incoming))
        return Done()
