"""A thief has somebody's unlocked phone and tries to empty the wallet: what stops them at each step, and how the money
comes back; in both languages."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from handlers.jobs.checking import ring_again
from storage.reconcile import reconcile
from storage.tables import audit, interceptions
from tests.scenarios.harness import Person, Stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import THEIRS, house
from tests.scenarios.test_proposals import code_in
from wallet.operators import Appoint

PIN: Final = "482916"
GUESSED: Final = "150738"


@dataclass(frozen=True)
class Robbed:
    """What its owner reads, in their language."""

    basic: Words
    wrong: str
    went: str
    held: str
    looked_at: str
    on_its_way: str
    at_the_latest: str
    lock: str
    locked: str
    refused: str
    back: str
    appeal: str


IN_ENGLISH = Robbed(ENGLISH, "That PIN is wrong", "You sent ¥700.00", "Our safety check held back ¥1,300.00",
                    "looked at by the operators", "⏳ On its way", "at the latest", "/lock", "Your wallet is locked",
                    "You locked your wallet", "The operators sent back the ¥1,300.00", "✋ Appeal")
IN_CHINESE = Robbed(CHINESE, "支付密码不对", "¥700.00", "¥1,300.00", "运营核查中", "⏳ 在途", "最迟到", "锁定",
                    "钱包已锁定", "你锁定了钱包", "运营人员退回了被拦下的 ¥1,300.00", "✋ 申诉")


@dataclass(frozen=True)
class Deciding:
    """What the operator reads who decides about the appeal."""

    appeal: str
    close: str
    solved: str
    closed: str
    lifted: str
    say_so: str
    acts: tuple[str, ...]


DECIDED: Final = {
    ENGLISH.language: Deciding("· appeal", "✅ Close", "Solved", "Closed on", "banned no more, and was told",
                               "📣 Say so where it was announced", ("penalty decided", "announced")),
    CHINESE.language: Deciding("· 申诉", "✅ 关闭", "已解决", "关闭\n", "的封禁，并已通知对方",
                               "📣 在公布过的群里说明", ("作出处罚", "公布"))}


async def accomplices(here: Stage) -> list[str]:
    """Three of them join; returns their names."""
    names = [f"mule_number{number}" for number in range(3)]
    for number, name in enumerate(names):
        mule = here.newcomer("Mule", "en", f"+861390000000{number}")
        here.world.people[mule.id].user["username"] = name
        await joins(mule, ENGLISH)
        await mule.says("hello", here.group)
    return names


async def empties(here: Stage, victim: Person, names: list[str], words: Robbed) -> None:
    """What goes without a PIN is little; with the PIN, which the thief saw, it is two payments, and not the third."""
    await victim.says(f"/send @{names[0]} 150")
    await victim.taps(words.basic.confirm)
    await victim.says(f"/send @{names[1]} 700")
    await victim.types_pin(GUESSED)
    victim.was_told(words.wrong)
    await victim.types_pin(PIN)
    victim.was_told(words.went)
    await victim.says(f"/send @{names[2]} 1300", here.group)
    await victim.types_pin(PIN)
    victim.was_told(words.held)
    victim.was_told("It has yet to arrive", here.group)
    assert not offers_it_back(victim, here.group), "what operators look at can't be taken back, so it isn't offered"
    assert not offers_it_back(victim, victim.id)
    await victim.says("/balance")
    await victim.taps(words.on_its_way)
    victim.was_told(words.at_the_latest)
    assert not offers_it_back(victim, victim.id)


def offers_it_back(victim: Person, chat: int) -> bool:
    """Whether money can be taken back by a button in the newest of what stands in a chat."""
    return any(label in text for text in victim.buttons(chat) for label in ("Take back", "撤回"))


async def undone(here: Stage, owner: Person, name: str, code: str) -> None:
    """The operators hear of it, and again a day later; they freeze the wallet, after which nothing goes on from it, and
    send the money back."""
    day = timedelta(days=1, minutes=1)
    for _ in range(2):
        assert await ring_again(here.app.engine, here.app.reads, here.app.now() + day) == 1
    await here.settle()
    assert sum("held back for a day" in said for said in owner.sees(THEIRS)) == 1
    await owner.says("/intercepts", THEIRS)
    owner.was_told("a wallet is emptied to one stranger after the other", THEIRS)
    await owner.says(f"/release {code}", THEIRS)
    owner.was_told("Nothing was decided", THEIRS)
    await owner.says(f"/freeze @{name} theft", THEIRS)
    await owner.taps("Confirm", THEIRS)
    await owner.says(f"/release {code} it was them", THEIRS)
    owner.was_told("Nothing may leave its payer's wallet now", THEIRS)
    await owner.says(f"/sendback {code} it was not them", THEIRS)
    owner.was_told("Sent back: ¥1,300.00", THEIRS)
    await owner.says(f"/sendback {code} once more", THEIRS)
    owner.was_told("An operator sent this payment back already", THEIRS)


async def banned(here: Stage, owner: Person, names: list[str]) -> None:
    """Whoever took the money is banned, which their group hears; one of them appeals."""
    for name in names:
        await owner.says(f"/ban @{name} theft 7d")
        await owner.taps("Confirm")
        await owner.taps("📣 Announce in a group")
        await owner.picks_group(here.group)
    assert sum("is banned" in said for said in owner.sees(here.group)) == len(names)
    mule = next(Person(here, number) for number, one in here.world.people.items()
                if one.user.get("username") == names[1])
    await mule.taps("✋ Appeal")
    await mule.says("it was lent to me")
    mule.was_told("The operators have it")


async def decides(here: Stage, names: list[str], words: Robbed) -> None:
    """The other operator decides about the appeal, in the language of this run: the ban is lifted, which the group that
    read of it hears, and the conversation is closed. Then they look up what the first one did."""
    other, said = here.wangfang, DECIDED[words.basic.language]
    await joins(other, words.basic)
    await here.app.engine.run(Appoint(key="other", operator=here.alice.id, person=other.id, role="admin"))
    await here.settle()
    await other.says("/tickets")
    await other.taps(said.appeal)
    other.was_told("it was lent to me")
    await other.taps(said.close)
    await other.taps(said.solved)
    other.was_told(said.closed)
    await other.says(f"/unban @{names[1]}")
    await other.taps(words.basic.confirm)
    other.was_told(said.lifted)
    await other.taps(said.say_so)
    assert sum("is banned no more" in line for line in other.sees(here.group)) == 1
    mule = next(Person(here, number) for number, one in here.world.people.items()
                if one.user.get("username") == names[1])
    mule.was_told("Your wallet is banned no more")
    await other.says("/audit @alice")
    for act in said.acts:
        other.was_told(act)


async def audited(here: Stage, owner: Person) -> None:
    """The audit shows all of it, whole."""
    async with here.app.database.reading.connect() as connection:
        found = (await connection.execute(select(interceptions.c.rule, interceptions.c.state,
                                                 interceptions.c.reason))).all()
        acts = Counter((await connection.execute(select(audit.c.act))).scalars())
    assert [tuple(row) for row in found] == [("drain", "sent_back", "it was not them")]
    assert acts["intercepted"] == acts["interception_sent_back"] == 1
    assert acts["penalised"] == 4, "one is frozen, three are banned"
    assert acts["announced"] == 3
    assert acts["ticket_opened"] == acts["ticket_closed"] == acts["lifted"] == acts["lift_announced"] == 1
    assert acts["ticket_read"] >= 1
    await owner.says("/audit verify", THEIRS)
    owner.was_told("Everything is what was written", THEIRS)


@pytest.mark.parametrize("words", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_a_thief_with_an_unlocked_phone_gets_away_with_little_and_the_rest_comes_back(
        words: Robbed, database_url: str, tmp_path: Path) -> None:
    async with house(database_url, tmp_path) as here:
        owner, victim = here.alice, here.bob if words is IN_ENGLISH else here.liming
        name = here.world.people[victim.id].user["username"]
        await joins(owner, ENGLISH)
        await joins(victim, words.basic)
        await tops_up(victim, words.basic, 2_400)
        await victim.says("/pin")
        for _ in range(2):
            await victim.types_pin(PIN)
        names = await accomplices(here)

        await empties(here, victim, names, words)
        code = code_in(owner.was_told("Held back: ¥1,300.00", THEIRS))
        await victim.says(words.basic.history)
        victim.was_told(words.looked_at)
        await victim.says(words.lock)
        victim.was_told(words.locked)
        await victim.says(f"/send @{names[2]} 10")
        victim.was_told(words.refused)

        await undone(here, owner, name, code)
        victim.was_told("could not arrive", here.group)
        victim.was_told(words.back)
        await banned(here, owner, names)
        await decides(here, names, words)
        await audited(here, owner)
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]
