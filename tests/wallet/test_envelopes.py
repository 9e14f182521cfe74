"""Red envelopes: filled once by their maker's word, opened once by everybody, and ended by the clock."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, GROUP, USER, Bank, open_bank
from wallet import ids, refusals, shares
from wallet.agreements import Terms
from wallet.commands import Outcome
from wallet.drafts import Asked, CancelDraft, Confirm, ExpireDraft
from wallet.envelopes import (
    AskEnvelope,
    EnvelopeEnded,
    EnvelopeIntent,
    EnvelopeMade,
    ExpireEnvelope,
    Opened,
    OpenEnvelope,
    PlaceEnvelope,
)
from wallet.events import EnvelopeReturned, EnvelopeWent, ShareCame, read
from wallet.movements import AccountKind
from wallet.operators import HOUSE, SetSwitch
from wallet.rows import EQUAL, LUCKY, Account, Draft, Drawn, Envelope, Operation, Tally
from wallet.standing import Restriction


def wish(bank: Bank, *, amount: int = 1_000, count: int = 4, greeting: str = "") -> AskEnvelope:
    """What Alice asks for."""
    key = bank.key()
    return AskEnvelope(key=key, payer=bank.members[ALICE], kind=LUCKY, amount=amount, shares=count, greeting=greeting,
                       seed="5e" * 32, token=f"token {key}", chat=GROUP)


def yes(bank: Bank, token: str, who: int = ALICE, *, pin_version: int = 0) -> Confirm:
    return Confirm(key=bank.key(), member=bank.members[who], token=token, pin_version=pin_version)


async def asked(bank: Bank, *, amount: int = 1_000, greeting: str = "") -> Asked:
    """A draft of Alice's."""
    outcome = await bank.run(wish(bank, amount=amount, greeting=greeting))
    assert isinstance(outcome, Asked)
    return outcome


def left(bank: Bank, envelope: int) -> int:
    """What an envelope's own account holds."""
    return bank.row(Account, ids.account(envelope, AccountKind.ENVELOPE)).balance


def told(bank: Bank, kind: type[object]) -> list[tuple[int, object]]:
    """Who was told something of a kind."""
    return [(notice.member, read(notice.event, notice.facts)) for notice in bank.told if notice.event == kind.__name__]


# ------------------------------------------------------------------------------------------------- making
async def test_an_envelope_needs_its_makers_word_and_sets_the_whole_amount_aside(bank: Bank) -> None:
    draft = await asked(bank, amount=1_000, greeting="恭喜发财")
    wanted = draft.what
    assert isinstance(wanted, EnvelopeIntent)
    assert (draft.needs, wanted.amount, wanted.shares, wanted.greeting, wanted.chat) == (
        "confirm", 1_000, 4, "恭喜发财", GROUP)
    assert await bank.balance(ALICE) == 100_000
    envelope = await bank.run(yes(bank, draft.token))
    assert isinstance(envelope, EnvelopeMade)
    assert (envelope.balance, await bank.balance(ALICE), left(bank, envelope.envelope)) == (99_000, 99_000, 1_000)
    assert told(bank, EnvelopeWent) == [(bank.members[ALICE], EnvelopeWent(
        envelope.transfer, envelope.envelope, LUCKY, 1_000, 4, "恭喜发财", envelope.expires_at))]


async def test_one_share_is_not_by_chance(bank: Bank) -> None:
    made = await bank.fills(ALICE, amount=1_000, shares=1)
    assert (made.kind, bank.row(Envelope, made.envelope).kind) == (EQUAL, EQUAL)


async def test_what_is_shown_beforehand_proves_afterwards_how_the_shares_fell(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=1_000, shares=4)
    taken = [(await bank.opens(envelope.envelope, who)).amount for who in (ALICE, BOB, CAROL)]
    drawn = bank.row(Drawn, envelope.envelope)
    assert shares.draw(drawn.seed, 1_000, 4) == shares.read(drawn.shares)
    assert list(shares.read(drawn.shares)[:3]) == taken
    assert shares.fingerprint(drawn.seed, shares.read(drawn.shares)) == envelope.fingerprint


