"""Texts that people give us to keep: notes and nicknames, cleaned before anything is decided about them.

Guards: what is kept can be stored by every database, shown on one line, and never turns the text around it. A
nickname, besides, never looks like somebody who works here or like a line about money, and neither holds a word of
our list of insults. The name that somebody has elsewhere is shown only as far as it keeps to the same.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final, NoReturn

from wallet.hosts import is_bad

MAX_NOTE: Final = 100
MIN_NICKNAME: Final = 2
MAX_NICKNAME: Final = 20
MAX_WORD: Final = 20
MAX_MARKS: Final = 3
"""More marks above or below one letter are a tower that covers the lines around it."""

_MAX_TYPED: Final = 4096
"""Telegram's own limit for a message; nothing longer is looked at."""


class TextReason(StrEnum):
    """Why a text can't be kept. Each one has its own sentence."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    INVISIBLE = "invisible"
    DIRECTION = "direction"
    SIGNS = "signs"
    LOOKALIKE = "lookalike"
    AMOUNT = "amount"
    OFFENSIVE = "offensive"
    BAD_LINK = "bad_link"


class TextRefused(ValueError):
    """A text that can't be kept, with the bounds that its sentence names."""

    def __init__(self, reason: TextReason, least: int, most: int) -> None:
        """The bounds are in characters."""
        super().__init__(reason, least, most)
        self.reason = reason
        self.least = least
        self.most = most


def on_one_line(text: str) -> str:
    """A text without controls and invisible signs, its white space folded, every character storable."""
    if _ODD.search(text) is None:
        return text
    return _FOLDED.sub(" ", _SURROGATE.sub("\ufffd", _DROPPED.sub("", text)))


def without_blanks(text: str) -> str:
    """A text without the letters that are drawn as nothing, which make a name look shorter than it is."""
    return _BLANK_LETTER.sub("", text)


def clean_note(text: str) -> str | None:
    """A note as it is kept: one line of 1 to 100 characters, or nothing when nothing of it can be seen."""
    if len(text) > _MAX_TYPED:
        raise TextRefused(TextReason.TOO_LONG, 1, MAX_NOTE)
    note = without_towers(on_one_line(text)).strip(" ")
    if len(note) > MAX_NOTE:
        raise TextRefused(TextReason.TOO_LONG, 1, MAX_NOTE)
    if is_offensive(note):
        raise TextRefused(TextReason.OFFENSIVE, 1, MAX_NOTE)
    if is_bad(note):
        raise TextRefused(TextReason.BAD_LINK, 1, MAX_NOTE)
    return note if can_be_seen(note) else None


def clean_word(text: str) -> str | None:
    """A word by which something is opened, as it is shown: like a note, but short; or nothing when nobody could say
    it."""
    word = clean_note(text)
    if word is not None and len(word) > MAX_WORD:
        raise TextRefused(TextReason.TOO_LONG, 1, MAX_WORD)
    return word if word is not None and as_said(word) else None


def as_said(word: str) -> str:
    """A word as far as it matters whether two people said the same: not how wide, tall or far apart its letters are."""
    return "".join(unicodedata.normalize("NFKC", _UNSEEN.sub("", word)).casefold().split())


def clean_nickname(text: str, brand: str = "ikmPay") -> str:
    """A nickname as it is kept, or `TextRefused`. Names that look like the operators' or the brand's are refused."""
    if len(text) > _MAX_TYPED:
        _refuse_nickname(TextReason.TOO_LONG)
    name = _FOLDED.sub(" ", unicodedata.normalize("NFKC", text.replace(_EMOJI_STYLE, ""))).strip(" ")
    if len(name) > MAX_NICKNAME:
        _refuse_nickname(TextReason.TOO_LONG)
    if _DIRECTION_CONTROL.search(name):
        _refuse_nickname(TextReason.DIRECTION)
    if _UNSEEN.search(name) or any(unicodedata.category(letter)[0] == "C" for letter in name):
        _refuse_nickname(TextReason.INVISIBLE)
    if len(name) < MIN_NICKNAME:
        _refuse_nickname(TextReason.TOO_SHORT)
    if name != without_towers(name) or _RESERVED_SIGNS.search(name) or not any(map(str.isalnum, name)):
        _refuse_nickname(TextReason.SIGNS)
    if _AMOUNT.search(name):
        _refuse_nickname(TextReason.AMOUNT)
    if _looks_official(name, brand):
        _refuse_nickname(TextReason.LOOKALIKE)
    if is_offensive(name):
        _refuse_nickname(TextReason.OFFENSIVE)
    if is_bad(name):
        _refuse_nickname(TextReason.BAD_LINK)
    return name


