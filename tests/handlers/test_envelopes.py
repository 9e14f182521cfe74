"""The card of a red envelope: whatever becomes of it, it has room where it stands."""
from __future__ import annotations

import pytest

from handlers import envelopes
from handlers.texts import Person
from tests.handlers.chat.world import SPEAKERS
from wallet.rows import EQUAL, LUCKY
from wallet.views import EnvelopeView, Party, ShareView

DAY = 24 * 60 * 60 * 1_000_000
WIDE = "🧧" * 64
NAMES = {number: Person(WIDE) for number in range(1, 200)}


def view(kind: str, state: str, shares: int, greeting: str, opened: int = 0) -> EnvelopeView:
    """An envelope in which everything is as long as it can be."""
    taken = tuple(ShareView(Party(number, number, ""), 4_999_999, DAY) for number in range(1, opened + 1))
    return EnvelopeView(1, Party(1, 1, ""), kind, 5_000_000 * shares, shares, state, greeting, "f" * 64,
                        "" if state == "open" else "5" * 64, 7, 0, DAY, -5, 9, taken)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("kind", [LUCKY, EQUAL])
@pytest.mark.parametrize("greeting", ["", "恭喜发财", "x" * 140])
def test_what_fits_under_a_picture_does_so_to_the_end(language: str, kind: str, greeting: str) -> None:
    voice = SPEAKERS["zh_CN" if language == "zh_CN" else "en"]
    fitting = [shares for shares in range(1, 101) if envelopes.fits_under_a_picture(
        young := view(kind, "open", shares, greeting), voice.plain(envelopes.card(young, NAMES)))]
    assert fitting == list(range(1, len(fitting) + 1))
    assert len(fitting) >= (8 if len(greeting) < 10 else 5)
    for shares in fitting:
        for state, opened in (("emptied", shares), ("expired", shares - 1)):
            said = voice.plain(envelopes.card(view(kind, state, shares, greeting, opened), NAMES))
            assert len(said.encode("utf-16-le")) // 2 <= envelopes.CAPTION


@pytest.mark.parametrize(("kind", "state", "opened", "crowned", "sums"), [
    (LUCKY, "emptied", 2, [True, False], "¥100,000.00 in 2 shares, all opened in 24 hours"),
    (LUCKY, "expired", 1, [False], "1 of 2 shares opened, ¥50,000.01 went back"),
    (LUCKY, "expired", 0, [], "Nobody opened it: ¥100,000.00 went back"),
    (EQUAL, "emptied", 2, [False, False], "¥100,000.00 in 2 shares, all opened in 24 hours")])
def test_the_last_picture_tells_how_it_ended(
        kind: str, state: str, opened: int, crowned: list[bool], sums: str) -> None:
    shown = envelopes.finished(view(kind, state, 2, "", opened), NAMES, SPEAKERS["en"])
    assert shown is not None
    assert [share.best for share in shown.shares] == crowned
    assert SPEAKERS["en"].plain(shown.sums) == sums


def test_no_picture_comes_above_words_that_stand_alone() -> None:
    assert envelopes.finished(view(LUCKY, "expired", 50, "", 1), NAMES, SPEAKERS["en"]) is None


def test_an_envelope_for_many_keeps_its_words() -> None:
    young = view(LUCKY, "open", 50, "")
    assert not envelopes.fits_under_a_picture(young, SPEAKERS["en"].plain(envelopes.card(young, NAMES)))