async def test_nothing_that_is_told_before_the_end_holds_the_seed(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=1_000, shares=4)
    await bank.opens(envelope.envelope, BOB)
    seed = bank.row(Drawn, envelope.envelope).seed
    outcomes = [row.outcome for row in bank.store.all(Operation)]  # type: ignore[attr-defined]
    assert not any(seed in text for text in (*outcomes, *(notice.facts for notice in bank.told)))


async def test_equal_shares_are_equal(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=900, shares=3, kind=EQUAL)
    assert [(await bank.opens(envelope.envelope, who)).amount for who in (ALICE, BOB, CAROL)] == [300] * 3


@pytest.mark.parametrize(("amount", "count", "refusal"), [
    (1_000, 0, refusals.SharesOutOfRange(100)),
    (1_000, 101, refusals.SharesOutOfRange(100)),
    (9, 10, refusals.EnvelopeOutOfRange(10, 10, 200_000)),
    (200_001, 10, refusals.EnvelopeOutOfRange(10, 10, 200_000)),
    (100_001, 10, refusals.NotEnough(100_000, 100_001)),
    (0, 1, refusals.EnvelopeOutOfRange(1, 1, 20_000)),
    (-5, 1, refusals.EnvelopeOutOfRange(1, 1, 20_000)),
])
async def test_amounts_and_shares_have_bounds(bank: Bank, amount: int, count: int, refusal: refusals.Refusal) -> None:
    with pytest.raises(type(refusal)) as refused:
        await bank.run(wish(bank, amount=amount, count=count))
    assert refused.value == refusal
    assert bank.store.all(Draft) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(("amount", "count", "share"), [(100, 100, 1), (20_000, 1, 20_000)])
async def test_the_bounds_themselves_are_allowed(bank: Bank, amount: int, count: int, share: int) -> None:
    envelope = await bank.fills(ALICE, amount=amount, shares=count)
    assert (await bank.opens(envelope.envelope, BOB)).amount == share


async def test_one_envelope_holds_no_more_than_one_payment_may_be(bank: Bank) -> None:
    bank.engine.policy = replace(bank.engine.policy, max_amount=500)
    with pytest.raises(refusals.EnvelopeOutOfRange) as refused:
        await bank.run(wish(bank, amount=501))
    assert refused.value == refusals.EnvelopeOutOfRange(4, 4, 500)


async def test_above_the_no_pin_limit_the_pin_is_asked(bank: Bank) -> None:
    draft = await asked(bank, amount=20_001)
    assert draft.needs == "pin"
    await bank.set_pin(ALICE)
    with pytest.raises(refusals.PinNeeded):
        await bank.run(yes(bank, draft.token))
    assert isinstance(await bank.run(yes(bank, draft.token, pin_version=1)), EnvelopeMade)


async def test_a_word_is_not_enough_once_the_days_sum_without_pin_is_used_up(bank: Bank) -> None:
    draft = await asked(bank, amount=1_000)
    await bank.pays(ALICE, BOB, amount=19_500)
    again = await bank.run(yes(bank, draft.token))
    assert isinstance(again, Asked)
    assert again.needs == "pin"
    assert bank.store.all(Envelope) == []  # type: ignore[attr-defined]


async def test_an_envelope_counts_towards_the_sum_without_pin(bank: Bank) -> None:
    await bank.fills(ALICE, amount=19_500, shares=4)
    assert (await asked(bank, amount=501)).needs == "pin"
    assert (await asked(bank, amount=500)).needs == "confirm"


async def test_a_draft_is_confirmed_once_and_by_its_owner_only(bank: Bank) -> None:
    draft = await asked(bank)
    with pytest.raises(refusals.NotYours):
        await bank.run(yes(bank, draft.token, BOB))
    heard = await asyncio.gather(*[bank.run(yes(bank, draft.token)) for _ in range(5)], return_exceptions=True)
    assert sum(isinstance(answer, EnvelopeMade) for answer in heard) == 1
    assert heard.count(refusals.DraftOver("used")) == 4
    assert await bank.balance(ALICE) == 99_000