def is_offensive(text: str) -> bool:
    """Whether a text holds a word of our list, however its letters are drawn, written wide or pulled apart."""
    alone, within, chinese = _offensive()
    # What stands between spaces is one word, and letters that stand alone are one together.
    pieces = [piece for piece in _BLANK_SPACE.split(_UNSEEN.sub("", text)) if piece]
    words = [*pieces, *_spelled(pieces), *(word for piece in pieces for word in _SEPARATED.split(piece))]
    skeletons = {_skeleton(form) for form in {form for word in words for form in (word, _DRAWN_OUT.sub(r"\1", word))}}
    return (not alone.isdisjoint(skeletons) or any(within.search(skeleton) for skeleton in skeletons)
            or (not text.isascii() and chinese.search(_skeleton(text)) is not None))


def _spelled(pieces: list[str]) -> list[str]:
    """The words of which every letter was written apart."""
    found = [""]
    for piece in pieces:
        bare = _EDGES.sub("", piece)
        if len(bare) == 1:
            found[-1] += bare
        elif found[-1]:
            found.append("")
    return [word for word in found if len(word) > 1]


@lru_cache(maxsize=1)
def _offensive() -> tuple[frozenset[str], re.Pattern[str], re.Pattern[str]]:
    """The list: what has to stand alone, what is found within words, what is found anywhere."""
    lines = Path(__file__).with_name("offensive.txt").read_text(encoding="utf-8").splitlines()
    words = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    chinese = [_skeleton(word) for word in words if not word.isascii()]
    within = [_skeleton(word) for word in words if word.isascii() and word.endswith("*")]
    alone = [_skeleton(word) for word in words if word.isascii() and not word.endswith("*")]
    return frozenset(alone), re.compile("|".join(within)), re.compile("|".join(chinese))


def propose_nickname(name: str, fallback: str, brand: str = "ikmPay") -> str:
    """A nickname made of the name that a person has elsewhere, or the fallback when none can be made of it."""
    bounded = unicodedata.normalize("NFKC", name[: 4 * MAX_NICKNAME])
    seen = _UNSEEN.sub("", _RESERVED_SIGNS.sub("", on_one_line(bounded)))
    try:
        return clean_nickname(without_towers(seen)[:MAX_NICKNAME], brand)
    except TextRefused:
        return fallback


@lru_cache(maxsize=32_768)
def presentable(name: str, brand: str = "ikmPay") -> str:
    """The name that somebody has elsewhere as it may stand in our sentences: without the signs that are kept for us,
    and "" for one that could be taken for us or for a line about money, or that insults. Its length is its own."""
    seen = _FOLDED.sub(" ", _RESERVED_SIGNS.sub("", without_blanks(on_one_line(name)))).strip(" ")
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", seen))
    if _RESERVED_SIGNS.search(plain) or _looks_official(plain, brand) or _AMOUNT.search(plain) or is_offensive(plain):
        return ""
    return seen if can_be_seen(seen) else ""


def without_towers(text: str) -> str:
    """A text with at most three marks above or below a letter."""
    if text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        if marks <= MAX_MARKS:
            kept.append(letter)
    return "".join(kept)


