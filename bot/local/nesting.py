"""How the entities of one text stand together: apart or one inside the other, never crossing.

Guards: of any two entities that come out, one contains the other or they don't touch the same character; code
contains nothing and stands in nothing but quotations; equal styles that meet are one.
"""

from .shapes import Json

STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")
_CODE = {"code", "pre"}
_QUOTES = {"blockquote", "expandable_blockquote"}
# These say something that can't be seen, so they may stand on nothing but white space.
_HIDDEN = {"text_link", "text_mention"}
Span = tuple[int, int]


def nested(entities: list[Json], text: bytes) -> list[Json]:
    """Entities as Telegram gives them back, of a text in UTF-16."""
    whole = _kept_whole(entities)
    borders = [_span(entity) for entity in whole if entity["type"] not in _CODE]
    codes = [_span(entity) for entity in whole if entity["type"] in _CODE]
    styled = list[Json]()
    for kind in STYLES:
        spans = _merged([_span(entity) for entity in entities if entity["type"] == kind])
        for code in codes:
            spans = [part for span in spans for part in _without(span, code)]
        found = [part for span in spans for part in _split(span, borders)]
        borders += found
        styled += [{"type": kind, "offset": start, "length": end - start} for start, end in found]
    return [entity for entity in whole + styled if entity["type"] in _HIDDEN or not _blank(_span(entity), text)]


def _span(entity: Json) -> Span:
    return entity["offset"], entity["offset"] + entity["length"]


def _kept_whole(entities: list[Json]) -> list[Json]:
    """What can't be split: code first, then quotations, then the rest; whatever crosses one before it goes."""
    kept = list[Json]()
    for wanted in (_CODE, _QUOTES, None):
        for entity in entities:
            kind = entity["type"]
            group = _CODE if kind in _CODE else _QUOTES if kind in _QUOTES else None
            if kind not in STYLES and group is wanted and all(_fits(entity, other) for other in kept):
                kept.append(entity)
    return kept


def _fits(entity: Json, other: Json) -> bool:
    """Whether both may stand in one text."""
    (start, end), (first, last) = _span(entity), _span(other)
    if end <= first or last <= start:
        return True
    kinds = {entity["type"], other["type"]}
    if kinds & _CODE:  # Only a quotation may hold code.
        quote = _span(entity) if entity["type"] in _QUOTES else _span(other)
        code = _span(other) if entity["type"] in _QUOTES else _span(entity)
        return bool(kinds & _QUOTES) and _within(code, quote)
    if kinds <= _QUOTES or entity["type"] == other["type"]:
        return False
    return _within((start, end), (first, last)) or _within((first, last), (start, end))


def _within(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _merged(spans: list[Span]) -> list[Span]:
    """Spans of one style that overlap or meet are one."""
    merged = list[Span]()
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _without(span: Span, hole: Span) -> list[Span]:
    (start, end), (first, last) = span, hole
    return [part for part in ((start, min(end, first)), (max(start, last), end)) if part[0] < part[1]]


def _split(span: Span, borders: list[Span]) -> list[Span]:
    """A span in parts, none of which crosses a border."""
    parts = [span]
    for first, last in borders:
        parts = [piece for part in parts for piece in _cut(part, first, last)]
    return parts


def _cut(part: Span, first: int, last: int) -> list[Span]:
    start, end = part
    if start < first < end < last:
        return [(start, first), (first, end)]
    if first < start < last < end:
        return [(start, last), (last, end)]
    return [part]


def _blank(span: Span, text: bytes) -> bool:
    return text[2 * span[0] : 2 * span[1]].decode("utf-16-le", "replace").isspace()