async def test_the_same_key_makes_one_envelope(bank: Bank) -> None:
    draft = await asked(bank)
    command = yes(bank, draft.token)
    assert await bank.run(command) == await bank.run(command)
    assert await bank.balance(ALICE) == 99_000


async def test_a_draft_is_cancelled_or_runs_out(bank: Bank) -> None:
    first, second = await asked(bank), await asked(bank)
    cancelled = await bank.run(CancelDraft(key=bank.key(), member=bank.members[ALICE], token=first.token))
    assert isinstance(cancelled, Asked)
    bank.clock.forward(minutes=11)
    with pytest.raises(refusals.DraftOver):
        await bank.run(yes(bank, second.token))
    assert isinstance(await bank.run(ExpireDraft(key=bank.key(), token=second.token)), Asked)
    assert await bank.balance(ALICE) == 100_000


@pytest.mark.parametrize(("changes", "refusal"), [
    ({"state": "frozen"}, refusals.AccountFrozen()),
    ({"state": "banned"}, refusals.AccountBanned()),
    ({"restrictions": int(Restriction.SENDING)}, refusals.DirectionRestricted("sending")),
    ({"restrictions": int(Restriction.ENVELOPES)}, refusals.DirectionRestricted("envelopes")),
])
async def test_who_may_not_pay_makes_no_envelope(bank: Bank, changes: dict[str, object], refusal: refusals.Refusal
                                                 ) -> None:
    draft = await asked(bank)
    bank.change(ALICE, **changes)
    for command in (wish(bank), yes(bank, draft.token)):
        with pytest.raises(type(refusal)) as refused:
            await bank.run(command)
        assert refused.value == refusal
    assert await bank.balance(ALICE) == 100_000


async def test_making_asks_for_the_rules_of_envelopes_and_opening_does_not(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=1_000, shares=4)
    rules = replace(USER, name="red-envelope-rules", gates=("envelopes",))
    bank.engine.policy = replace(bank.engine.policy, terms=Terms((*bank.engine.policy.terms.documents, rules)))
    with pytest.raises(refusals.AgreementsNeeded) as needed:
        await bank.run(wish(bank))
    assert needed.value == refusals.AgreementsNeeded(("red-envelope-rules",))
    await bank.opens(envelope.envelope, BOB)


async def test_a_bounded_number_of_envelopes_is_open_at_a_time(bank: Bank) -> None:
    bank.engine.policy = replace(bank.engine.policy, envelopes_open=2)
    waiting = await asked(bank)
    first, second = [await bank.fills(ALICE, amount=100, shares=1) for _ in range(2)]
    for command in (wish(bank), yes(bank, waiting.token)):
        with pytest.raises(refusals.TooManyEnvelopes):
            await bank.run(command)
    await bank.fills(BOB, amount=100, shares=1)
    await bank.opens(first.envelope, CAROL)
    bank.clock.now = second.expires_at
    for _ in range(2):
        third = await bank.fills(ALICE, amount=100, shares=1)
        with pytest.raises(refusals.TooManyEnvelopes):
            await bank.run(wish(bank))
        await bank.run(ExpireEnvelope(key=bank.key(), envelope=second.envelope))
        second = third
        bank.clock.now = third.expires_at
    assert bank.row(Tally, (bank.members[ALICE], "envelopes")).open == 1  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ opening
async def test_everybody_gets_one_share_and_the_last_one_ends_it(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=1_000, shares=3)
    found = [await bank.opens(envelope.envelope, who) for who in (BOB, ALICE, CAROL)]
    assert [share.number for share in found] == [1, 2, 3]
    assert sum(share.amount for share in found) == 1_000
    assert {share.maker for share in found} == {bank.members[ALICE]}
    assert (await bank.balance(BOB), left(bank, envelope.envelope)) == (100_000 + found[0].amount, 0)
    row = bank.row(Envelope, envelope.envelope)
    assert (row.state, row.opened, row.given, row.returned) == ("emptied", 3, 1_000, 0)
    assert told(bank, ShareCame) == [
        (bank.members[who], ShareCame(share.transfer, envelope.envelope, bank.members[ALICE], share.amount))
        for who, share in zip((BOB, ALICE, CAROL), found, strict=True)]


