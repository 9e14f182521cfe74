"""What is said when a new version of an agreement can't be published."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Text, _
from wallet import refusals

_DAY: Final = 24 * 60 * 60 * 1_000_000


def _too_short(refusal: refusals.NoticeTooShort) -> Text:
    if refusal.notice < _DAY:
        return _("Its day has come already, so it can't be announced ahead. Nothing was published and no money moved. "
                 "Give it a later day in its files.")
    return _("A significant version has to be published {n} day before its day. Nothing was published and no money "
             "moved. Give it a later day in its files.",
             "A significant version has to be published {n} days before its day. Nothing was published and no money "
             "moved. Give it a later day in its files.", n=refusal.notice // _DAY)


SAID: Final[Sentences] = dict((
    entry(refusals.VersionNotWaiting, 409, lambda _r: _(
        "This version is published already, or its files say something else by now. Nothing was published and no "
        "money moved. See /publish.")),
    entry(refusals.NoticeTooShort, 409, _too_short),
))
