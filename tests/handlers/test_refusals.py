"""Every refusal has a sentence in both languages that says what happened, whether money moved, and what to do."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.commands import Verb
from handlers.parsing import ParseProblem, Unclear
from handlers.refusals import ALERT_MOST, about_amount, about_note, about_unclear, sentence, status
from handlers.texts import LANGUAGES, Language, Text, load_catalogue, speakers
from wallet.money import CNY, AmountReason, AmountRefused, Currency
from wallet.questions import Sum
from wallet.refusals import (
    CheckOver,
    DirectionRestricted,
    DraftOver,
    HitDecided,
    HoldOver,
    IdentityInUse,
    LevelLimitReached,
    Maintenance,
    NicknameRefused,
    NoticeTooShort,
    OwnLimitReached,
    PersonUnknown,
    ProposalOver,
    Refusal,
    RequestOver,
    SplitClosed,
    TooManyTickets,
    TopUpOutOfRange,
    every,
)
from wallet.text import TextReason, TextRefused

SPEAKERS = speakers(CNY, ZoneInfo("Asia/Shanghai"), "ikmPay")
YEN = Currency("JPY", 0)
MOMENT = 1_796_000_000_000_000

FACTS: dict[str, Any] = {
    "closes_at": MOMENT, "until": MOMENT, "documents": ("user-agreement",), "direction": "sending",
    "step": "agree",
    "document": "user-agreement", "lowest": 1, "highest": 10**14, "left": 2, "available": 10**14, "needed": 10**14,
    "most": 20, "state": "used", "name": "@" + "w" * 32, "reason": "too_long", "least": 2, "longest": 20, "level": 2,
    "shares": 100, "amount": 10**14, "transfer": 7, "word": "字" * 20, "feature": "envelopes",
    "problem": "form", "again": MOMENT, "daily": True, "limit": 10**14, "year": 2026, "what": "day",
    "became": "", "free": 10**14, "authority": "字" * 40, "reference": "字" * 20, "hold": 7,
    "words": Sum(9, 9, (17, 18, 19, 20), 1, "0" * 16),
    "picture": None, "by": "documents", "notice": 30 * 24 * 60 * 60 * 1_000_000,
}


def made(cls: type[Refusal]) -> Refusal:
    """One of a class, with facts as large as they get."""
    return cls(**{field.name: FACTS[field.name] for field in fields(cls)})


ALL: list[Refusal] = [
    *(made(cls) for cls in every()),
    *(DirectionRestricted(direction, until) for direction in ("sending", "receiving", "envelopes")
      for until in (0, MOMENT)),
    *(DraftOver(state) for state in ("used", "cancelled", "expired")),
    *(HoldOver(state) for state in ("settled", "released", "expired")),
    *(CheckOver(became) for became in ("released", "sent_back", "expired")),
    *(ProposalOver(state) for state in ("approved", "rejected", "expired")),
    *(HitDecided(state) for state in ("pending", "cleared", "confirmed")),
    *(IdentityInUse(by) for by in ("documents", "company", "hit", "order")),
    *(RequestOver(state) for state in ("paid", "declined", "withdrawn", "expired")),
    *(SplitClosed(state) for state in ("complete", "closed", "expired")),
    *(NicknameRefused(reason.value, 2, 20) for reason in TextReason),
    *(LevelLimitReached(level, 10**14, 10**14, 2026) for level in (0, 1, 2)),
    OwnLimitReached("payment", 10**14, 10**14),
    TooManyTickets(3, daily=False), Maintenance(0), TopUpOutOfRange(0), NoticeTooShort(0),
    PersonUnknown("+8613800138000"),
]

AMOUNTS = [AmountRefused(reason, currency, "USD") for reason in AmountReason for currency in (CNY, YEN)]
NOTES = [TextRefused(reason, 1, 100) for reason in TextReason]
PROBLEMS = [Unclear(verb, problem, AmountReason.ZERO, None, 20) for verb in (Verb.SEND, Verb.REQUEST)
            for problem in ParseProblem]

SENTENCES: list[Text] = [
    *map(sentence, ALL), *map(about_amount, AMOUNTS), *map(about_note, NOTES),
    *(about_unclear(unclear, CNY) for unclear in PROBLEMS),
]

MOVED = {
    "en": re.compile(r"money moved|nothing moved|moved nothing|nothing was added|moves no money|moved no money|"
                     r"nothing more moved", re.IGNORECASE),
    "zh_CN": re.compile("没有动|不会动钱"),
}


@pytest.mark.parametrize("cls", every(), ids=lambda cls: cls.__name__)
def test_every_refusal_has_a_sentence_and_a_status(cls: type[Refusal]) -> None:
    assert sentence(made(cls)).msgid
    assert 400 <= status(made(cls)) < 600


@pytest.mark.parametrize("said", SENTENCES, ids=lambda said: said.msgid[:60])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_says_whether_money_moved_and_fits_into_an_alert(language: Language, said: Text) -> None:
    words = SPEAKERS[language].plain(said)
    assert MOVED[language].search(words), words
    assert len(words.encode("utf-16-le")) // 2 <= ALERT_MOST, (len(words), words)


@pytest.mark.parametrize("said", SENTENCES, ids=lambda said: said.msgid[:60])
def test_each_sentence_stands_in_the_chinese_catalogue(said: Text) -> None:
    assert said.msgid in load_catalogue("zh_CN")


def test_an_unavailable_receiver_and_one_who_is_banned_sound_alike() -> None:
    from wallet.refusals import ReceiverUnavailable

    assert not fields(ReceiverUnavailable)


def test_reading_is_offered_while_money_rests() -> None:
    said = SPEAKERS["en"].plain(sentence(Maintenance(MOMENT)))
    assert "/balance" in said
    assert status(Maintenance(MOMENT)) == 503