async def test_a_redelivered_tap_is_the_same_share(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=1_000, shares=4)
    command = bank.tap(envelope.envelope, BOB)
    assert await bank.run(command) == await bank.run(command)
    assert bank.row(Envelope, envelope.envelope).opened == 1


async def test_who_comes_again_or_too_late_is_told_so_without_a_write(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=1_000, shares=1)
    share = await bank.opens(envelope.envelope, BOB)
    other = await bank.fills(BOB, amount=1_000, shares=4)
    commits = bank.store.commits  # type: ignore[attr-defined]
    with pytest.raises(refusals.OpenedBefore) as before:
        await bank.run(bank.tap(envelope.envelope, BOB))
    assert before.value == refusals.OpenedBefore(share.amount, share.transfer)
    with pytest.raises(refusals.EnvelopeEmpty):
        await bank.run(bank.tap(envelope.envelope, CAROL))
    bank.clock.forward(hours=24)
    with pytest.raises(refusals.EnvelopeOver):
        await bank.run(bank.tap(other.envelope, CAROL))
    assert bank.store.commits == commits  # type: ignore[attr-defined]


async def test_an_envelope_opens_in_its_own_group_only(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=1_000, shares=4)
    for elsewhere in (bank.tap(envelope.envelope, BOB, chat=GROUP - 1), bank.tap(envelope.envelope + 64, BOB)):
        with pytest.raises(refusals.EnvelopeUnknown):
            await bank.run(elsewhere)
    assert await bank.balance(BOB) == 100_000


@pytest.mark.parametrize(("changes", "refusal"), [
    ({"restrictions": int(Restriction.ENVELOPES)}, refusals.DirectionRestricted("envelopes")),
    ({"restrictions": int(Restriction.RECEIVING)}, refusals.DirectionRestricted("receiving")),
    ({"state": "frozen"}, refusals.AccountFrozen()), ({"state": "banned"}, refusals.AccountBanned()),
    ({"state": "dormant"}, refusals.AccountDormant()),
])
async def test_who_may_not_take_opens_nothing(bank: Bank, changes: dict[str, object], refusal: refusals.Refusal
                                              ) -> None:
    envelope = await bank.fills(ALICE, amount=1_000, shares=4)
    bank.change(BOB, **changes)
    with pytest.raises(type(refusal)) as refused:
        await bank.run(bank.tap(envelope.envelope, BOB))
    assert refused.value == refusal
    assert (await bank.balance(BOB), bank.row(Envelope, envelope.envelope).opened) == (100_000, 0)


async def test_an_envelope_stays_open_when_its_maker_is_banned(bank: Bank) -> None:
    """What was filled before is no longer the maker's to spend."""
    envelope = await bank.fills(ALICE, amount=1_000, shares=2)
    bank.change(ALICE, state="banned")
    share = await bank.opens(envelope.envelope, BOB)
    bank.clock.forward(hours=24)
    await bank.run(ExpireEnvelope(key=bank.key(), envelope=envelope.envelope))
    assert await bank.balance(ALICE) == 100_000 - share.amount


async def test_who_has_not_joined_opens_nothing(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=1_000, shares=4)
    with pytest.raises(refusals.NotAMember):
        await bank.run(OpenEnvelope(key=bank.key(), member=6_400_000, envelope=envelope.envelope, chat=GROUP))


async def test_a_card_that_moved_to_another_chat_takes_its_envelope_along(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=1_000, shares=4)
    place = PlaceEnvelope(key=bank.key(), member=bank.members[BOB], envelope=envelope.envelope, chat=-7, message=8)
    with pytest.raises(refusals.EnvelopeUnknown):
        await bank.run(place)
    await bank.run(PlaceEnvelope(key=bank.key(), member=bank.members[ALICE], envelope=envelope.envelope, chat=-7,
                                 message=8))
    assert isinstance(await bank.run(bank.tap(envelope.envelope, BOB, chat=-7)), Opened)


