"""What is said while somebody joins, or chooses a setting."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Money, Text, _
from wallet import refusals
from wallet.text import TextReason

_NICKNAMES: Final[Mapping[TextReason, Callable[[refusals.NicknameRefused], Text]]] = {
    TextReason.TOO_SHORT: lambda r: _(
        "That nickname is too short: it needs {least} characters. It stays as it was, and no money moved. Please send "
        "a longer one.", least=r.least),
    TextReason.TOO_LONG: lambda r: _(
        "That nickname is too long: it may have {most} characters. It stays as it was, and no money moved. Please "
        "send a shorter one.", most=r.longest),
    TextReason.INVISIBLE: lambda _r: _(
        "That nickname has signs in it that nobody can see. It stays as it was, and no money moved. Please type it "
        "anew with letters."),
    TextReason.DIRECTION: lambda _r: _(
        "That nickname has hidden signs that turn the direction of writing. It stays as it was, and no money moved. "
        "Please type it anew."),
    TextReason.SIGNS: lambda _r: _(
        "That nickname has signs that names can't have, such as * @ # or /, or no letter. It stays as it was, and no "
        "money moved. Please send another one."),
    TextReason.LOOKALIKE: lambda _r: _(
        "That nickname could be taken for us or for somebody who works here. It stays as it was, and no money moved. "
        "Please send another one."),
    TextReason.AMOUNT: lambda _r: _(
        "That nickname could be read as an amount of money. It stays as it was, and no money moved. Please send "
        "another one."),
    TextReason.BAD_LINK: lambda _r: _(
        "That nickname names a page by which people are cheated. It stays as it was, and no money moved. Please "
        "send another one."),
    TextReason.OFFENSIVE: lambda _r: _(
        "That nickname has a word in it that insults people. It stays as it was, and no money moved. Please send "
        "another one."),
}
"""Why a nickname is refused. A reason that has no line is a bug, found by a test."""


SAID: Final[Sentences] = dict((
    entry(refusals.ContactNotYours, 422, lambda _r: _(
        "That isn't your own contact, so it wasn't used. No money moved. Please share yours with the contact button.")),
    entry(refusals.PhoneTaken, 409, lambda _r: _(
        "This phone number already belongs to another wallet, so no second one was opened. No money moved. Use the "
        "Telegram account it was opened with.")),
    entry(refusals.PhoneInvalid, 422, lambda _r: _(
        "I can't read a phone number in that contact, so nothing was opened. No money moved. Please share your own "
        "contact again.")),
    entry(refusals.JoiningOutOfOrder, 409, lambda _r: _(
        "Another step comes before this one, so nothing changed and no money moved. Send /start to go on where you "
        "left off.")),
    entry(refusals.DocumentChanged, 409, lambda _r: _(
        "The document was renewed while you read it, so your consent wasn't recorded. No money moved. Please open it "
        "again with /agreement.")),
    entry(refusals.NicknameRefused, 422, lambda r: _NICKNAMES[TextReason(r.reason)](r)),
    entry(refusals.NicknameSpent, 409, lambda _r: _(
        "You have changed your nickname before, and that is possible once. It stays as it is, and no money moved. "
        "/nickname shows it.")),
    entry(refusals.QQWrong, 422, lambda r: _(
        "That is no QQ number: it has {least} to {most} digits and does not begin with 0. Nothing was changed and no "
        "money moved. Please send it again, or /cancel.", least=r.least, most=r.longest)),
    entry(refusals.QQMissing, 409, lambda _r: _(
        "You have stated no QQ number, so there is none to take away. Nothing was changed and no money moved. "
        "/settings is the place to state one.")),
    entry(refusals.SettingOutOfRange, 422, lambda r: _(
        "That can be set from {lowest} to {highest}. Nothing changed and no money moved. Please choose a value in "
        "between.", lowest=Money(r.lowest), highest=Money(r.highest))),
))
