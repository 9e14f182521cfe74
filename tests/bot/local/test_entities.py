"""Texts and their entities: what is marked, what is found, and where it stands in UTF-16."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.local.entities import checked_text, detect, formatted, utf16, utf16_slice
from bot.local.errors import ApiError
from bot.local.shapes import Json


def nobody(_: int) -> Json | None:
    return None


def html(source: str) -> tuple[str, list[Json]]:
    return formatted(source, "HTML", None, nobody)


def covered(text: str, entity: Json) -> str:
    return utf16_slice(text, entity["offset"], entity["length"])


def kinds(source: str) -> list[tuple[str, str]]:
    text, found = formatted(source, None, None, nobody)
    return [(entity["type"], covered(text, entity)) for entity in found]


def test_offsets_count_utf16_units_behind_emoji_and_chinese() -> None:
    text, found = html("😀👨‍👩‍👧 你好 <b>李明 🧧</b> <i>x</i>")
    assert [covered(text, entity) for entity in found] == ["李明 🧧", "x"]
    assert found[0]["offset"] == utf16("😀👨‍👩‍👧 你好 ")
    assert found[0]["length"] == 5


def test_tags_nest_and_the_outer_one_comes_first() -> None:
    text, found = html("<b>a<i>b<u>c</u></i></b>")
    assert text == "abc"
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == [
        ("bold", 0, 3),
        ("italic", 1, 2),
        ("underline", 2, 1),
    ]


@pytest.mark.parametrize(
    ("source", "kind", "facts"),
    [
        ('<a href="https://example.com/x?a=1&amp;b=2">x</a>', "text_link", {"url": "https://example.com/x?a=1&b=2"}),
        ('<a href="https://example.com">x</a>', "text_link", {"url": "https://example.com/"}),
        ('<pre><code class="language-py">x</code></pre>', "pre", {"language": "py"}),
        ("<pre>x</pre>", "pre", {}),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote", {}),
        ('<span class="tg-spoiler">x</span>', "spoiler", {}),
        ('<tg-emoji emoji-id="5">😀</tg-emoji>', "custom_emoji", {"custom_emoji_id": "5"}),
        ('<tg-time unix="1760000000" format="r">x</tg-time>', "date_time", {"unix_time": 1760000000}),
    ],
)
def test_every_tag_of_telegram_makes_its_entity(source: str, kind: str, facts: Json) -> None:
    _, found = html(source)
    assert found[0]["type"] == kind
    assert {name: found[0].get(name) for name in facts} == facts


def test_a_mention_by_id_names_a_person_who_exists_and_nobody_else() -> None:
    alice = {"id": 1000001, "first_name": "Alice", "is_bot": False}
    source = '<a href="tg://user?id=1000001">A</a> <a href="tg://user?id=5">B</a>'
    _, found = formatted(source, "HTML", None, lambda number: alice if number == 1000001 else None)
    assert found == [{"type": "text_mention", "offset": 0, "length": 1, "user": alice}]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("中<foo>", 'Unsupported start tag "foo" at byte offset 3'),
        ("1 <b", "Unclosed start tag at byte offset 2"),
    ],
)
def test_wrong_html_is_refused_with_the_place_in_bytes(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as caught:
        html(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


def test_only_four_names_and_numbers_are_character_references() -> None:
    assert html("&lt;b&gt; &amp;&quot; &#128512; &#x4f60; &nbsp; & &#0;")[0] == '<b> &" 😀 你 &nbsp; & &#0;'


def test_white_space_around_a_text_goes_and_entities_move_with_it() -> None:
    assert html("  \n<b> a</b> ") == ("a", [{"type": "bold", "offset": 0, "length": 1}])


def test_markdown_v2_reads_marks_links_and_quotations() -> None:
    source = "*b _i_* ||s|| ~x~ `c\\`` [L](https://a.io/\\)) \\.\n>q1\n>q2||\nend"
    text, found = formatted(source, "MarkdownV2", None, nobody)
    assert text == "b i s x c` L .\nq1\nq2\nend"
    assert [(entity["type"], covered(text, entity)) for entity in found] == [
        ("bold", "b i"),
        ("italic", "i"),
        ("spoiler", "s"),
        ("strikethrough", "x"),
        ("code", "c`"),
        ("text_link", "L"),
        ("expandable_blockquote", "q1\nq2\n"),
    ]


def test_an_unescaped_reserved_character_of_markdown_v2_is_refused() -> None:
    with pytest.raises(ApiError, match=r"Character '\.' is reserved and must be escaped"):
        formatted("20.50", "MarkdownV2", None, nobody)


def test_the_older_markdown_still_works() -> None:
    text, found = formatted("*b* _i_ `c` [L](https://a.io/)", "Markdown", None, nobody)
    assert (text, [entity["type"] for entity in found]) == ("b i c L", ["bold", "italic", "code", "text_link"])


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("/send@ikmpay_bot @bob 20", [("bot_command", "/send@ikmpay_bot"), ("mention", "@bob")]),
        ("see https://example.com/a?b=1, ok", [("url", "https://example.com/a?b=1")]),
        ("写信到 a.b@example.com。", [("email", "a.b@example.com")]),
        ("#午饭 ok", [("hashtag", "#午饭")]),
        ("$USD", [("cashtag", "$USD")]),
        ("call +86 138 1234 5678", [("phone_number", "+86 138 1234 5678")]),
        ("a/b 1/2 c@d", []),
        ("转账 @bob 20 午饭", [("mention", "@bob")]),
        ("</b> a</send>x </balance> 1/2/3 余额/send //send /send/ /send</b>", []),
        ("/send> /send< /转账 /send余额 /@ikmpay_bot /send@ik /send@ /" + "a" * 65, []),
        ("@/help", [("bot_command", "/help")]),
        ("(/help) -/send, /top.", [("bot_command", "/help"), ("bot_command", "/send"), ("bot_command", "/top")]),
        ("/send@ikmpay_bot@x", [("bot_command", "/send@ikmpay_bot")]),
        ("20.50", []),
    ],
)
def test_plain_texts_are_searched_as_telegram_searches_them(source: str, found: list[tuple[str, str]]) -> None:
    assert kinds(source) == found


def test_nothing_is_found_inside_code_and_links() -> None:
    _, found = html('<code>/send @bob</code> <a href="https://a.io/">@bob</a>')
    assert [entity["type"] for entity in found] == ["code", "text_link"]


def test_a_listed_entity_that_reaches_outside_is_refused() -> None:
    with pytest.raises(ApiError):
        formatted("ab", None, [{"type": "bold", "offset": 1, "length": 2}], nobody)


def test_a_lone_surrogate_is_refused_and_control_characters_go() -> None:
    with pytest.raises(ApiError, match="UTF-8"):
        checked_text("\ud800")
    assert checked_text("a\x00b\r\nc\u202ed") == "a b\ncd"
    assert checked_text("a\x00b\r\nc\u202ed", of_a_person=True) == "a b\nc\u202ed"


def listed(*entities: tuple[str, int, int], text: str = "abcdefgh") -> list[tuple[str, int, int]]:
    """What becomes of entities that a sender listed, as (kind, begin, end)."""
    given = [{"type": kind, "offset": start, "length": end - start} for kind, start, end in entities]
    _, found = formatted(text, None, given, nobody)
    return [(entity["type"], entity["offset"], entity["offset"] + entity["length"]) for entity in found]


def test_styles_that_cross_are_split_and_equal_ones_that_meet_are_one() -> None:
    assert listed(("bold", 0, 5), ("italic", 3, 8)) == [("bold", 0, 5), ("italic", 3, 5), ("italic", 5, 8)]
    assert listed(("bold", 0, 3), ("bold", 3, 5), ("bold", 4, 8)) == [("bold", 0, 8)]


def test_code_holds_no_style_and_splits_what_goes_around_it() -> None:
    assert listed(("bold", 0, 8), ("code", 3, 5)) == [("bold", 0, 3), ("code", 3, 5), ("bold", 5, 8)]
    assert html("<b>a<code>b</code>c</b>")[1] == [
        {"type": "bold", "offset": 0, "length": 1},
        {"type": "code", "offset": 1, "length": 1},
        {"type": "bold", "offset": 2, "length": 1},
    ]


def test_a_quotation_holds_code_and_other_quotations_don_t_nest() -> None:
    assert listed(("blockquote", 0, 8), ("pre", 2, 4)) == [("blockquote", 0, 8), ("pre", 2, 4)]
    assert listed(("blockquote", 0, 8), ("expandable_blockquote", 2, 4)) == [("blockquote", 0, 8)]


def test_a_style_on_white_space_alone_is_none_but_a_link_stays() -> None:
    assert html("a<b> </b>b") == ("a b", [])
    assert html('a<a href="https://a.io/"> </a>b')[1][0]["type"] == "text_link"


SPANS = st.tuples(st.integers(0, 7), st.integers(1, 8)).filter(lambda span: span[0] < span[1])
KINDS = st.sampled_from(["bold", "italic", "code", "pre", "blockquote", "spoiler", "underline"])


@given(st.lists(st.tuples(KINDS, SPANS), max_size=8), st.sampled_from(["abcdefgh", "a bc  de", "😀x😀 😀"]))
def test_no_two_entities_ever_cross(wanted: list[tuple[str, tuple[int, int]]], text: str) -> None:
    found = listed(*((kind, start, end) for kind, (start, end) in wanted), text=text)
    for number, (kind, start, end) in enumerate(found):
        assert 0 <= start < end <= utf16(text)
        for other, first, last in found[number + 1 :]:
            assert end <= first or last <= end
            assert (first, last) != (start, end) or other != kind


@given(
    st.text(alphabet="ab😀中<>&/\"='biu* _[]()`~|@#.", max_size=60),
    st.sampled_from(["HTML", "MarkdownV2", "Markdown", None]),
)
def test_no_text_breaks_the_parsers_and_no_entity_reaches_outside(source: str, mode: str | None) -> None:
    try:
        text, found = formatted(source, mode, None, nobody)
    except ApiError:
        return
    for entity in found + detect(text, found):
        assert entity["offset"] >= 0
        assert entity["length"] > 0
        assert entity["offset"] + entity["length"] <= utf16(text)
