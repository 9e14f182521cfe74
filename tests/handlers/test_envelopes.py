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


def test_an_envelope_for_many_keeps_its_words() -> None:
    young = view(LUCKY, "open", 50, "")
    assert not envelopes.fits_under_a_picture(young, SPEAKERS["en"].plain(envelopes.card(young, NAMES)))
