"""Rich messages: three ways to write them, one shape to read them."""

from typing import Any

import pytest
from aiogram.types import RichMessage
from hypothesis import given
from hypothesis import strategies as st

from bot.local.errors import ApiError
from bot.local.rich import buttons_in, rich_message
from bot.local.rich_text import plain
from bot.local.shapes import Json

AGREEMENT = """
<h1>User agreement</h1>
<p>Version <b>2026-01-01</b>, see <a href="https://example.com/">the page</a>. Ask @ikmpay_bot or /help.</p>
<details open><summary>Fees</summary><table bordered striped><tr><th>What</th><th align="right">Fee</th></tr>
<tr><td>Transfer</td><td align="right">0</td></tr></table></details>
<ol><li>First</li><li>Second<ul><li>Deeper</li></ul></li></ol>
<blockquote>Money is play money.<cite>House</cite></blockquote>
<hr><pre><code class="language-json">{"a": 1}</code></pre>
<tg-button-row align="center"><tg-button type="callback_data" data="agree">Agree</tg-button></tg-button-row>
<footer>end</footer>
"""


def made(**given_: Any) -> Json:
    return rich_message(given_, lambda number: None, lambda kind, reference: {kind: {"file_id": reference}})


def test_html_becomes_blocks_that_aiogram_can_read() -> None:
    message = made(html=AGREEMENT)
    RichMessage.model_validate(message)
    assert [block["type"] for block in message["blocks"]] == [
        "heading",
        "paragraph",
        "details",
        "list",
        "blockquote",
        "divider",
        "pre",
        "buttons",
        "footer",
    ]


def test_the_parts_of_a_block_are_where_the_bot_api_has_them() -> None:
    heading, paragraph, details, listed, quote, *_ = made(html=AGREEMENT)["blocks"]
    assert heading == {"type": "heading", "text": "User agreement", "size": 1}
    found = [part["type"] for part in paragraph["text"] if isinstance(part, dict)]
    assert found == ["bold", "url", "mention", "bot_command"]
    assert details["is_open"] is True
    assert details["blocks"][0]["cells"][1][1] == {"align": "right", "valign": "top", "text": "0"}
    assert [item["label"] for item in listed["items"]] == ["1.", "2."]
    assert listed["items"][1]["blocks"][1]["items"][0]["label"] == "•"
    assert quote["credit"] == "House"


def test_markdown_becomes_the_same_blocks() -> None:
    source = "# T\n\nhello **b** and `c<d`\n\n- a\n- [x] b\n\n1. one\n2. two\n\n"
    source += "|A|B|\n|-|-|\n|1|2|\n\n> q\n\n```py\nx < 1\n```\n---"
    message = made(markdown=source)
    RichMessage.model_validate(message)
    kinds = [block["type"] for block in message["blocks"]]
    assert kinds == ["heading", "paragraph", "list", "list", "table", "blockquote", "pre", "divider"]
    assert message["blocks"][2]["items"][1]["is_checked"] is True
    assert message["blocks"][6] == {"type": "pre", "text": "x < 1", "language": "py"}


def test_given_blocks_get_their_labels_and_their_files() -> None:
    item = {"blocks": [{"type": "paragraph", "text": "a"}], "value": 3}
    photo = {"type": "photo", "photo": {"type": "photo", "media": "photo-1"}}
    blocks = made(blocks=[{"type": "list", "items": [item]}, photo])["blocks"]
    assert blocks[0]["items"][0]["label"] == "3."
    assert blocks[1]["photo"] == {"file_id": "photo-1"}


def test_buttons_are_found_wherever_they_stand() -> None:
    source = '<p>a <tg-button data="1">One</tg-button></p><details><summary>s</summary><tg-button-row>'
    source += '<tg-button data="2">Two</tg-button></tg-button-row></details>'
    found = buttons_in({"rich_message": made(html=source)})
    assert [(plain(button["text"]), button["callback_data"]) for button in found] == [("One", "1"), ("Two", "2")]


@pytest.mark.parametrize(
    "given_",
    [
        {},
        {"html": "<p>a</p>", "markdown": "a"},
        {"html": "  "},
        {"html": "<script>x</script>"},
        {"html": "<p>a"},
        {"html": "<p><ul><li>a</li></ul></p>"},
        {"html": "a</p>"},
        {"html": "<p>" + "x" * 32769 + "</p>"},
        {"html": "<p>x</p>" * 501},
        {"html": "<table><tr>" + "<td>1</td>" * 21 + "</tr></table>"},
        {"html": "<blockquote>" * 20 + "x" + "</blockquote>" * 20},
    ],
)
def test_what_telegram_refuses_is_refused(given_: Json) -> None:
    with pytest.raises(ApiError):
        made(**given_)


@given(st.text(alphabet="ab中😀<>/&\"'= \n#*_`|-[]()!phrultdi123", max_size=80), st.booleans())
def test_no_source_breaks_the_reader(source: str, as_html: bool) -> None:
    try:
        message = made(**({"html": source} if as_html else {"markdown": source}))
    except ApiError:
        return
    RichMessage.model_validate(message)
