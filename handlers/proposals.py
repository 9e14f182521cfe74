"""How what operators sign is spoken of: each deed in a sentence, and a proposal as a card.

Guards: whoever signs reads whom it is about as exactly as anybody who pays, and every fact of the deed; there is no
deed without its words.

A chapter whose acts are signed says how they are spoken of:

    @spoken_of(AdjustDeed)
    class Adjustments(Spoken[AdjustDeed]):
        async def what(self, deed, known, people): …
        def came(self, deed, outcome): …
"""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, Protocol, TypeVar

from handlers import legal_holds, payments
from handlers.ground import People
from handlers.hits import CONFIRMED
from handlers.texts import Code, Fact, Lines, Moment, Money, Person, Text, _
from wallet import ids
from wallet.adjustments import AdjustDeed, Adjusted
from wallet.clearing import ListedDeed
from wallet.commands import Outcome
from wallet.for_ever import BanDeed, UnbanDeed
from wallet.legal_holds import LegalHoldDeed, LegallyHeld, LiftLegalHoldDeed
from wallet.moving import MoveDeed
from wallet.proposals import Deed, read
from wallet.publishing import PublishDeed
from wallet.releases import ReleaseDeed
from wallet.resets import ResetIdentityDeed, ResetPinDeed
from wallet.views import Party
from wallet.winding_down import CallOffDeed, WindDownDeed

D = TypeVar("D", bound=Deed)
S = TypeVar("S", bound="type[Spoken[Any]]")


class Known(Protocol):
    """Who knows members by their numbers."""

    async def party(self, member: int) -> Party | None:
        """How a member is named to others."""


class Spoken(ABC, Generic[D]):
    """How deeds of one kind are spoken of."""

    @abstractmethod
    async def what(self, deed: D, known: Known, people: People) -> Fact:
        """What is to be done, with everything that its signers have to know."""

    def came(self, deed: D, outcome: Outcome) -> Fact | None:
        """What there is to say of it besides, once it is done."""
        return None


SPOKEN: Final[dict[type[Deed], Spoken[Any]]] = {}
"""By the kind of deed."""


def spoken_of(kind: type[Deed]) -> Callable[[S], S]:
    """Registers how a kind of deed is spoken of."""

    def register(spoken: S) -> S:
        assert kind not in SPOKEN, f"two ways to speak of {kind.__name__}"
        SPOKEN[kind] = spoken()
        return spoken

    return register


async def what(deed: str, known: Known, people: People) -> Fact:
    """What is to be done by a stored deed."""
    wanted = read(deed)
    said: Fact = await SPOKEN[type(wanted)].what(wanted, known, people)
    return said


def came(deed: str, outcome: Outcome) -> Fact | None:
    """What there is to say of it besides, once it is done."""
    done = read(deed)
    said: Fact | None = SPOKEN[type(done)].came(done, outcome)
    return said


def heading(proposal: int) -> Text:
    """The first line of a proposal."""
    return _("🔏 <b>Proposal {code}</b>", code=Code(ids.code(proposal)))


def card(proposal: int, said: Fact, maker: Person, expires_at: int) -> Lines:
    """A proposal that waits for a second operator."""
    return Lines((heading(proposal), said, _("Proposed by {name}. A second operator has to approve it by {time}.",
                                             name=maker, time=Moment.of_microseconds(expires_at))))


BECAME: Final[Mapping[str, Text]] = {
    "approved": _("✅ A second operator approved it, and it is done."),
    "rejected": _("✖️ It was rejected. Nothing happened and no money moved."),
    "expired": _("⌛ No second operator approved it in time. Nothing happened and no money moved."),
}
"""What stands under one that is over."""


async def member_named(number: int, known: Known, people: People) -> Fact:
    """A member as their signers have to recognise them."""
    party = await known.party(number)
    if party is None:
        return Person("")
    seen = (await people.by_ids((party.telegram_id,))).get(party.telegram_id)
    return _("{name}, {number}", number=Code(str(party.telegram_id)),
             name=payments.exactly(payments.party_name(party, seen), seen.username if seen else ""))


