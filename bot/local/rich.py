"""Rich messages: HTML, Markdown or given blocks become the blocks of a message.

Guards: what leaves here is bounded (characters, blocks, depth, columns, media) and has only the shapes of the Bot
API's `RichBlock` and `RichText`, so a reader never meets a tag that it doesn't know.
"""

from .entities import Resolver, checked_text
from .errors import bad_request
from .markdown import markdown_to_html
from .rich_html import MAX_DEPTH, MediaOf, blocks_of
from .rich_text import detected, plain
from .shapes import Json

MAX_CHARACTERS = 32768
MAX_BLOCKS = 500
MAX_COLUMNS = 20
MAX_MEDIA = 50

_TEXT_FIELDS = ("text", "summary", "credit")


def _each_block(blocks: list[Json], depth: int = 1) -> list[tuple[Json, int]]:
    found = list[tuple[Json, int]]()
    for block in blocks:
        found.append((block, depth))
        found += _each_block(block.get("blocks", []), depth + 1)
        for item in block.get("items", []):
            found += _each_block(item["blocks"], depth + 1)
    return found


def _check(blocks: list[Json]) -> None:
    every = _each_block(blocks)
    if not every:
        raise bad_request("rich message must be non-empty")
    if len(every) > MAX_BLOCKS:
        raise bad_request("rich message has too many blocks")
    if max(depth for _, depth in every) > MAX_DEPTH:
        raise bad_request("rich message is nested too deep")
    characters = media = 0
    for block, _ in every:
        characters += sum(len(plain(block.get(name))) for name in _TEXT_FIELDS)
        characters += sum(len(plain(cell.get("text"))) for row in block.get("cells", []) for cell in row)
        media += block["type"] in ("photo", "video", "audio", "document", "animation", "voice_note")
        if max((len(row) for row in block.get("cells", [])), default=0) > MAX_COLUMNS:
            raise bad_request("rich message table has too many columns")
    if characters > MAX_CHARACTERS:
        raise bad_request("message is too long")
    if media > MAX_MEDIA:
        raise bad_request("rich message has too many media")


def _with_entities(blocks: list[Json]) -> list[Json]:
    for block, _ in _each_block(blocks):
        for name in _TEXT_FIELDS:
            if name in block and block["type"] != "pre":
                block[name] = detected(block[name])
        for row in block.get("cells", []):
            for cell in row:
                if "text" in cell:
                    cell["text"] = detected(cell["text"])
    return blocks


# ---------------------------------------------------------------- given blocks

_ALIGN = {"align": "left", "valign": "top"}


def _given(blocks: list[Json], media: MediaOf) -> list[Json]:
    """Blocks that the bot listed itself: list items get their labels, and files become what readers can open."""
    made = list[Json]()
    for block in blocks:
        block = dict(block)
        kind = block["type"]
        if kind == "list":
            block["items"] = [_given_item(item, media, index) for index, item in enumerate(block["items"], 1)]
        elif kind == "table":
            block["cells"] = [[{**_ALIGN, **cell} for cell in row] for row in block["cells"]]
        elif kind in block and isinstance(block[kind], dict) and "media" in block[kind]:
            block |= media(kind, str(block[kind]["media"]))
        if "blocks" in block:
            block["blocks"] = _given(block["blocks"], media)
        made.append(block)
    return made


def _given_item(item: Json, media: MediaOf, index: int) -> Json:
    numbered = "value" in item or "type" in item
    label = f"{item.get('value', index)}." if numbered else "•"
    return {**item, "label": label, "blocks": _given(item["blocks"], media)}


def rich_message(given: Json, resolve: Resolver, media: MediaOf) -> Json:
    """The `RichMessage` that an `InputRichMessage` asks for."""
    named = [name for name in ("html", "markdown", "blocks") if given.get(name)]
    if len(named) != 1:
        raise bad_request("exactly one of the fields html, markdown, and blocks must be used in the rich message")
    if named[0] == "blocks":
        blocks = _given(given["blocks"], media)
    else:
        source = checked_text(given[named[0]])
        if len(source) > 8 * MAX_CHARACTERS:
            raise bad_request("message is too long")
        blocks = blocks_of(source if named[0] == "html" else markdown_to_html(source), resolve, media)
    _check(blocks)
    if not given.get("skip_entity_detection"):
        blocks = _with_entities(blocks)
    return {"blocks": blocks, **({"is_rtl": True} if given.get("is_rtl") else {})}


def buttons_in(message: Json) -> list[Json]:
    """Every button inside the rich message, in reading order."""
    found = list[Json]()

    def look(value: object) -> None:
        if isinstance(value, list):
            for part in value:
                look(part)
        elif isinstance(value, dict):
            if value.get("type") == "buttons":
                found.extend(value["buttons"])
            elif value.get("type") == "button":
                found.append(value["button"])
            else:
                for part in value.values():
                    look(part)

    look(message.get("rich_message", {}).get("blocks", []))
    return found
