"""What begins a button's text says which button it is, of those that are sent now and of those that hang in chats."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, User

import bot.app  # noqa: F401 - loads every chapter, and with them all buttons
from handlers.anywhere import AppealAct, AppealButton
from handlers.chat.buttons import AgainButton, PaperAct, PaperButton, PickButton, ProvenButton, StayButton
from handlers.chat.operators.announcements import DraftAct, ProclaimButton
from handlers.chat.operators.penalties import BeginButton
from handlers.keyboards import Renamed

FORMER: list[tuple[str, CallbackData]] = [
    ("ap:p", AppealButton(act=AppealAct.PAY)),
    ("ap:t", AppealButton(act=AppealAct.TAKE_BACK)),
    ("ap:a:384:front", PaperButton(act=PaperAct.ASK, application=384, name="front")),
    ("ap:b:0:", PaperButton(act=PaperAct.BEGIN)),
    ("mp:128", PickButton(member=128)),
    ("mp:128:1003", ProvenButton(member=128, person=1003)),
    ("pd:1003:banned:1001", BeginButton(person=1003, what="banned", presser=1001)),
    ("pd:news:s:" + "t" * 22, ProclaimButton(kind="news", act=DraftAct.SEND, token="t" * 22)),
    ("sa", StayButton()),
    ("sa:640", AgainButton(schedule=640)),
]
"""What was sent while two classes shared a prefix, and what it is."""


def buttons(kind: type[CallbackData] = CallbackData) -> Iterator[type[CallbackData]]:
    """Every class of buttons of ours."""
    for one in kind.__subclasses__():
        if one.__module__.startswith("handlers."):
            yield one
        yield from buttons(one)


def test_no_two_classes_of_buttons_begin_alike() -> None:
    shared = [prefix for prefix, times in Counter(one.__prefix__ for one in buttons()).items() if times > 1]
    assert not shared


def test_every_button_that_was_renamed_is_among_those_looked_at_here() -> None:
    renamed = set(buttons(Renamed))
    assert renamed == {type(now) for _was, now in FORMER if isinstance(now, Renamed)}
    for one in renamed:
        assert issubclass(one, Renamed)
        assert [other for other in buttons() if other.__prefix__ == one.FORMER], "nothing else has its former prefix"


@pytest.mark.parametrize(("was", "now"), FORMER, ids=[was for was, _now in FORMER])
async def test_a_button_that_hangs_in_a_chat_by_its_former_prefix_is_answered_as_what_it_is(
        was: str, now: CallbackData) -> None:
    press = CallbackQuery(id="1", from_user=User(id=1, is_bot=False, first_name="A"), chat_instance="1", data=was)
    taken = []
    for one in buttons():
        found = await one.filter()(press)
        if found:
            assert isinstance(found, dict)
            taken.append(found["callback_data"])
    assert taken == [now]
    assert type(now).unpack(now.pack()) == now