def can_be_seen(text: str) -> bool:
    """Whether anything of a text leaves a mark on the screen."""
    return any(
        not letter.isspace()
        and unicodedata.category(letter) not in ("Cf", "Mn", "Me", "Cn", "Co")
        and _UNSEEN.match(letter) is None
        for letter in text
    )


def _looks_official(name: str, brand: str) -> bool:
    """Whether a quick reader could take the name for one of ours, or for the beginning of what we tell of money."""
    skeleton = _skeleton(name)
    for innocent in _INNOCENT:
        skeleton = skeleton.replace(innocent, "")
    return (any(word and word in skeleton for word in (*_reserved(), _skeleton(brand)))
            or _NEWS.search(skeleton) is not None)


def _skeleton(name: str) -> str:
    """What the eye keeps of a name: letters of one alphabet, no accents, no separators, no look-alike digits."""
    if name.isascii():
        return name.translate(_ASCII).replace("rn", "m").replace("vv", "w")
    plain = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    letters = "".join(letter for letter in bare.translate(_LOOKALIKES) if letter.isalnum())
    return letters.replace("rn", "m").replace("vv", "w")


@lru_cache(maxsize=1)
def _reserved() -> tuple[str, ...]:
    return tuple(_skeleton(word) for word in _RESERVED_NAMES)


def _refuse_nickname(reason: TextReason) -> NoReturn:
    raise TextRefused(reason, MIN_NICKNAME, MAX_NICKNAME)


_EMOJI_STYLE: Final = "\ufe0f"
_DIRECTION: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROLS: Final = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"
_BREAKS: Final = "\t\n\x0b\x0c\r\x85\u2028\u2029"
# Letters and marks that are drawn as nothing.
_BLANKS: Final = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U000e0000-\U000e0fff"

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_DROPPED: Final = re.compile(f"[{_CONTROLS}{_DIRECTION}]")
_ODD: Final = re.compile(f"[{_CONTROLS}{_DIRECTION}{_BREAKS}\ud800-\udfff]|  ")
_FOLDED: Final = re.compile(f"[{_BREAKS} ]+")
_DIRECTION_CONTROL: Final = re.compile(f"[{_DIRECTION}]")
_UNSEEN: Final = re.compile(f"[{_CONTROLS}{_BLANKS}\u200c\u200d\ufe00-\ufe0f]")
_BLANK_SPACE: Final = re.compile(r"\s+")
_SEPARATED: Final = re.compile(r"[\W_]+")
_EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")
_DRAWN_OUT: Final = re.compile(r"(.)\1{2,}")
_BLANK_LETTER: Final = re.compile(f"[{_BLANKS}]")
# Masked names of verified members begin with a star, user names with an at sign, ticks mean "verified", and the
# pictures begin the lines in which we tell what became of money, or speak of a ticket.
_RESERVED_SIGNS: Final = re.compile(
    r"[*@#/\\<>{}✓✔☑✅√\U0001f5f8\U0001f6e1\U0001f451💰💸💲💴💵💶💷🪙🎁↩⌛⏳🔒🔑⚠🛑🎫🗂]\ufe0f?")

# Currency signs of every country beside or before anything, figures as only money has them, and figures beside a word
# for money. Signs between the two do not part them for a quick reader, and an O may stand for a nought.
_CURRENCY: Final = "$¢£¤¥֏؋৲৳৻૱௹฿៛₠-\u20cf"
_COINS: Final = "[元块塊圆圓円]|人民[币幣]|美金|[欧歐日韩韓港台]元|英[镑鎊]"
_CODES: Final = "rmb|cny|yuan|kuai|usdt?|dollars?|bucks|euros?|eur|gbp|pounds?|hkd|jpy|yen|krw|twd"
_AMOUNT: Final = re.compile(
    rf"(?<!\w)[{_CURRENCY}][\W_]{{0,3}}\w|[{_CURRENCY}][\W_]{{0,3}}\d|\d[\W_]{{0,3}}[{_CURRENCY}]|\d[.,٫٬]\d"
    rf"|\d[oOlI]{{0,15}}[\W_]{{0,3}}(?:[万萬亿億千百]?(?:{_COINS})|[万萬亿億]|k?[\W_]?(?:{_CODES})(?!\w))"
    rf"|(?<!\w)(?:{_CODES}|人民[币幣])[\W_]{{0,3}}\d|(?<!\w)[+−-]\d"
    rf"|[十百千万萬亿億拾佰仟](?:{_COINS})|[零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖][块塊]", re.IGNORECASE)

