"""The main job, from the first Start to the history, in both languages and on both databases."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.reconcile import reconcile
from tests.scenarios.harness import Person, Stage, stage


@dataclass(frozen=True)
class Words:
    """What one of the languages calls it."""

    language: str
    of_age: str
    agree: str
    open: str
    send: str
    topped_up: str
    confirm: str
    went: str
    came: str
    claim: str
    history: str


ENGLISH = Words("English", "I am 18 or older, and I agree", "I agree", "Your wallet is open", "/send", "¥100.00",
                "Confirm", "You sent ¥20.00", "sent you ¥20.00", "Claim", "/history")
CHINESE = Words("简体中文", "我已满 18 周岁，并同意", "我同意", "钱包开通了", "转账", "¥100.00",
                "确认", "¥20.00", "¥20.00", "领取", "账单")


async def joins(person: Person, words: Words) -> None:
    """The way to an open wallet."""
    await person.starts()
    await person.taps(words.language)
    await finishes_joining(person, words)


async def finishes_joining(person: Person, words: Words) -> None:
    """What comes after the language."""
    await person.taps(words.of_age)
    await person.shares_contact()
    person.was_told(words.open)


async def tops_up(person: Person, words: Words, amount: int) -> None:
    """The first use of a payment feature asks for the payment agreement, and goes on by itself."""
    await person.says(f"/topup {amount}")
    await person.taps(words.agree)


async def tell(here: Stage, payer: Person, payee: Person, stranger: Person, names: tuple[str, str, str],
               words: Words) -> None:
    """One member joins, tops up, pays another 20 in the group; somebody who never joined claims 5."""
    await joins(payer, words)
    await tops_up(payer, words, 100)
    payer.was_told(words.topped_up)
    await joins(payee, words)

    # 20 in the group: one Confirm, because they were named and never paid before.
    await payer.says(f"{words.send} @{names[1]} 20 lunch", here.group)
    refused = await payee.taps(words.confirm, here.group)
    assert refused, "somebody else's button says no"
    await payer.taps(words.confirm, here.group)
    for anybody in (payer, payee, stranger):
        assert "20.00" in anybody.sees(here.group)[-1]
        anybody.was_not_told("¥80.00", here.group)
    payer.was_told(words.went)
    payee.was_told(words.came)

    # 5 to somebody who never joined: they claim it in the group, join, and have it.
    await payer.says(f"{words.send} @{names[2]} 5", here.group)
    await payer.taps(words.confirm, here.group)
    await stranger.taps(words.claim, here.group)
    await stranger.taps(words.language)
    await finishes_joining(stranger, words)
    await stranger.taps(words.agree)
    stranger.was_told("5.00")

    # The history is right.
    await payer.says(words.history)
    line = payer.sees()[-1]
    for amount in ("100.00", "20.00", "5.00"):
        assert amount in line
    await payee.says(words.history)
    assert "20.00" in payee.sees()[-1]
    await stranger.says(words.history)
    assert "5.00" in stranger.sees()[-1]
    balances = {}
    for who in (payer, payee, stranger):
        member = await here.app.reads.member(who.id)
        assert member is not None
        balances[who.id] = await here.app.reads.balance(member.id)
    assert [balances[who.id].available for who in (payer, payee, stranger)] == [7500, 2000, 500]
    assert [balances[who.id].held for who in (payer, payee, stranger)] == [0, 0, 0]


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh_CN"])
async def test_one_pays_another_in_the_group_and_a_stranger_claims(words: Words, database_url: str, tmp_path: Path
                                                                  ) -> None:
    async with stage(tmp_path, database_url) as here:
        if words is ENGLISH:
            await tell(here, here.alice, here.bob, here.liming, ("alice", "bob", "liming"), words)
        else:
            await tell(here, here.liming, here.wangfang, here.alice, ("liming", "wangfang", "alice"), words)
        assert await here.app.updates.pending() == 0 or here.app.inbox.in_hand == 0
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]


@pytest.mark.parametrize("edited", ["/send @bob 200", "never mind"])
async def test_what_was_edited_does_not_go_on_when_the_agreement_is_accepted(
        edited: str, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await joins(here.alice, ENGLISH)
        post = await here.alice.says("/topup 100")
        await here.alice.edits(post, edited)
        await here.alice.taps(ENGLISH.agree)
        here.alice.was_told("/history tells")
        here.alice.was_not_told("¥100.00")


async def test_what_was_asked_in_the_group_goes_on_there(database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url) as here:
        for person in (here.alice, here.bob):
            await joins(person, ENGLISH)
        await here.bob.says("hello", here.group)
        await here.alice.says("/send @bob 20 lunch", here.group)
        await here.alice.taps("Open the private chat", here.group)
        here.alice.was_told("/send @bob 20 lunch")
        await here.alice.taps(ENGLISH.agree)
        here.alice.was_told("you have ¥0.00", here.group)
        here.bob.was_not_told("20.00", here.group)
        await here.alice.says("/topup 100")
        await here.alice.says("/send @bob 20 lunch", here.group)
        await here.alice.taps(ENGLISH.confirm, here.group)
        here.bob.was_told("sent ¥20.00 to", here.group)


async def test_an_edited_payment_moves_nothing_and_says_so(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await joins(here.alice, ENGLISH)
        await tops_up(here.alice, ENGLISH, 100)
        await joins(here.bob, ENGLISH)
        post = await here.alice.says("hello everybody", here.group)
        before = len(here.bob.sees(here.group))
        await here.alice.edits(post, "/send @bob 20")
        assert len(here.bob.sees(here.group)) == before
        here.alice.was_told("Editing a message", here.group)
        here.bob.was_not_told("20.00")
