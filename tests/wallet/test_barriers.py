"""What keeps machines from grabbing envelopes: the pace, the wait of new wallets, the question before a share."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, GROUP, Bank, open_bank
from wallet import refusals
from wallet.barriers import DRAWN, TRIES
from wallet.books import Lane
from wallet.commands import Outcome
from wallet.envelopes import Opened, OpenEnvelope
from wallet.groups import SetGroupRule
from wallet.keeping import KeepShare, OpenKept
from wallet.protocols import Work
from wallet.rows import Envelope, KeptShare, Share

EVE = 501


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    async with open_bank("") as opened:
        await opened.settle()
        opened.clock.forward(hours=1)
        yield opened


async def rules(bank: Bank, **chosen: int) -> None:
    for rule, value in chosen.items():
        await bank.run(SetGroupRule(key=bank.key(), administrator=1, chat=GROUP, rule=rule, value=value))


async def fills(bank: Bank, shares: int = 10, **more: str | int) -> int:
    return (await bank.fills(ALICE, amount=1_000, shares=shares, **more)).envelope  # type: ignore[arg-type]


async def asked(bank: Bank, envelope: int, who: int = BOB) -> refusals.QuestionAsked:
    with pytest.raises(refusals.QuestionAsked) as heard:
        await bank.run(bank.tap(envelope, who))
    return heard.value


def answers(bank: Bank, envelope: int, asked: refusals.QuestionAsked, who: int = BOB, off: int = 0, chat: int = 0, *,
            in_words: bool = True) -> OpenEnvelope:
    question = asked.words if in_words or asked.picture is None else asked.picture
    return OpenEnvelope(key=bank.key(), member=bank.members[who], envelope=envelope, chat=chat, proof=question.proof,
                        answer=(question.right + off) % len(question.offered))


# ------------------------------------------------------------------------------------------------- the pace
async def test_nobody_opens_more_in_a_minute_however_many_they_ask_for_at_once(bank: Bank) -> None:
    bank.engine.policy = replace(bank.engine.policy, openings_a_minute=3)
    bank.clock.now += 60_000_000 - bank.clock.now % 60_000_000
    envelopes = [await fills(bank) for _ in range(5)]
    heard = await asyncio.gather(*[bank.run(bank.tap(envelope, BOB)) for envelope in envelopes], return_exceptions=True)
    assert sum(isinstance(answer, Opened) for answer in heard) == 3
    assert heard.count(refusals.OpeningTooFast(3)) == 2
    await bank.opens(envelopes[-1], CAROL)
    bank.clock.forward(minutes=1)
    for envelope, answer in zip(envelopes, heard, strict=True):
        if not isinstance(answer, Opened):
            await bank.opens(envelope, BOB)


# ------------------------------------------------------------------------------------------- new wallets
async def test_new_wallets_wait_where_a_group_wants_that(bank: Bank) -> None:
    envelope = await fills(bank)
    await rules(bank, delay=10)
    await bank.join(EVE)
    with pytest.raises(refusals.WalletTooNew) as heard:
        await bank.run(bank.tap(envelope, EVE))
    await bank.opens(envelope, BOB)
    bank.clock.now = heard.value.until
    await bank.opens(envelope, EVE)


async def keeps(bank: Bank, envelope: int, who: int = EVE) -> Outcome:
    return await bank.run(KeepShare(key=bank.key(), person=who, envelope=envelope, chat=GROUP))


def takes(bank: Bank, envelope: int, who: int = EVE) -> OpenKept:
    return OpenKept(key=bank.key(), member=bank.members[who], envelope=envelope)


async def test_who_joined_for_a_share_that_is_kept_waits_like_others_and_finds_it_still_kept(bank: Bank) -> None:
    envelope = await fills(bank)
    await rules(bank, delay=9)
    await keeps(bank, envelope)
    for who in (*range(1_000, 1_009), EVE):
        await bank.join(who)
    for command in (takes(bank, envelope), bank.tap(envelope, EVE)):
        with pytest.raises(refusals.WalletTooNew) as heard:
            await bank.run(command)
    bank.clock.now = heard.value.until
    for who in range(1_000, 1_009):
        await bank.opens(envelope, who)
    assert isinstance(await bank.run(takes(bank, envelope)), Opened)


async def test_no_share_is_kept_for_somebody_who_would_have_to_wait_for_longer(bank: Bank) -> None:
    envelope = await fills(bank)
    await rules(bank, delay=10)
    with pytest.raises(refusals.NotAMember):
        await keeps(bank, envelope)


# ------------------------------------------------------------------------------------------- the question
async def test_the_right_answer_opens_in_the_group_and_in_private(bank: Bank) -> None:
    envelope = await fills(bank)
    await rules(bank, question=1)
    for who, chat in ((BOB, GROUP), (CAROL, 0)):
        question = await asked(bank, envelope, who)
        assert question == await asked(bank, envelope, who), "it stays the same until it is answered"
        assert isinstance(await bank.run(answers(bank, envelope, question, who, chat=chat)), Opened)
    assert len(bank.store.all(Share)) == 2  # type: ignore[attr-defined]


async def test_a_question_is_answered_by_whoever_was_asked_it_and_for_its_envelope_only(bank: Bank) -> None:
    envelope, other = await fills(bank), await fills(bank)
    await rules(bank, question=1)
    question = await asked(bank, envelope)
    forged = OpenEnvelope(key=bank.key(), member=bank.members[BOB], envelope=envelope, chat=0, answer=5,
                          proof="0" * 16)
    for command in (answers(bank, envelope, question, CAROL), answers(bank, other, question), forged,
                    replace(forged, key=bank.key(), proof="")):
        with pytest.raises(refusals.EnvelopeUnknown):
            await bank.run(command)
    with pytest.raises(refusals.QuestionAsked):
        await bank.run(answers(bank, envelope, question, CAROL, chat=GROUP))
    assert bank.store.all(Share) == []  # type: ignore[attr-defined]


async def test_wrong_answers_are_counted_once_each_and_end(bank: Bank) -> None:
    envelope = await fills(bank)
    await rules(bank, question=1)
    for left in range(TRIES - 1, -1, -1):
        wrong = answers(bank, envelope, await asked(bank, envelope), off=1)
        for _ in range(2):
            with pytest.raises(refusals.AnswerWrong) as heard:
                await bank.run(wrong)
            assert heard.value.left == left
    for _ in range(2):
        with pytest.raises(refusals.AnswersUsedUp):
            await bank.run(bank.tap(envelope, BOB))
    await asked(bank, envelope, CAROL)
    await asked(bank, await fills(bank))


async def test_whoever_answered_wrong_too_often_opens_a_share_once_nobody_is_asked_any_more(bank: Bank) -> None:
    envelope = await fills(bank)
    await rules(bank, question=1)
    for _ in range(TRIES):
        with pytest.raises(refusals.AnswerWrong):
            await bank.run(answers(bank, envelope, await asked(bank, envelope), off=1))
    with pytest.raises(refusals.AnswersUsedUp):
        await bank.run(bank.tap(envelope, BOB))
    await rules(bank, question=0)
    assert isinstance(await bank.run(bank.tap(envelope, BOB)), Opened)


async def test_a_wrong_answer_brings_another_question(bank: Bank) -> None:
    envelope = await fills(bank)
    await rules(bank, question=1)
    first = await asked(bank, envelope)
    with pytest.raises(refusals.AnswerWrong):
        await bank.run(answers(bank, envelope, first, off=-1))
    with pytest.raises(refusals.EnvelopeUnknown):
        await bank.run(answers(bank, envelope, first))
    second = await asked(bank, envelope)
    assert second.words.proof != first.words.proof
    assert isinstance(await bank.run(answers(bank, envelope, second)), Opened)


async def test_a_drawn_question_opens_by_its_signs_or_in_words_and_its_tries_are_the_same(bank: Bank) -> None:
    envelope, other = await fills(bank), await fills(bank)
    await rules(bank, question=DRAWN)
    seen = await asked(bank, envelope)
    assert seen.picture is not None
    assert seen.picture.proof != seen.words.proof
    assert isinstance(await bank.run(answers(bank, envelope, seen, in_words=False)), Opened)
    for left, in_words in ((2, False), (1, True), (0, False)):
        wrong = answers(bank, other, await asked(bank, other), off=1, in_words=in_words)
        with pytest.raises(refusals.AnswerWrong) as heard:
            await bank.run(wrong)
        assert heard.value.left == left
    with pytest.raises(refusals.AnswersUsedUp):
        await bank.run(bank.tap(other, BOB))
    assert isinstance(await bank.run(answers(bank, other, await asked(bank, other, CAROL), CAROL)), Opened)


async def test_a_group_that_wants_words_shows_no_picture(bank: Bank) -> None:
    await rules(bank, question=1)
    assert (await asked(bank, await fills(bank))).picture is None


async def test_who_joined_for_a_share_that_is_kept_answers_first_and_may_in_private(bank: Bank) -> None:
    envelope = await fills(bank)
    await rules(bank, question=1)
    await keeps(bank, envelope)
    await bank.join(EVE)
    for off in (1, 0):
        with pytest.raises(refusals.QuestionAsked) as question:
            await bank.run(takes(bank, envelope))
        answered = answers(bank, envelope, question.value, EVE, off)
        if off:
            with pytest.raises(refusals.AnswerWrong):
                await bank.run(answered)
    assert isinstance(await bank.run(answered), Opened)
    row = bank.row(Envelope, envelope)
    assert (row.kept, row.opened) == (0, 1)


@pytest.mark.parametrize("whose", [EVE, CAROL])
async def test_the_last_share_opens_by_an_answer_in_private_while_one_is_kept_or_returns(
        bank: Bank, whose: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # What the group wants, who has a share kept, how often they were wrong and the maker: a decision looks few times.
    envelope = await fills(bank)
    for who in range(1_000, 1_009):
        await bank.join(who)
        await bank.opens(envelope, who)
    await rules(bank, question=1)
    question = await asked(bank, envelope, CAROL)
    await keeps(bank, envelope)
    await bank.join(EVE)
    if whose == EVE:
        question = await asked(bank, envelope, EVE)
    else:
        commit, kept = bank.store.commit, bank.store.rows[KeptShare, (envelope, EVE)]  # type: ignore[attr-defined]

        async def returning(lane: Lane, work: Work) -> None:
            """The clock gives the share back between the first look and the second."""
            await commit(lane, work)
            kept.state, bank.row(Envelope, envelope).kept = "returned", 0

        monkeypatch.setattr(bank.store, "commit", returning)
    opened = await bank.run(answers(bank, envelope, question, whose))
    assert isinstance(opened, Opened)
    assert bank.row(Envelope, envelope).state == "emptied"