_RESERVED_NAMES: Final = (
    "ikmpay", "admin", "support", "official", "operator", "moderator", "customer service", "help desk", "telegram",
    "官方", "客服", "运营", "管理员", "平台", "系统通知", "系统管理", "工作人员", "安全中心", "审核员",
)  # fmt: skip
_INNOCENT: Final = ("badminton", "supporter")

# Confusable letters by the one they are taken for. `l`, `1` and `|` are all taken for `i`, on both sides of the
# comparison; the last line turns traditional characters into the simplified ones of our list.
_TAKEN_FOR: Final = {
    "a": "аα4@ᴀɑɒąꭺ", "b": "вβ8ʙьƅ", "c": "сϲᴄꮯ", "d": "ԁɗᴅđ", "e": "еεё3ᴇɛєꭼ", "f": "ꜰƒϝ", "g": "ɡɢցԍ9",
    "h": "һнʜհħ", "i": "іιɪıɩl1|!ӏⅼʟїꭵłℓ", "j": "јᴊϳ", "k": "кκᴋҝꮶ", "m": "мᴍꮇ", "n": "пηɴոռ", "o": "оο0ᴏօøσө",
    "p": "рρᴘꮲþ", "q": "ԛզ", "r": "гʀꭱ", "s": "ѕꜱ5$ꮪ", "t": "тτᴛ7+ŧ", "u": "υᴜսμ", "v": "νѵᴠ", "w": "ԝᴡωш",
    "x": "хχ×", "y": "уγʏүꮍ", "z": "ᴢ2ꮓ",
    "运": "運", "营": "營", "员": "員", "统": "統", "台": "臺", "审": "審", "官": "宫宮", "务": "務",
}  # fmt: skip
_LOOKALIKES: Final = str.maketrans(
    {
        variant: letter
        for letter, variants in _TAKEN_FOR.items()
        for variant in {*variants, *unicodedata.normalize("NFKD", variants.casefold())}
        if not unicodedata.combining(variant)
    }
)
_ASCII: Final = {sign: kept if (kept := chr(sign).lower().translate(_LOOKALIKES)).isalnum() else None
                 for sign in range(128)}
"""The same for all that has neither accents nor other alphabets, in one step."""

# What we say when money moved, without its amount, as skeletons: of words for a payment with how it ended, and of those
# that need no more to be read so.
_PAYMENTS: Final = ("payment", "transfer", "transaction", "money", "refund", "withdrawal", "top up")
_ENDINGS: Final = ("received", "sent", "success", "complete", "failed", "confirmed", "arrived", "approved", "declined")
_TOLD: Final = ("you received", "you have received", "you sent", "you paid", "sent you", "paid you", "refunded")
_NEWS: Final = re.compile("|".join((
    f"(?:{'|'.join(map(_skeleton, _PAYMENTS))})(?:{'|'.join(map(_skeleton, _ENDINGS))})", *map(_skeleton, _TOLD),
    "(?:[转轉][账帐賬帳]|付款|收款|支付|充值|退款|提[现現]|交易|[汇匯]款|[红紅]包)已?(?:成功|失[败敗]|完成|到[账帐賬帳]|[领領]取)",
    "已(?:到|入)[账帐賬帳]|已(?:[转轉][账帐賬帳]|付款|收款|支付|退款|收到)|[给給向][你您][转轉][账帐賬帳]",
    "收到(?:一[笔筆])?[转轉][账帐賬帳]|[余餘][额額]不足",
)))