@spoken_of(AdjustDeed)
class Adjustments(Spoken[AdjustDeed]):
    """Corrections of a member's balance."""

    async def what(self, deed: AdjustDeed, known: Known, people: People) -> Fact:
        name, amount = await member_named(deed.member, known, people), Money(abs(deed.amount))
        line = (_("Add <b>{amount}</b> to the balance of {name}.", amount=amount, name=name) if deed.amount > 0 else
                _("Take <b>{amount}</b> from the balance of {name}.", amount=amount, name=name))
        return Lines((line, *_grounds(deed.reason, deed.receipt)))

    def came(self, deed: AdjustDeed, outcome: Outcome) -> Fact | None:
        assert isinstance(outcome, Adjusted)
        return payments.receipt_line(outcome.transfer)


@spoken_of(BanDeed)
class Bans(Spoken[BanDeed]):
    """Bans for ever."""

    async def what(self, deed: BanDeed, known: Known, people: People) -> Fact:
        name = await member_named(deed.member, known, people)
        note = (_("Note, for operators alone: {note}", note=payments.plainly(deed.note)),) if deed.note else ()
        return Lines((_("⛔ Ban {name} for ever.", name=name), _("Reason: {reason}", reason=deed.reason), *note))


@spoken_of(ListedDeed)
class Listings(Spoken[ListedDeed]):
    """Whoever is whom the screening list names."""

    async def what(self, deed: ListedDeed, known: Known, people: People) -> Fact:
        reference, source = deed.entry.split(" ", 1)
        return Lines((
            _("⛔ Confirm that {name} is {reference} of {source} on the screening list, and freeze the wallet for "
              "good.",
              name=await member_named(deed.member, known, people), reference=Code(reference), source=Code(source)),
            _("Why: {reason}", reason=CONFIRMED[deed.reason]), _("The first signature freezes it for 24 hours.")))


@spoken_of(UnbanDeed)
class Unbans(Spoken[UnbanDeed]):
    """Lifting them."""

    async def what(self, deed: UnbanDeed, known: Known, people: People) -> Fact:
        return _("Lift the ban for ever of {name}.", name=await member_named(deed.member, known, people))


@spoken_of(LegalHoldDeed)
class LegalHolds(Spoken[LegalHoldDeed]):
    """Orders of courts."""

    async def what(self, deed: LegalHoldDeed, known: Known, people: People) -> Fact:
        name = await member_named(deed.member, known, people)
        note = (_("Note, for operators alone: {note}", note=payments.plainly(deed.note)),) if deed.note else ()
        return Lines((_("⚖️ Hold money of {name} by an order.", name=name),
                      *legal_holds.facts(deed.authority, deed.reference, deed.dated, deed.amount, deed.until), *note))

    def came(self, deed: LegalHoldDeed, outcome: Outcome) -> Fact:
        assert isinstance(outcome, LegallyHeld)
        return _("It is order {code}, and they are told. /lifthold with that code lifts it.",
                 code=Code(ids.code(outcome.hold)))


@spoken_of(LiftLegalHoldDeed)
class LiftedLegalHolds(Spoken[LiftLegalHoldDeed]):
    """Orders that hold no more."""

    async def what(self, deed: LiftLegalHoldDeed, known: Known, people: People) -> Fact:
        return Lines((_("⚖️ Lift order {code}, which holds money of {name}.", code=Code(ids.code(deed.hold)),
                        name=await member_named(deed.member, known, people)),
                      _("Reason: {reason}", reason=payments.plainly(deed.reason))))

    def came(self, deed: LiftLegalHoldDeed, outcome: Outcome) -> Fact:
        return _("They are told, and what it held is theirs to spend unless something else stops it.")


@spoken_of(PublishDeed)
class Publications(Spoken[PublishDeed]):
    """New versions of the agreements."""

    async def what(self, deed: PublishDeed, known: Known, people: People) -> Fact:
        name, time = Code(deed.document), Moment.of_microseconds(deed.effective)
        return Lines((
            _("📜 Publish the significant version {version} of {name}, in force from {time}.", name=name,
              version=deed.version, time=time)
            if deed.significant else
            _("📜 Publish the minor version {version} of {name}, in force from {time}.", name=name,
              version=deed.version, time=time),
            _("SHA-256 in English: {code}", code=Code(deed.english)),
            _("SHA-256 in Chinese: {code}", code=Code(deed.chinese)),
            _("/publish shows all of it and what it changes.")))

    def came(self, deed: PublishDeed, outcome: Outcome) -> Fact:
        return _("Everybody who accepted an older version is told now, each once.")