# ---------------------------------------------------------------------------------------------- the clock
async def test_after_a_day_what_is_left_goes_back_and_the_maker_is_told(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=1_000, shares=4)
    share = await bank.opens(envelope.envelope, BOB)
    expire = ExpireEnvelope(key=f"envelope:{envelope.envelope}:expire", envelope=envelope.envelope)
    with pytest.raises(refusals.EnvelopeNotDue):
        await bank.run(expire)
    bank.clock.forward(hours=24)
    ended = await bank.run(expire)
    rest = 1_000 - share.amount
    assert isinstance(ended, EnvelopeEnded)
    assert (ended.amount, await bank.balance(ALICE)) == (rest, 100_000 - share.amount)
    assert told(bank, EnvelopeReturned) == [(bank.members[ALICE], EnvelopeReturned(
        ended.transfer, envelope.envelope, envelope.transfer, rest, 1, 4))]
    row = bank.row(Envelope, envelope.envelope)
    assert (row.state, row.returned, row.ended_by) == ("expired", rest, ended.transfer)
    with pytest.raises(refusals.EnvelopeOver):
        await bank.run(ExpireEnvelope(key=bank.key(), envelope=envelope.envelope))


async def test_an_emptied_envelope_does_not_run_out(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=1_000, shares=1)
    await bank.opens(envelope.envelope, BOB)
    bank.clock.forward(hours=30)
    with pytest.raises(refusals.EnvelopeEmpty):
        await bank.run(ExpireEnvelope(key=bank.key(), envelope=envelope.envelope))


async def test_what_is_left_goes_back_while_money_rests(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=1_000, shares=4)
    bank.clock.forward(hours=24)
    await bank.run(SetSwitch(key=bank.key(), operator=HOUSE, state="maintenance"))
    with pytest.raises(refusals.Maintenance):
        await bank.run(bank.tap(envelope.envelope, BOB))
    await bank.run(ExpireEnvelope(key=bank.key(), envelope=envelope.envelope))
    assert await bank.balance(ALICE) == 100_000
    await bank.run(SetSwitch(key=bank.key(), operator=HOUSE, state="open"))


# -------------------------------------------------------------------------------------------------- races
CROWD = tuple(range(1_001, 1_041))


@dataclass
class Party:
    """Forty people in front of an envelope."""

    bank: Bank
    envelope: EnvelopeMade

    async def all_tap(self, times: int = 1) -> Sequence[Outcome | BaseException]:
        return await asyncio.gather(*[self.bank.run(self.bank.tap(self.envelope.envelope, who))
                                      for _ in range(times) for who in CROWD], return_exceptions=True)


@pytest.fixture
async def party(database_url: str) -> AsyncIterator[Party]:
    async with open_bank(database_url) as bank:
        await bank.settle()
        await asyncio.gather(*[bank.join(who) for who in CROWD])
        yield Party(bank, await bank.fills(ALICE, amount=1_000, shares=10))


async def test_forty_people_who_tap_at_once_three_times_each_share_ten_shares(party: Party) -> None:
    heard = await party.all_tap(times=3)
    shares_found = [answer for answer in heard if isinstance(answer, Opened)]
    assert sorted(share.number for share in shares_found) == list(range(1, 11))
    assert sum(share.amount for share in shares_found) == 1_000
    refused = [type(answer) for answer in heard if isinstance(answer, refusals.Refusal)]
    assert (len(refused), set(refused)) == (110, {refusals.OpenedBefore, refusals.EnvelopeEmpty})
    balances = [await party.bank.balance(who) for who in CROWD]
    assert (sum(balances), sum(balance > 0 for balance in balances)) == (1_000, 10)


