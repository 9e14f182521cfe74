"""A group that wants a question answered before a share opens, in both languages."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scenarios.harness import stage
from tests.scenarios.test_first_story import finishes_joining
from tests.scenarios.test_red_envelopes import IN_CHINESE, IN_ENGLISH, Said, everybody_joins, wishes
from wallet.barriers import DRAWN
from wallet.groups import SetGroupRule
from wallet.questions import picture


@pytest.mark.parametrize(("said", "question", "wrong"), [
    (IN_ENGLISH, "Before it opens: what do", "That isn't right"),
    (IN_CHINESE, "先答一题", "答得不对"),
], ids=["en", "zh_CN"])
async def test_a_share_opens_by_the_right_answer(said: Said, question: str, wrong: str, sqlite_url: str, tmp_path: Path
                                                 ) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        english = said is IN_ENGLISH
        maker, opener = (here.alice, here.bob) if english else (here.liming, here.wangfang)
        await everybody_joins(maker, opener, words=said.words)
        await wishes(here, maker, said)
        await here.app.engine.run(SetGroupRule(key="question", administrator=maker.id, chat=here.group,
                                               rule="question", value=1))
        for is_right in (False, True):
            await opener.taps(said.open, here.group)
            asked = opener.was_told(question, here.group)
            maker.was_not_told(question, here.group)
            first, second = map(int, re.findall("[0-9]+", asked))
            offered = opener.buttons(here.group)
            assert str(first + second) in offered
            chosen = str(first + second) if is_right else next(one for one in offered if one != str(first + second))
            heard = await opener.taps(chosen, here.group)
            assert (said.mine if is_right else wrong) in heard
        assert any(said.mine in words for words in opener.sees(here.group))


@pytest.mark.parametrize(("said", "shown", "in_words", "sum_of", "wrong"), [
    (IN_ENGLISH, "which signs do you see", "Ask me in words", "Before it opens: what do", "That isn't right"),
    (IN_CHINESE, "图里是哪几个字符", "换成文字题", "先答一题", "答得不对"),
], ids=["en", "zh_CN"])
async def test_a_share_opens_by_what_a_picture_shows_or_in_words(
        said: Said, shown: str, in_words: str, sum_of: str, wrong: str, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        english = said is IN_ENGLISH
        maker, opener = (here.alice, here.bob) if english else (here.liming, here.wangfang)
        await everybody_joins(maker, opener, words=said.words)
        await wishes(here, maker, said)
        [envelope] = await here.app.reads.envelopes_in(here.group, 2)
        member = await here.app.reads.member(opener.id)
        assert member is not None
        await here.app.engine.run(SetGroupRule(key="question", administrator=maker.id, chat=here.group,
                                               rule="question", value=DRAWN))
        for tries, is_right in enumerate((False, True)):
            await opener.taps(said.open, here.group)
            assert opener.was_shown(shown, here.group)
            maker.was_not_told(shown, here.group)
            drawn = picture(here.app.policy.digest_key, f"{envelope}:{member.id}:{tries}")
            assert opener.buttons(here.group) == [*drawn.offered, in_words]
            heard = await opener.taps(drawn.offered[(drawn.right + (not is_right)) % 9], here.group)
            assert (said.mine if is_right else wrong) in heard
        assert any(said.mine in words for words in opener.sees(here.group)), "it stands under the picture, too"
        await maker.taps(said.open, here.group)
        await maker.taps(in_words, here.group)
        first, second = map(int, re.findall("[0-9]+", maker.was_told(sum_of, here.group)))
        await maker.taps(str(first + second), here.group)
        assert await here.app.reads.envelopes_in(here.group, 2) == ()


@pytest.mark.parametrize(("said", "question"), [
    (IN_ENGLISH, "Before it opens: what do"), (IN_CHINESE, "先答一题")], ids=["en", "zh_CN"])
async def test_who_joined_for_a_share_answers_in_private(said: Said, question: str, sqlite_url: str, tmp_path: Path
                                                         ) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        english = said is IN_ENGLISH
        maker, newcomer = (here.alice, here.bob) if english else (here.liming, here.wangfang)
        await everybody_joins(maker, words=said.words)
        await wishes(here, maker, said)
        await here.app.engine.run(SetGroupRule(key="question", administrator=maker.id, chat=here.group,
                                               rule="question", value=1))
        await maker.says("/red 10 10" if english else "红包 10 10", here.group)
        await maker.taps(said.words.confirm, here.group)
        await newcomer.taps(said.open, here.group)
        await newcomer.taps(said.words.language)
        await finishes_joining(newcomer, said.words)
        first, second = map(int, re.findall("[0-9]+", newcomer.was_told(question)))
        heard = await newcomer.taps(str(first + second))
        assert ("Share 1 of 10" if english else "第 1/10 份") in heard
