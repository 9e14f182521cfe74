"""The Markdown of rich messages, made into their HTML, so that there is one reader of blocks.

Guards: everything that is not Markdown is escaped, so no text becomes a tag.
"""

import re
from html import escape

_MARKS = tuple(
    (re.compile(pattern), tag)
    for pattern, tag in (
        (r"\*\*(?=\S)(.+?)(?<=\S)\*\*", "b"),
        (r"(?<!\w)__(?=\S)(.+?)(?<=\S)__(?!\w)", "b"),
        (r"~~(?=\S)(.+?)(?<=\S)~~", "s"),
        (r"\|\|(?=\S)(.+?)(?<=\S)\|\|", "tg-spoiler"),
        (r"==(?=\S)(.+?)(?<=\S)==", "mark"),
        (r"\*(?=\S)(.+?)(?<=\S)\*", "i"),
        (r"(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)", "i"),
    )
)
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s\"]+)\)")


def _inline(text: str) -> str:
    pieces = list[str]()
    for index, part in enumerate(re.split(r"`([^`]+)`", text)):
        if index % 2:
            pieces.append(f"<code>{escape(part)}</code>")
            continue
        pieces.append(_marked(escape(part, quote=False)))
    return "".join(pieces)


def _marked(text: str) -> str:
    """Marks outside links become tags; the address of a link is left as it is."""
    parts, done = list[str](), 0
    for match in _LINK.finditer(text):
        parts += [_tagged(text[done : match.start()]), f'<a href="{match[2]}">{_tagged(match[1])}</a>']
        done = match.end()
    return "".join([*parts, _tagged(text[done:])])


def _tagged(text: str) -> str:
    for pattern, tag in _MARKS:
        text = pattern.sub(rf"<{tag}>\1</{tag}>", text)
    return text


def _table(lines: list[str]) -> str:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    head = "".join(f"<th>{_inline(cell)}</th>" for cell in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>" for row in rows[2:])
    return f"<table><tr>{head}</tr>{body}</table>"


_LINE_KINDS = (
    ("heading", re.compile(r"(#{1,6})\s+(.*)")),
    ("divider", re.compile(r"(?:-{3,}|\*{3,}|_{3,})\s*$")),
    ("bullet", re.compile(r"[-*+]\s+(?:\[([ xX])\]\s+)?(.*)")),
    ("number", re.compile(r"([0-9]{1,6})[.)]\s+(.*)")),
    ("quote", re.compile(r">\s?(.*)")),
    ("table", re.compile(r"\|.*\|\s*$")),
    ("text", re.compile(r"(.+)")),
)


def _kind(line: str) -> tuple[str, re.Match[str] | None]:
    for kind, pattern in _LINE_KINDS:
        match = pattern.match(line)
        if match:
            return kind, match
    return "blank", None


def markdown_to_html(source: str) -> str:
    """The common part of Markdown, made into the HTML of rich messages; runs of like lines make one block."""
    out = list[str]()
    for index, part in enumerate(re.split(r"^```(\w*)\n(.*?)\n```\s*$", source, flags=re.S | re.M)):
        if index % 3 == 1:
            language = part
        elif index % 3 == 2:
            out.append(f'<pre><code class="language-{escape(language)}">{escape(part)}</code></pre>')
        else:
            out += _runs(part.splitlines())
    return "".join(out)


def _runs(lines: list[str]) -> list[str]:
    runs = list[tuple[str, list[tuple[str, re.Match[str] | None]]]]()
    for line in lines:
        kind, match = _kind(line)
        if runs and runs[-1][0] == kind and kind not in ("heading", "divider"):
            runs[-1][1].append((line, match))
        else:
            runs.append((kind, [(line, match)]))
    return [_run(kind, [m for _, m in found if m], [line for line, _ in found]) for kind, found in runs]


def _run(kind: str, found: list[re.Match[str]], lines: list[str]) -> str:
    if kind == "heading":
        size = len(found[0][1])
        return f"<h{size}>{_inline(found[0][2])}</h{size}>"
    if kind == "divider":
        return "<hr>"
    if kind == "bullet":
        boxes = {None: "", " ": "<input type=checkbox>", "x": "<input type=checkbox checked>"}
        items = (f"<li>{boxes[m[1].lower() if m[1] else None]}{_inline(m[2])}</li>" for m in found)
        return f"<ul>{''.join(items)}</ul>"
    if kind == "number":
        return f'<ol start="{int(found[0][1])}">{"".join(f"<li>{_inline(m[2])}</li>" for m in found)}</ol>'
    if kind == "quote":
        return f"<blockquote>{'<br>'.join(_inline(m[1]) for m in found)}</blockquote>"
    if kind == "table" and len(lines) > 1 and re.fullmatch(r"[|:\s-]+", lines[1]):
        return _table(lines)
    return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>" if kind != "blank" else ""