async def test_tapping_against_the_clock_loses_nothing_and_doubles_nothing() -> None:
    for early in range(0, 40, 4):
        async with open_bank("") as bank:
            await bank.settle()
            for who in CROWD:
                await bank.join(who)
            envelope = await bank.fills(ALICE, amount=1_000, shares=10)
            bank.clock.now = envelope.expires_at - early
            commands = [bank.tap(envelope.envelope, who) for who in CROWD[:8]]
            heard = await asyncio.gather(
                *[bank.run(command) for command in commands[:4]],
                bank.run(ExpireEnvelope(key=bank.key(), envelope=envelope.envelope)),
                *[bank.run(command) for command in commands[4:]], return_exceptions=True)
            given = sum(answer.amount for answer in heard if isinstance(answer, Opened))
            back = sum(answer.amount for answer in heard if isinstance(answer, EnvelopeEnded))
            assert given + back + left(bank, envelope.envelope) == 1_000
            assert all(isinstance(answer, Opened | EnvelopeEnded | refusals.EnvelopeOver | refusals.EnvelopeNotDue)
                       for answer in heard), heard


# --------------------------------------------------------------------------- for one person, and by a word
async def test_an_envelope_for_one_opens_to_nobody_else(bank: Bank) -> None:
    made = await bank.fills(ALICE, amount=880, shares=1, kind=EQUAL, beneficiary=BOB)
    for who in (ALICE, CAROL):
        with pytest.raises(refusals.EnvelopeForAnother):
            await bank.opens(made.envelope, who)
    opened = await bank.opens(made.envelope, BOB)
    assert (opened.amount, opened.alone) == (880, True)
    for who, refusal in ((BOB, refusals.OpenedBefore), (CAROL, refusals.EnvelopeForAnother)):
        with pytest.raises(refusal):
            await bank.opens(made.envelope, who)


async def test_nobody_makes_an_envelope_for_themselves_alone(bank: Bank) -> None:
    with pytest.raises(refusals.PayToYourself):
        await bank.fills(ALICE, amount=880, shares=1, kind=EQUAL, beneficiary=ALICE)


async def test_somebody_who_joins_later_opens_what_is_theirs_alone(bank: Bank) -> None:
    made = await bank.fills(ALICE, amount=880, shares=1, kind=EQUAL, beneficiary=777)
    await bank.join(777)
    assert (await bank.opens(made.envelope, 777)).amount == 880


async def test_what_nobody_else_may_open_goes_back_after_a_day(bank: Bank) -> None:
    made = await bank.fills(ALICE, amount=880, shares=1, kind=EQUAL, beneficiary=BOB)
    bank.clock.forward(hours=24)
    ended = await bank.run(ExpireEnvelope(key=bank.key(), envelope=made.envelope))
    assert isinstance(ended, EnvelopeEnded)
    assert (ended.amount, await bank.balance(ALICE)) == (880, 100_000)


@pytest.mark.parametrize("said", ["Good Luck", " goodluck ", "ＧＯＯＤ　ｌｕｃｋ", "good\u200bluck"])
async def test_a_word_opens_however_its_letters_are_written(bank: Bank, said: str) -> None:
    made = await bank.fills(ALICE, amount=100, shares=2, word="good luck")
    assert isinstance(await bank.run(bank.tap(made.envelope, BOB, word=said)), Opened)


@pytest.mark.parametrize("said", ["", "bad luck", "good", "good luck to all"])
async def test_without_its_word_it_stays_shut_and_stores_nothing(bank: Bank, said: str) -> None:
    made = await bank.fills(ALICE, amount=100, shares=2, word="good luck")
    commits = bank.store.commits  # type: ignore[attr-defined]
    with pytest.raises(refusals.WordNeeded) as refused:
        await bank.run(bank.tap(made.envelope, BOB, word=said))
    assert (refused.value.word, bank.store.commits) == ("good luck", commits)  # type: ignore[attr-defined]
    assert isinstance(await bank.run(bank.tap(made.envelope, BOB, word="good luck")), Opened)


async def test_a_word_opens_nothing_that_needs_none_to_anybody_else(bank: Bank) -> None:
    made = await bank.fills(ALICE, amount=100, shares=2)
    assert isinstance(await bank.run(bank.tap(made.envelope, BOB, word="anything")), Opened)
