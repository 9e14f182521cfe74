"""Somebody lost their Telegram account: on a new one they ask for the wallet; the old one may say no, two operators
decide, and the wallet is there with all that is in it."""
from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import update

from handlers.texts import Language
from storage.reconcile import reconcile
from storage.tables import moves
from tests.scenarios.harness import Person, Stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import THEIRS, house
from tests.scenarios.test_proposals import PINS, code_in, operates, signs
from wallet.identity import GiveIdentity

NUMBER: Final = "11010519491231002X"
SAID: Final[dict[Language, dict[str, str]]] = {
    "en": {"recover": "/recover", "fit": "Both numbers fit", "none": "I find no wallet", "no": "it stays mine",
           "asked": "asks for this wallet", "stays": "so it stays there", "given": "gave the wallet of this account",
           "yours": "The wallet is yours again"},
    "zh_CN": {"recover": "找回", "fit": "两个号码都对得上", "none": "没有可以交给你的钱包", "no": "不同意，钱包是我的",
              "asked": "申请找回这个钱包", "stays": "钱包留在那里", "given": "已把这个账号的钱包转到",
              "yours": "钱包回到你手里了"}}


async def verified(here: Stage, who: Person) -> None:
    """They gave their ID number, as `/verify` does it."""
    member, vault = await here.app.reads.member(who.id), here.app.vault
    assert member is not None
    await here.app.engine.run(GiveIdentity(key=f"identity {who.id}", member=member.id, sealed=b"sealed", born=726_000,
                                           digest=vault.digest("identity", NUMBER)))


async def asks(here: Stage, who: Person, words: Words, said: dict[str, str], number: str = NUMBER) -> Person:
    """The same phone on a new account, which asks for the wallet."""
    phone = here.world.people[who.id].phone
    assert phone is not None
    new = here.newcomer("Somebody", "zh-hans" if words is CHINESE else "en", phone)
    await new.starts()
    await new.taps(words.language)
    await new.says(said["recover"])
    await new.shares_contact()
    await new.says(number)
    return new


async def passes(here: Stage, **changes: int) -> None:
    """As if the time were over, and the clock came."""
    await here.app.database.write(lambda connection: connection.execute(
        update(moves).where(moves.c.due_at != 0).values(**changes)))
    await here.app.jobs.round(next(job for job in here.app.jobs.all if job.name == "end_moves"))
    await here.settle()


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_a_wallet_is_got_back_on_a_new_account_unless_the_old_one_says_no(
        sqlite_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    said = SAID[language]
    async with house(sqlite_url, tmp_path) as here:
        owner, other, who = here.alice, here.bob, here.liming
        await operates(here, owner, other)
        await joins(who, words)
        await tops_up(who, words, 100)
        await verified(here, who)

        stranger = await asks(here, who, words, said, "110101199003070134")
        stranger.was_told(said["none"])
        thief = await asks(here, who, words, said)
        thief.was_told(said["fit"])
        await who.taps(said["no"])
        thief.was_told(said["stays"])

        new = await asks(here, who, words, said)
        await who.says(f"{words.send} @{here.world.people[other.id].user['username']} 5")
        who.was_told("/recover")
        await who.says(said["recover"])
        assert said["asked"] in who.sees()[-1]
        await passes(here, ready_at=1)
        await owner.taps("They proved it", THEIRS)
        await owner.says("identity card in a video call")
        await signs(owner, PINS["alice"], first=True)
        code = code_in(owner.was_told("waits for a second operator until"))
        await other.says(f"/approve {code}")
        other.was_told("identity card in a video call")
        await signs(other, PINS["bob"], first=True)
        who.was_told(said["given"])
        await passes(here, due_at=1)
        new.was_told(said["yours"])

        await new.says("/balance")
        assert "100.00" in new.sees()[-1]
        await who.says("/balance")
        assert "100.00" not in who.sees()[-1]
        await new.says(f"{words.send} @{here.world.people[other.id].user['username']} 5")
        await new.taps(words.confirm)
        new.was_told("5.00")
    report = await reconcile(sqlite_url)
    assert report.whole, [check for check in report.checks if check.broken]
