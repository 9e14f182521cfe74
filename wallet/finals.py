"""Answers that never change, remembered: whoever asks again costs neither a write nor a look.

Guards: only what was committed and can't become otherwise is remembered, and only for the same question. The key under
which something was done still hears what was done, for its outcome stands in the books.
"""
from __future__ import annotations

from itertools import islice
from typing import Final

from wallet.commands import Command, Outcome
from wallet.refusals import Refusal

MOST: Final = 50_000
"""How many answers are remembered; the oldest are forgotten first, and then looked up again."""


class Finals:
    """Final answers by question."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: dict[tuple[type[Command], object], tuple[str, Refusal]] = {}
        """Each with the key that did what is refused from then on, "" where another process heard of it."""

    def answer(self, command: Command) -> Refusal | None:
        """What is known to be the answer, for whoever asks to raise; None where the books have to be asked."""
        question = command.question()
        if question is None:
            return None
        key, refusal = self._known.get((type(command), question), ("", None))
        return None if refusal is None or key == command.key else _anew(refusal)

    def learn(self, command: Command, outcome: Outcome | Refusal) -> None:
        """Remember what was answered, if that was the last word."""
        question = command.question()
        if question is None:
            return
        key, last = command.key, None
        if isinstance(outcome, Outcome):
            last = outcome.ever_after()
        elif outcome.final:
            key, last = "", _anew(outcome)
        if last is not None:
            self._known.setdefault((type(command), question), (key, last))
        if len(self._known) > self._most:
            # Many at a time: what was taken out of the front of a dict is walked over by whoever looks for its first.
            for oldest in list(islice(self._known, 1 + self._most // 8)):
                del self._known[oldest]


def _anew(refusal: Refusal) -> Refusal:
    """A refusal with the same facts: who raises one leaves their traces in it."""
    return type(refusal)(*refusal.facts().values())
