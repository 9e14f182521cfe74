"""Cards in a chat that the bot never joined: offered, confirmed, taken, in both languages and on both databases."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.local import acts, groups
from bot.local.calls import inline_id
from bot.local.state import Post, Press
from handlers.jobs.expiry import expire_drafts, expire_envelopes, expire_holds
from storage.reconcile import reconcile
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, finishes_joining, joins, tops_up
from wallet.engine import microseconds
from wallet.groups import FEATURE, SetGroupRule


@dataclass(frozen=True)
class Said:
    """What one of the languages calls it."""

    words: Words
    hint: str
    begin: str
    plain: str
    red: str
    waiting: str
    first: str
    taken: str
    cancel: str
    cancelled: str
    back: str
    taken_back: str
    nobody: str
    open: str
    crown: str
    call: str
    pin: str
    ask: str
    asks: str
    pay: str
    paid: str
    no_longer: str


IN_ENGLISH = Said(ENGLISH, "20 lunch", "Open your wallet", "20 lunch", "red 10 2 good luck", "Waiting for Alice Chen",
                  "whoever claims it first", "claimed ¥20.00", "Cancel", "Cancelled", "Take back", "took back",
                  "Nobody claimed", "🧧 Open", "best luck", "Call me with an amount", "/pin",
                  "request 20 dinner", "Alice Chen asks for", "Pay ¥20.00", "paid Alice Chen", "no longer asks")
IN_CHINESE = Said(CHINESE, "20 午饭", "开通钱包", "20 午饭", "红包 10 2 恭喜发财", "等待 李明 确认", "先领先得",
                  "领取了 李明", "取消", "已取消", "撤回", "撤回了", "没人领取", "🧧 开", "手气最佳", "叫我的名字",
                  "支付密码", "收款 20 晚饭", "李明 收款", "付 ¥20.00", "付给了 李明", "不再收这笔")
BOTH = pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])


def people(here: Stage, said: Said) -> tuple[Person, Person, Person]:
    """Whoever sends cards, and two others; all of them speak the language."""
    return ((here.alice, here.bob, here.wangfang) if said is IN_ENGLISH else (here.liming, here.wangfang, here.bob))


def elsewhere(here: Stage, **more: object) -> int:
    """A group that we are not in, with everybody in it."""
    here.world.setting("botfather", {"inline": True, "inline_feedback": True, "guest": True, **more})
    members = [here.alice.id, here.liming.id, here.bob.id, here.wangfang.id]
    return groups.made(here.world, {"bot": None}, "Elsewhere", members).id


async def accepts_envelopes(person: Person, said: Said) -> None:
    await person.starts("agree_envelopes")
    await person.taps(said.words.agree)


async def available(here: Stage, *who: Person) -> list[int]:
    found = []
    for one in who:
        member = await here.app.reads.member(one.id)
        assert member is not None
        balance = await here.app.reads.balance(member.id)
        assert balance.held == 0
        found.append(balance.available)
    return found


async def is_whole(database_url: str) -> None:
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]


@BOTH
async def test_a_transfer_card_is_confirmed_by_its_sender_and_claimed_by_the_first(
        said: Said, database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url) as here:
        sender, first, late = people(here, said)
        where = elsewhere(here)
        offered = await sender.types_behind(said.plain, where)
        assert offered["results"] == []
        assert said.begin in offered["button"]["text"]
        await joins(sender, said.words)
        await tops_up(sender, said.words, 100)
        for other in (first, late):
            await joins(other, said.words)

        card = await sender.sends_card(said.plain, where)
        assert said.waiting in sender.reads(card)
        assert await available(here, sender) == [10_000]
        assert await first.taps(said.words.confirm, where), "somebody else's button says no"
        assert await late.taps(said.cancel, where), "and so does this one"
        assert said.waiting in sender.reads(card)
        await sender.taps(said.words.confirm, where)
        assert said.first in sender.reads(card)
        assert said.plain.split()[1] in sender.reads(card)

        assert await sender.taps(said.words.claim, where), "not for whoever sent it"
        # The claim leads somebody who accepted nothing of payments to the documents, and back to the card.
        await first.taps(said.words.claim, where)
        await first.taps(said.words.agree)
        assert "20.00" in await first.taps(said.words.claim, where)
        assert said.taken in sender.reads(card)
        assert first.was_told("20.00")
        assert await available(here, sender, first, late) == [8_000, 2_000, 0]
    await is_whole(database_url)


@BOTH
async def test_what_nobody_claims_is_taken_back_or_goes_back_and_a_cancelled_card_stays_so(
        said: Said, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        sender, other, _late = people(here, said)
        where = elsewhere(here)
        await joins(sender, said.words)
        await tops_up(sender, said.words, 100)
        card = await sender.sends_card(said.plain, where)
        await sender.taps(said.cancel, where)
        assert said.cancelled in sender.reads(card)

        card = await sender.sends_card(said.plain, where)
        await sender.taps(said.words.confirm, where)
        assert await other.taps(said.back, where), "not theirs to take back"
        assert "20.00" in await sender.taps(said.back, where)
        assert said.taken_back in sender.reads(card)

        card = await sender.sends_card(said.plain, where)
        await sender.taps(said.words.confirm, where)
        await here.app.database.write(lambda connection: connection.execute(
            text("UPDATE holds SET expires_at = 1 WHERE state = 'open'")))
        assert await expire_holds(here.app.engine, here.app.reads, microseconds()) == 1
        await here.settle()
        assert said.nobody in sender.reads(card)
        sender.was_told(said.nobody)
        assert await available(here, sender) == [10_000]
    await is_whole(sqlite_url)


@BOTH
async def test_an_envelope_card_is_opened_by_anybody_there(said: Said, database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url) as here:
        sender, first, second = people(here, said)
        where = elsewhere(here)
        await joins(sender, said.words)
        await tops_up(sender, said.words, 100)
        offered = await sender.types_behind(said.red, where)
        assert offered["results"] == []
        await sender.starts(offered["button"]["start_parameter"])  # Where the button above the results leads.
        await sender.taps(said.words.agree)
        await joins(first, said.words)
        for typed, most in ((said.red.replace("10 2", "1000 2"), "¥400.00"), ("99999999", "¥")):
            offered = await sender.types_behind(typed, where)
            assert offered["results"] == []
            assert ("Too much: " if said is IN_ENGLISH else "金额过大") in offered["button"]["text"]
            assert most in offered["button"]["text"]
        card = await sender.sends_card(said.red, where)
        await sender.taps(said.words.confirm, where)
        assert said.red.rsplit(" ", 1)[1] in sender.reads(card)
        assert await first.taps(said.open, where)
        assert await first.taps(said.open, where)
        # Somebody new is led to joining, comes back, and opens the last one.
        await second.taps(said.open, where)
        await second.taps(said.words.language)
        await finishes_joining(second, said.words)
        assert await second.taps(said.open, where)
        assert said.crown in sender.reads(card)
        await sender.sends_card(said.red, where)
        await sender.taps(said.words.confirm, where)
        await here.app.database.write(lambda connection: connection.execute(
            text("UPDATE envelopes SET expires_at = (SELECT max(at) + 1 FROM transfers) WHERE state = 'open'")))
        assert await expire_envelopes(here.app.engine, here.app.reads, microseconds()) == 1
        await here.settle()
        assert sum(await available(here, sender, first, second)) == 10_000
    await is_whole(database_url)


@BOTH
async def test_above_the_limit_the_pin_is_asked_in_private(said: Said, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        sender, _first, _second = people(here, said)
        where = elsewhere(here)
        await joins(sender, said.words)
        await tops_up(sender, said.words, 1_000)
        await sender.says(said.pin)
        for _time in (1, 2):
            await sender.types_pin("739154")
        card = await sender.sends_card("250", where)
        await sender.taps(said.words.confirm, where)
        assert said.waiting in sender.reads(card)
        assert said.words.confirm not in sender.buttons(where)
        await sender.types_pin("739154")
        assert said.first in sender.reads(card)
        assert "250.00" in sender.was_told(said.first)

        # Cancelled on the keypad, the card says so.
        card = await sender.sends_card("250", where)
        await sender.taps(said.words.confirm, where)
        await sender.taps(said.cancel)
        assert said.cancelled in sender.reads(card)


@BOTH
async def test_a_request_card_is_paid_by_the_first_who_pays(said: Said, database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url) as here:
        asker, payer, other = people(here, said)
        where = elsewhere(here)
        for who in (asker, payer, other):
            await joins(who, said.words)
            await tops_up(who, said.words, 300)
        card = await asker.sends_card(said.ask, where)
        assert said.asks in asker.reads(card), "nothing of theirs goes by it, so it asks at once"
        own = await asker.taps(said.pay, where)
        assert ("You ask for this yourself" if said is IN_ENGLISH else "你自己发起的收款") in own
        assert await other.taps(said.back, where), "not theirs to take back"
        assert "20.00" in await payer.taps(said.pay, where)
        assert said.paid in other.reads(card)
        assert said.ask.rsplit(" ", 1)[1] in other.reads(card), "what it was for stays"
        assert said.pay not in other.buttons(where)
        assert await available(here, asker, payer, other) == [32_000, 28_000, 30_000]
        asker.was_told("20.00")

        card = await asker.sends_card(said.ask, where)
        await asker.taps(said.back, where)
        assert said.no_longer in payer.reads(card)

        # Above the limit the PIN is asked in private, and the card stands open meanwhile.
        card = await asker.sends_card(said.ask.replace("20", "250"), where)
        await payer.says(said.pin)
        for _time in (1, 2):
            await payer.types_pin("739154")
        await payer.taps(said.pay.replace("20.", "250."), where)
        assert said.asks in other.reads(card)
        await payer.types_pin("739154")
        assert said.paid in other.reads(card)
        assert await available(here, asker, payer) == [57_000, 3_000]
    await is_whole(database_url)


@BOTH
async def test_without_word_of_what_was_sent_a_card_waits_for_its_sender(
        said: Said, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        asker, payer, _other = people(here, said)
        where = elsewhere(here, inline_feedback=False)
        for who in (asker, payer):
            await joins(who, said.words)
            await tops_up(who, said.words, 100)
        card = await asker.sends_card(said.ask, where)
        assert said.asks not in asker.reads(card)
        await asker.taps(said.words.confirm, where)
        assert said.asks in asker.reads(card)
        assert "20.00" in await payer.taps(said.pay, where)
        gift = await asker.sends_card(said.plain, where)
        await asker.taps(said.words.confirm, where)
        assert said.plain.split()[1] in asker.reads(gift)
        # Nobody remembers the words of a card any more, so it has to be sent again.
        gift = await asker.sends_card(said.plain, where)
        here.app.provided["offered"]._words.clear()
        assert await asker.taps(said.words.confirm, where)
        assert said.waiting in asker.reads(gift)


async def test_a_card_that_nobody_confirms_or_pays_ends_by_itself_and_one_refused_may_be_confirmed_later(
        sqlite_url: str, tmp_path: Path) -> None:
    said = IN_ENGLISH
    async with stage(tmp_path, sqlite_url) as here:
        sender, payer, _other = people(here, said)
        where = elsewhere(here)
        await joins(sender, said.words)
        await tops_up(sender, said.words, 100)
        card = await sender.sends_card("150", where)
        assert "150.00" in await sender.taps(said.words.confirm, where), "there is not enough"
        await sender.says("/topup 100")
        await sender.taps(said.words.confirm, where)
        assert said.first in sender.reads(card)

        waits, asks = [await sender.sends_card(typed, where) for typed in (said.plain, said.ask)]
        assert await expire_drafts(here.app.engine, here.app.reads, microseconds()) == 0
        await here.app.database.write(lambda connection: connection.execute(
            text("UPDATE drafts SET expires_at = 1 WHERE state = 'open'")))
        assert await expire_drafts(here.app.engine, here.app.reads, microseconds()) == 2
        await here.settle()
        assert "Not confirmed within 10 minutes" in payer.reads(waits)
        assert "Nobody paid the ¥20.00" in payer.reads(asks)
        assert sender.reads_buttons(waits) == sender.reads_buttons(asks) == []
        member = await here.app.reads.member(sender.id)
        assert member is not None
        assert (await here.app.reads.balance(member.id)).available == 5_000
    await is_whole(sqlite_url)


async def test_a_card_that_says_it_was_offered_beyond_every_calendar_has_run_out(
        sqlite_url: str, tmp_path: Path) -> None:
    said = IN_ENGLISH
    async with stage(tmp_path, sqlite_url) as here:
        sender, _first, _second = people(here, said)
        where = elsewhere(here, inline_feedback=False)
        await joins(sender, said.words)
        await tops_up(sender, said.words, 100)
        card = await sender.sends_card("5", where)
        *rest, _at, words = card.message["reply_markup"]["inline_keyboard"][0][0]["callback_data"].split(":")
        forged = ":".join((*rest, str(2**53 - 1), words))
        pressed = acts.press(here.world, sender.id, where, card.key, {"data": forged, "forge": True})
        await here.settle()
        assert isinstance(pressed, Press)
        assert (pressed.answer or {}).get("text")
        assert said.waiting not in sender.reads(card)
        assert await available(here, sender) == [10_000]


async def test_what_is_forged_replayed_or_of_another_card_moves_nothing(sqlite_url: str, tmp_path: Path) -> None:
    said = IN_ENGLISH
    async with stage(tmp_path, sqlite_url) as here:
        sender, other, _late = people(here, said)
        where = elsewhere(here)
        for who in (sender, other):
            await joins(who, said.words)
            await tops_up(who, said.words, 100)
        first = await sender.sends_card(said.plain, where)
        word = first.message["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        others_word = word.replace(str(sender.id), str(other.id))
        for person, result in ((sender, word), (other, word), (sender, "zz"), (other, others_word)):
            here.world.updates.put("chosen_inline_result", {
                "result_id": result, "from": here.world.user(person.id), "query": said.plain,
                "inline_message_id": inline_id(first)})
        await here.settle()
        await sender.taps(said.words.confirm, where)
        claim = sender.reads_buttons(first)[0]["callback_data"]
        second = await sender.sends_card("5", where)

        async def forges(person: Person, post: Post, data: str) -> str:
            pressed = acts.press(here.world, person.id, where, post.key, {"data": data, "forge": True})
            await here.settle()
            assert isinstance(pressed, Press)
            return str((pressed.answer or {}).get("text", ""))

        assert await forges(other, second, claim), "the money hangs on another card"
        assert await forges(other, second, word), "somebody else's word"
        assert await forges(other, second, others_word), "the card is its sender's"
        assert await forges(other, first, "ap:p"), "nobody asks for money there"
        assert await forges(sender, first, word), "confirmed before"
        member = await here.app.reads.member(sender.id)
        assert member is not None
        balance = await here.app.reads.balance(member.id)
        assert (balance.available, balance.held) == (8_000, 2_000)
        assert said.first in sender.reads(first)
        assert said.waiting in sender.reads(second)
        await other.taps(said.words.claim, where)
        assert said.taken in sender.reads(first)
    await is_whole(sqlite_url)


@BOTH
async def test_a_call_from_outside_is_answered_with_a_card_or_with_how_to_call(
        said: Said, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        sender, first, _second = people(here, said)
        where = elsewhere(here)
        await sender.says(f"@{here.world.bot['username']} {said.plain}", where)
        assert said.call in sender.sees(where)[-1]
        await joins(sender, said.words)
        await tops_up(sender, said.words, 100)
        await joins(first, said.words)
        await sender.says(f"@{here.world.bot['username']} {said.plain}", where)
        assert said.waiting in sender.sees(where)[-1]
        assert await first.taps(said.words.confirm, where)
        await sender.taps(said.words.confirm, where)
        assert said.first in sender.sees(where)[-1]
        await sender.says(f"{said.plain}", where)
        assert said.first in sender.sees(where)[-1]


@BOTH
async def test_what_a_group_has_switched_off_is_no_card_there(said: Said, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        sender, _first, _second = people(here, said)
        where = elsewhere(here)
        await joins(sender, said.words)
        await tops_up(sender, said.words, 100)
        await accepts_envelopes(sender, said)
        await here.app.engine.run(SetGroupRule(
            key="off", administrator=sender.id, chat=where, rule=f"{FEATURE}envelopes", value=0))
        for call, off in (("red 5 2", True), (said.plain, False)):
            await sender.says(f"@{here.world.bot['username']} {call}", where)
            assert (said.waiting in sender.sees(where)[-1]) is not off
        assert ("switched off" if said is IN_ENGLISH else "已关闭") in sender.sees(where)[-2]
    await is_whole(sqlite_url)
