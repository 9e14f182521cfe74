"""Whatever is sent is answered, soon, and never by half a payment."""
from __future__ import annotations

from time import thread_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.parsing import (
    MAX_RECEIVERS,
    Asked,
    Entity,
    Replied,
    Said,
    SendRequest,
    Unclear,
    parse_receivers,
    parse_send,
    understand,
)
from tests.handlers.parsing.saying import BOT, private
from wallet.money import CNY

OPENINGS = [
    "", "/send ", "转账", "/history ", "账单", "/receipt ", "/topup ", "/start ", "/nickname ", "/send @bob 20 ", "/",
]  # fmt: skip
PIECES = st.text(
    alphabet="/@+bobEACHeach 0123456789０１２.,，、:。！¥￥元块钱万五每人各和给了次月年-"
    "\n\u3000\u202e\u200b\u0000\ud800א😀"
)
ENTITIES = st.lists(
    st.builds(
        Entity,
        st.sampled_from(["text_mention", "phone_number", "mention", "bold"]),
        st.integers(-5, 40),
        st.integers(-5, 40),
        st.sampled_from([None, 7, 8]),
    ),
    max_size=4,
).map(tuple)


@given(st.sampled_from(OPENINGS), st.one_of(st.text(), PIECES), ENTITIES, st.booleans(), st.booleans())
@example("/send ", "@bob 20\ud83d", (Entity("text_mention", 6, 4, 7),), True, True)
def test_every_text_is_answered(
    opening: str, text: str, entities: tuple[Entity, ...], is_private: bool, is_reply: bool
) -> None:
    said = Said(opening + text, entities, is_private, BOT, is_reply)
    answer = understand(said, CNY)
    assert answer is None or isinstance(answer, Asked | Unclear)
    if isinstance(answer, Asked) and isinstance(answer.argument, SendRequest):
        request = answer.argument
        assert request.minor_units > 0
        assert 1 <= len(request.receivers) <= MAX_RECEIVERS
        assert request.each or len(request.receivers) == 1
        assert is_reply or Replied() not in request.receivers
        assert request.note is None or 1 <= len(request.note) <= 100
    parse_send(said, CNY)
    parse_receivers(said, CNY)


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        " ",
        "@a ",
        "@bob",
        "1,",
        "a1",
        "和",
        "each ",
        "+1",
        "1 ",
        "¥ ",
        "/人",
        "每人",
        "-",
        "\u3000",
        "😀",
        "138 0013 8000 ",
        "!",
        "1。",
        "1元午",
        "元",
        "给",
    ],
)
def test_the_longest_message_takes_no_longer_than_its_length(piece: str) -> None:
    """A pattern that tries every way to split would take seconds here; 4,096 characters take a few milliseconds."""
    for opening in ("/send ", "/send @bob ", "/send @bob 20 ", "转账", "/history ", "/topup ", "/receipt "):
        text = (opening + piece * 4096)[:4096]
        start = thread_time()  # Others at work on this machine do not count.
        understand(Said(text, is_reply=True), CNY)
        assert thread_time() - start < 1.0


def test_what_is_longer_than_a_message_is_not_read() -> None:
    assert private("/send @bob 20 " + "x" * 4096) is None
