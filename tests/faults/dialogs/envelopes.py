"""Red envelopes."""
from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select, update

from handlers.jobs.expiry import expire_envelopes
from storage.tables import envelopes, transfers
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, changed, name_of
from wallet import ids, refusals


@meets(refusals.SharesOutOfRange)
async def an_envelope_is_divided_among_too_many(town: Town) -> None:
    await town.says(town.alice, f"/red 1 {town.app.policy.envelope_shares + 1}", group=True)


@meets(refusals.EnvelopeOutOfRange)
async def an_envelope_has_less_than_a_cent_for_each(town: Town) -> None:
    await town.says(town.alice, "/red 0.01 2", group=True)


@meets(refusals.EnvelopeUnknown)
async def an_envelope_is_forged(town: Town) -> None:
    _, card, _ = await town.fills(1)
    await town.opens(town.alice, card, 2**50)


@meets(refusals.OpenedBefore)
async def an_envelope_is_opened_twice(town: Town) -> None:
    maker, card, envelope = await town.fills(2)
    for _ in range(2):
        await town.opens(maker, card, envelope)


@meets(refusals.EnvelopeNotFound)
async def an_envelope_is_checked_that_is_of_another_group(town: Town) -> None:
    await town.says(town.alice, f"/red verify {ids.code(2**30)}", group=True)


@meets(refusals.EnvelopeForAnother)
async def an_envelope_for_one_is_opened_by_another(town: Town) -> None:
    maker, card, envelope = await town.fills(1, f"/red @{name_of(town.bob)} 1")
    await town.opens(maker, card, envelope)


@meets(refusals.WordNeeded)
async def an_envelope_with_a_word_is_opened_without(town: Town) -> None:
    maker, card, envelope = await town.fills(2, "/red 1 2 !恭喜")
    await town.opens(maker, card, envelope)


@meets(refusals.EnvelopeEmpty)
async def the_last_share_is_gone(town: Town) -> None:
    maker, card, envelope = await town.fills(1)
    for person in (maker, town.alice):
        await town.opens(person, card, envelope)


@meets(refusals.SharesKept)
async def the_last_share_is_kept_for_somebody_else(town: Town) -> None:
    maker, card, envelope = await town.fills(10)
    for person in (town.stranger(), maker, town.bob, town.curious, *town.crowd):
        await town.opens(person, card, envelope)
    for _ in range(2):
        await town.opens(await town.resident(), card, envelope)


@meets(refusals.TooManyEnvelopes)
async def too_many_envelopes_are_open(town: Town) -> None:
    with changed(town.app.engine, "policy", replace(town.app.policy, envelopes_open=0)):
        await town.says(town.alice, "/red 1 2", group=True)


@meets(refusals.OpeningTooFast)
async def an_envelope_is_opened_too_fast(town: Town) -> None:
    maker, card, envelope = await town.fills(2)
    with changed(town.app.engine, "policy", replace(town.app.policy, openings_a_minute=0)):
        await town.opens(maker, card, envelope)


@meets(refusals.WalletTooNew)
async def a_new_wallet_opens_where_it_has_to_wait(town: Town) -> None:
    maker, card, envelope = await town.fills(2)
    async with town.ruled("delay", 60):
        await town.opens(maker, card, envelope)


@meets(refusals.AnswerWrong)
async def a_question_is_answered_wrong(town: Town) -> None:
    await town.answers_wrong(1)


@meets(refusals.AnswersUsedUp)
async def questions_are_answered_wrong_until_no_more_is_asked(town: Town) -> None:
    await town.answers_wrong(4)


@meets(refusals.NothingKept)
async def a_link_to_a_kept_share_is_forged(town: Town) -> None:
    await town.says(town.alice, f"/start share_{ids.code(2**30)}")


@meets(refusals.EnvelopeOver)
async def an_envelope_is_opened_after_its_day(town: Town) -> None:
    maker, card, envelope = await town.fills(2)
    await town.opens(maker, card, envelope)
    await town.app.database.write(lambda connection: connection.execute(
        update(envelopes).where(envelopes.c.id == envelope).values(
            expires_at=select(func.max(transfers.c.at) + 1).scalar_subquery())))
    await expire_envelopes(town.app.engine, town.app.reads, town.app.clock.now())
    await town.opens(town.alice, card, envelope)
