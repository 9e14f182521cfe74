"""The pictures of red envelopes, ready to be sent: the cover and, in the end, who opened what.

Guards: a picture says what it is given in the reader's language and nothing else; the same picture is drawn once, and
what is kept has a bound in bytes.
"""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from handlers.pictures import cover, opened
from handlers.pictures.cover import Theme
from handlers.pictures.easel import Easel
from handlers.pictures.type import serif, small
from handlers.texts import SOMEONE, Fact, Language, Money, Person, Speaker, Text, _

MOST_KEPT: Final = 16_000_000
"""Bytes of pictures; about 200 covers."""

_WISHES: Final[Mapping[Theme, Text]] = {
    Theme.CLASSIC: _("Good luck and good fortune!"),
    Theme.NEW_YEAR: _("Happy New Year!"),
    Theme.BIRTHDAY: _("Happy birthday!"),
    Theme.WEDDING: _("A lifetime of happiness!"),
}
"""What a cover says when there is no greeting, or none of which anything can be drawn."""


@dataclass(frozen=True, slots=True)
class OpenedShare:
    """What somebody got, in minor units."""

    name: str
    amount: int
    best: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """An envelope that is empty or over. `sums` says in a line how much it held and how long it took."""

    greeting: str
    sender: str
    sums: Fact
    shares: Sequence[OpenedShare]
    """In the order in which they were opened; none where nobody did."""
    theme: Theme = Theme.CLASSIC


class Covers:
    """Draws the pictures of envelopes and keeps those that were wanted lately."""

    def __init__(self, easel: Easel, voices: Mapping[Language, Speaker]) -> None:
        """The types are read now rather than when somebody waits."""
        self._easel = easel
        self._voices = voices
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._bytes = 0
        serif()
        small()

    async def cover(self, greeting: str, sender: str, theme: Theme, language: Language) -> bytes:
        """The picture of an envelope to be opened, as PNG. Raises `NotDrawn`."""
        key = (greeting, sender, theme, language)
        found = self._found(key)
        if found is None:
            laid = cover.laid_out(self._wish(greeting, theme, language), self._signed(sender, language), theme)
            found = await self._easel.draw(laid.ground, laid.words, laid.rules)
            self._keep(key, found)
        return found

    async def finished(self, envelope: Finished, language: Language) -> bytes:
        """The picture of who opened what, as PNG. Raises `NotDrawn`."""
        say, theme = self._voices[language].plain, envelope.theme
        shown = sorted(_first(envelope.shares, opened.MOST_SHOWN), key=lambda pair: pair[0])
        left_out = len(envelope.shares) - len(shown)
        page = opened.Page(
            greeting=self._wish(envelope.greeting, theme, language), sender=self._signed(envelope.sender, language),
            sums=small().clean(say(envelope.sums)), best=small().clean(say(_("best luck"))),
            rows=tuple(opened.Row(small().clean(say(Person(share.name))) or say(SOMEONE),
                                  serif().clean(say(Money(share.amount))), share.best) for _number, share in shown),
            rest=small().clean(say(_("and {n} more", n=left_out))) if left_out else "")
        found = self._found((page, theme))
        if found is None:
            found = await self._easel.draw(opened.laid_out(page, theme))
            self._keep((page, theme), found)
        return found

    def _wish(self, greeting: str, theme: Theme, language: Language) -> str:
        return serif().clean(greeting) or serif().clean(self._voices[language].plain(_WISHES[theme]))

    def _signed(self, sender: str, language: Language) -> str:
        name = serif().clean(sender)
        said = _("A red envelope from {name}", name=Person(name)) if name else _("A red envelope for you")
        return serif().clean(self._voices[language].plain(said))

    def _found(self, key: Hashable) -> bytes | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def _keep(self, key: Hashable, picture: bytes) -> None:
        self._bytes += len(picture) - len(self._kept.pop(key, b""))
        self._kept[key] = picture
        while self._bytes > MOST_KEPT:
            _key, gone = self._kept.popitem(last=False)
            self._bytes -= len(gone)


def _first(shares: Sequence[OpenedShare], most: int) -> list[tuple[int, OpenedShare]]:
    """The first shares with their places, and the best wherever it is."""
    placed = list(enumerate(shares))
    best = [pair for pair in placed if pair[1].best][:1]
    return [*best, *[pair for pair in placed if pair not in best][:most - len(best)]]
