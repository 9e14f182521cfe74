"""How applications are spoken of, to those who hand them in and to the operators who look at them.

Guards: every kind, every picture and every reason of the wallet has its words here.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.texts import Code, Text, _
from wallet import ids
from wallet.applications import DOCUMENTS, ENTERPRISE, KINDS, REASONS

CALLED: Final[Mapping[str, Text]] = {DOCUMENTS: _("identity documents"), ENTERPRISE: _("enterprise")}
"""What may be applied for, in a few words."""
PAPERS: Final[Mapping[str, Text]] = {
    "front": _("Front of the identity card"), "back": _("Back of the identity card"),
    "selfie": _("Yourself with the card"), "licence": _("Business licence")}
"""The pictures."""
WANTED: Final[Mapping[str, Text]] = {
    "front": _("Please send a picture of the front of your identity card, the side with your photo: all four corners, "
               "sharp and without glare."),
    "back": _("Please send a picture of the back of your identity card, the side with the date until which it is "
              "valid."),
    "selfie": _("Please send a picture of yourself holding the card beside your face, so that both can be recognised."),
    "licence": _("Please send a picture of the business licence, whole and sharp: its name and credit code have to be "
                 "readable.")}
"""How they are asked for."""
WHY_NOT: Final[Mapping[str, Text]] = {
    "unreadable": _("Something on the pictures can't be read."),
    "incomplete": _("A part of the document is cut off or covered."),
    "wrong": _("It is not the document that was asked for."),
    "mismatch": _("What stands on the document is not what was stated."),
    "face": _("The face on the pictures can't be compared with the document."),
    "expired": _("The document is valid no longer."),
    "doubt": _("We could not convince ourselves that the document is genuine.")}
"""Why they were rejected, as their member reads it."""
REASON_LABELS: Final[Mapping[str, Text]] = {
    "unreadable": _("Can't be read"), "incomplete": _("Cut off or covered"), "wrong": _("Another document"),
    "mismatch": _("Not what was stated"), "face": _("Face can't be compared"), "expired": _("Expired"),
    "doubt": _("Doubtful")}
"""The same on operators' buttons."""
assert set(CALLED) == set(KINDS)
assert set(PAPERS) == set(WANTED) == {name for kind in KINDS.values() for name in kind.papers}
assert set(WHY_NOT) == set(REASON_LABELS) == set(REASONS)


def heading(application: int, kind: str) -> Text:
    """The first line of what operators are told of one."""
    return _("🪪 Application {code}: {kind}", code=Code(ids.code(application)), kind=CALLED[kind])
