"""A PIN keypad: what stands on it, and as what its dialog keeps it.

Guards: keys carry random tokens that are new for every six digits, so no button and no press says which digit it was.
"""
from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, TypeAlias

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.keyboards import Pad
from handlers.texts import Speaker, Text, _

DIGITS: Final = 6
DIALOG: Final = "pin"
"""The kind of the dialog that a keypad is."""

CODE: Final = "code"
"""The stage in which the first one-time code of an app is typed."""

Purpose: TypeAlias = Mapping[str, str | int]
"""What a proven PIN is for: "act" names who goes on, the rest is theirs. It is kept as JSON."""

SET_PIN: Final[Purpose] = {"act": "set_pin"}
FORGOTTEN_PIN: Final[Purpose] = {"act": "set_pin", "forgotten": 1}
"""The same without the old one, once a forgotten PIN may be chosen anew."""


def kept_rows(rows: Sequence[Sequence[InlineKeyboardButton]]) -> list[list[dict[str, str | None]]]:
    """Buttons as a dialog keeps them."""
    return [[{"text": one.text, "callback_data": one.callback_data, "style": one.style} for one in row] for row in rows]


@dataclass(slots=True)
class Keypad:
    """A keypad as its dialog keeps it."""

    stage: str
    """"check": prove the PIN that there is; "new": choose one; "again": the same once more; `CODE`."""
    purpose: Purpose
    head: str
    """What it is for, as it is said."""
    note: str = ""
    """What has to be said besides, such as that the last PIN was wrong."""
    keys: dict[str, str] = field(default_factory=dict)
    """Token -> digit, "back" or "cancel"."""
    typed: str = ""
    chosen: str = ""
    """The new PIN that was entered first."""
    version: int = 0
    """The version of the old PIN that was proven before choosing a new one."""
    language: str = ""
    """In which its head and note were said, and so all of it is, whatever its owner chooses meanwhile."""
    choices: list[list[dict[str, str | None]]] = field(default_factory=list)
    """Rows of buttons above the keys, for what else can be chosen."""
    codes: bool = False
    """Whether a one-time code will do as well as the PIN."""
    message: int = 0
    press: str = ""
    """The last press that was counted: a redelivered one is not another digit."""

    def __post_init__(self) -> None:
        if not self.keys:
            names = [*"1234567890", "back", "cancel"]
            self.keys = {secrets.token_urlsafe(9): name for name in names}

    def go_on(self, stage: str, note: str = "", *, chosen: str = "") -> None:
        """The next six digits, on new keys."""
        fresh = Keypad(stage, self.purpose, self.head)
        self.stage, self.keys, self.typed, self.note, self.chosen = stage, fresh.keys, "", note, chosen

    @property
    def dots(self) -> str:
        """How many digits are there, and how many are missing."""
        return "●" * len(self.typed) + "○" * (DIGITS - len(self.typed))

    @property
    def changes_pin(self) -> bool:
        """Whether it is opened for nothing but a new PIN."""
        return self.purpose["act"] == SET_PIN["act"]

    def html(self, speaker: Speaker) -> str:
        """What stands above the keys."""
        said = [self.head, self.note, speaker.say(self._asks()), f"<code>{' '.join(self.dots)}</code>"]
        return "\n\n".join(part for part in said if part)

    def _asks(self) -> Text:
        if self.stage == CODE:
            return _("Please enter the code that the app shows now:")
        if self.stage == "check" and self.codes:
            return _("Please enter your payment PIN or a one-time code:")
        if self.stage == "check":
            return _("Please enter your payment PIN:") if not self.changes_pin else _(
                "Please enter your <b>present</b> PIN first:")
        if self.stage == "new":
            return _("Choose a payment PIN of six digits. Whoever knows it can pay with your money, so tell it nobody, "
                     "us included:")
        return _("And the same six digits once more:")

    def markup(self, speaker: Speaker) -> InlineKeyboardMarkup:
        """The keys."""
        labels = {"back": "⌫", "cancel": speaker.plain(_("Cancel"))}
        token_of = {name: token for token, name in self.keys.items()}

        def key(name: str) -> InlineKeyboardButton:
            return InlineKeyboardButton(text=labels.get(name, name), callback_data=Pad(token=token_of[name]).pack())

        rows = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("cancel", "0", "back"))
        choices = [[InlineKeyboardButton.model_validate(one) for one in row] for row in self.choices]
        return InlineKeyboardMarkup(inline_keyboard=[*choices, *([key(name) for name in row] for row in rows)])

    def dialog(self) -> dict[str, Any]:
        """As it is kept."""
        return {"kind": DIALOG, **asdict(self)}

    @classmethod
    def read(cls, dialog: Mapping[str, Any]) -> Keypad:
        """As it was kept."""
        return cls(**{name: value for name, value in dialog.items() if name != "kind"})