@spoken_of(ResetPinDeed)
class Resets(Spoken[ResetPinDeed]):
    """Forgotten PINs."""

    async def what(self, deed: ResetPinDeed, known: Known, people: People) -> Fact:
        return Lines((_("🔑 Let {name} choose another PIN a day from now.",
                        name=await member_named(deed.member, known, people)),
                      _("How they proved who they are: {proof}", proof=payments.plainly(deed.proof))))

    def came(self, deed: ResetPinDeed, outcome: Outcome) -> Fact:
        return _("They are told now, and can stop it until then.")


@spoken_of(ResetIdentityDeed)
class WrongNumbers(Spoken[ResetIdentityDeed]):
    """Names and ID numbers that are wrong."""

    async def what(self, deed: ResetIdentityDeed, known: Known, people: People) -> Fact:
        return Lines((_("🪪 Take the name and ID number off the wallet of {name}.",
                        name=await member_named(deed.member, known, people)),
                      _("How they showed that it is wrong: {proof}", proof=payments.plainly(deed.proof)),
                      _("Their identity level falls to 0 until they give the right ones; a minor stays one, and an "
                        "approved company stays theirs. Whoever the number is may give it then.")))

    def came(self, deed: ResetIdentityDeed, outcome: Outcome) -> Fact:
        return _("They are told now.")


@spoken_of(ReleaseDeed)
class Releases(Spoken[ReleaseDeed]):
    """Payments that a rule held back."""

    async def what(self, deed: ReleaseDeed, known: Known, people: People) -> Fact:
        receiver = (await member_named(deed.receiver, known, people) if deed.receiver
                    else _("{number}, who has yet to join", number=Code(str(deed.person))))
        return Lines((
            _("🔎 Let <b>{amount}</b> go on from {payer} to {name}.", amount=Money(deed.amount),
              payer=await member_named(deed.payer, known, people), name=receiver),
            _("Reason: {reason}", reason=payments.plainly(deed.reason)),
            _("Nobody can take it back once it has arrived.")))

    def came(self, deed: ReleaseDeed, outcome: Outcome) -> Fact:
        return _("Its payer is told, and whoever it is for.")


@spoken_of(WindDownDeed)
class WindDowns(Spoken[WindDownDeed]):
    """The end of it all."""

    async def what(self, deed: WindDownDeed, known: Known, people: People) -> Fact:
        return _("🏁 Close the service on {time}. At once nobody joins any more, and nothing is topped up or set "
                 "aside; vouchers come back and recurring payments end. Every member is told, with a signed statement "
                 "of what is owed to them.", time=Moment.of_microseconds(deed.closes_at))


@spoken_of(CallOffDeed)
class CallOffs(Spoken[CallOffDeed]):
    """Going on after all."""

    async def what(self, deed: CallOffDeed, known: Known, people: People) -> Fact:
        return _("🌱 Don't close the service on {time} after all. Every member is told.",
                 time=Moment.of_microseconds(deed.closes_at))


@spoken_of(MoveDeed)
class Moves(Spoken[MoveDeed]):
    """Wallets that move to another Telegram account."""

    async def what(self, deed: MoveDeed, known: Known, people: People) -> Fact:
        seen = (await people.by_ids((deed.person,))).get(deed.person)
        return Lines((
            _("🚚 Give the wallet of {name} to the Telegram account {person}, {number}.",
              name=await member_named(deed.member, known, people), number=Code(str(deed.person)),
              person=payments.exactly(payments.person("", seen), seen.username if seen else "")),
            _("How they proved who they are: {proof}", proof=payments.plainly(deed.proof))))

    def came(self, deed: MoveDeed, outcome: Outcome) -> Fact:
        return _("Both accounts are told. Money goes out of it again in a minute.")


def adjusted(amount: int, reason: str, receipt: int, transfer: int) -> Lines:
    """What the member hears whose balance was corrected."""
    line = (_("➕ The operators added <b>{amount}</b> to your balance.", amount=Money(amount)) if amount > 0 else
            _("➖ The operators took <b>{amount}</b> from your balance.", amount=Money(-amount)))
    return Lines((line, *_grounds(reason, receipt), payments.receipt_line(transfer),
                  _("Two operators signed this. If you think it is wrong, write to us: /support.")))


def _grounds(reason: str, receipt: int) -> tuple[Fact, ...]:
    corrects = (_("It corrects receipt {code}.", code=Code(ids.code(receipt))),) if receipt else ()
    return _("Reason: {reason}", reason=payments.plainly(reason)), *corrects
