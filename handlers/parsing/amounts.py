"""Amounts and the notes behind them.

Guards: no amount is guessed. Whatever could still belong to the number or change who is paid (`1 000`, `1 50`,
`20 万`, `20 次`, `20 USD`, a second person) is unclear, and never taken for the note.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from handlers.parsing.reading import TOWARDS, Reading
from handlers.parsing.requests import ParseProblem
from wallet.money import MAX_LENGTH, AmountRefused, Currency, currency_opening, fold_width, parse_amount
from wallet.text import TextReason, TextRefused, clean_note

EACH: Final = "每人|每位|每个人|每個人|各自|各"
_EACH_BEFORE: Final = re.compile(rf"(?:each|{EACH})(?=[^A-Za-z]|$)", re.IGNORECASE)
_EACH_AFTER: Final = re.compile(rf"(?:each(?![A-Za-z0-9_])|/人|(?:{EACH})(?= |$))", re.IGNORECASE)
# The end of a Chinese currency, where the note follows without a space.
_NOTE_GLUED: Final = (
    "(?:(?<=[元块塊圆圓])(?![钱錢])|(?<=[元块塊圆圓][钱錢])|(?<=人民[币幣]))(?=[\u3400-\u9fff])"
)
# A number with its sign and currency, up to a space, the end of the sentence, a word for "each", a comma that opens the
# note, or the note itself.
_AMOUNT: Final = re.compile(
    rf"(?P<amount>(?:[^ 0-9]{{1,8}} (?=[0-9]))?[^ ]*?[0-9][^ ]*?)"
    rf"(?:(?= |$|(?:{EACH}|/人|each)(?: |$)|[,、;:](?:[^0-9]|$))|\.(?= *$)|[。!]{{1,3}}(?![0-9.。!])|{_NOTE_GLUED})",
    re.IGNORECASE,
)
_PARTS: Final = "零〇一二两兩三四五六七八九半几幾"
# What follows a currency as a part of its number: `20块五`. A note that begins so needs its space (`20块 两杯咖啡`).
_PART: Final = re.compile(f"(?<=[元块塊圆圓])[{_PARTS}]")
# What could still belong to the number before it: `1 000`, `1 50`, `20 .50`, `20 5毛`, and no `20 2杯咖啡`, which says
# what it counts.
_MORE_NUMBER: Final = re.compile(
    r"[.,][0-9]|[¥￥$€£]?[0-9][0-9.,]*(?:[元块塊圆圓角毛万萬佰百亿億]|[千仟](?!克)|分(?![钟鐘])"
    r"|(?:rmb|cny|yuan|k|w|m)?(?=[ )]|[,、;:。!?](?:[^0-9]|$)|$))"
    rf"|[元块塊圆圓][0-9{_PARTS}]|[{_PARTS}]{{1,2}}[角毛分]?[钱錢]?(?=[ ,。!?]|$)",
    re.IGNORECASE,
)
# What goes on with the number in other ways: a unit with figures behind it (`1 万5`, `2 百五`), a whole number in
# Chinese (`20 五百`), a sum or a range (`20 x 10`, `20 +5`, `20 – 30`, `20 or 30`), a fraction (`20 1/2`; `5/1` is a
# day), and a sign of fractions or thousands from elsewhere (`1 ’000`). `万一` may also be "in case", and a dash the
# beginning of a note.
_RECKONED: Final = re.compile(
    rf"[万萬千仟百佰亿億](?!一[\u3400-\u9fff])[0-9{_PARTS}]|[{_PARTS}]{{1,4}}[十百千万萬仟佰亿億]|[来來幾几多][元块塊圆圓]"
    r"|(?:(?:[+*×✕÷/^~x·٫。–—-]|or|to|and|或者?|[到至和]) ?|\. ? ?|e)[0-9][0-9.,]*(?=[ ,。!?]|$)|['’٬][0-9]{3}"
    r"|(?:1/[2-5]|2/[35]|3/[45])(?=[ ,。!?]|$)",
    re.IGNORECASE,
)
_UNIT: Final = re.compile(
    r"[万萬千仟百佰亿億]{1,2}[元块塊]?|[角毛分]钱?|k|w|kk|m|b|bn|mio|wan|hundred|thousand|million|billion|cents?"
)
# What makes the words a question, a report or a guess, whatever stands before it: `20 了吗`, `20 元左右`.
_TALK: Final = re.compile(r"(?:[元块塊圆圓][钱錢]?)?(?:了|吗|嗎|没|沒|呢|吧|左右|上下|多(?![谢謝]))")
# What makes a bare number count something else than money: `3 次`, `2 天了`. A note may begin with the same sign.
_COUNTED: Final = re.compile(
    r"次(?![卡日])|遍|趟|回(?![家礼禮本])|天(?![然猫貓天台])|日(?![用租常料])|[周週](?![末边邊卡年一二三四五六日])"
    r"|星期(?![一二三四五六日天])|月(?![饼餅租卡费費供底末初])|年(?![费費货貨会會卡夜糕底])|小时|小時|[分秒][钟鐘]|秒"
    r"|[个個](?!人所得|[税稅体體])|人(?![情工参參民])|位|名(?![片字])|号(?![码碼线線])|號(?![码碼线線])"
    r"|[点點](?![心餐菜单單歌卡外赞贊券])|[笔筆](?![记記])|份(?!子|额|額)|倍|[%‰]"
)
# What says when a payment shall arrive: `in 2h`, `2小时后到账`.
_DELAY: Final = re.compile(
    r"(?:(?<=[ ,])in (?P<en>2|24) ?(?:h|hrs?|hours?)"
    r"|(?<![0-9])(?P<zh>2|24|两|兩|二十四) ?[个個]?(?:小时|小時|钟头|鐘頭)[之以]?[后後]再?到[账賬帐帳])"
    r"[.。!]? *$", re.IGNORECASE)
# The same for times that there are not, or said in fewer words: `in 3h`, `in 30 min`, `2小时后`. It stays in the note.
_LIKE_A_DELAY: Final = re.compile(
    r"(?:(?<=[ ,])in [0-9]{1,3} ?(?:h|hrs?|hours?|m|min|mins|minutes?|d|days?)"
    r"|(?:[0-9]{1,3}|[一二两兩三四五六七八九十半]{1,3}) ?[个個]?(?:小时|小時|钟头|鐘頭|分钟|分鐘|天)[之以]?[后後]"
    r"(?:再?到[账賬帐帳])?)"
    r"[.。!]? *$", re.IGNORECASE)
# What a note says in that time, where nothing sets it apart: `see you in 2h`, `the film starts in 2h`.
_NOTED: Final = re.compile(
    r"(?<![a-z])(?:you|ya|u|me|us|there|here|back|home|again|meet|meeting|ready|due|over|leav(?:e|es|ing)"
    r"|(?:start|begin|end|open|close|expire|arrive|land)s?) *$", re.IGNORECASE)
# How a sentence ends that is an amount and nothing else. A comma, a second full stop or a dash could be the beginning
# of something that is still to come, and a question mark asks.
_END_OF_SENTENCE: Final = re.compile(r"(?<=[^.。｡! ]) ?(?:\.|[。｡!]{1,3}) *$")


def amount_said(text: str, currency: Currency) -> int:
    """The minor units of a message that is an amount, and perhaps ends as a sentence does: `100。`, `1,000.`, `20.5!`.
    Raises `AmountRefused`."""
    if len(text) > MAX_LENGTH:
        return parse_amount(text, currency)
    return parse_amount(_END_OF_SENTENCE.sub("", fold_width(text)), currency)


def read_amount(reading: Reading, behind_digits: bool) -> tuple[int, bool]:
    """The amount that stands here in minor units, and whether it is for each receiver. `behind_digits` when a user name
    ends in digits, which may have been meant as the amount."""
    each = reading.take(_EACH_BEFORE) is not None
    written = reading.take(_AMOUNT)
    if written is None and behind_digits:
        reading.stop(ParseProblem.SPACE_MISSING)
    if written is None and not reading.rest:
        reading.stop(ParseProblem.NO_AMOUNT)
    minor_units = read_figure(reading, written["amount"] if written else None)
    each = reading.take(_EACH_AFTER) is not None or each
    return minor_units, each


def read_figure(reading: Reading, written: str | None) -> int:
    """The minor units of a number that was just taken, if one was; a currency beside it belongs to it, however the
    command reads its numbers: as anything else it would hide that yuan were sent for dollars."""
    text = written or reading.peek()
    beside = currency_opening(reading.peek(), reading.currency) if written else ""
    if beside:
        text = f"{text} {beside}"
        reading.pass_over(len(beside))
    try:
        return parse_amount(text, reading.currency)
    except AmountRefused as refused:
        reading.stop(ParseProblem.AMOUNT, refused)


def read_delay(reading: Reading) -> int:
    """After how many hours the payment is to arrive, if that stands at the very end, from where it is taken out. Only
    the delays that there are: any other time is a part of the note, and so is what the note says to happen then."""
    found = _DELAY.search(reading.folded, reading.position)
    if found is None:
        return 0
    before = reading.folded[reading.position : found.start()]
    if found["en"] and _NOTED.search(before):
        return 0
    reading.cut(reading.position + len(before.rstrip(" ,、;:")), found.end())
    return 24 if (found["en"] or found["zh"]) in ("24", "二十四") else 2


def ends_like_a_delay(note: str) -> bool:
    """Whether a note says at its end when something happens, which somebody may have meant of the money."""
    return _LIKE_A_DELAY.search(fold_width(note)) is not None


def _is_foreign_figure(sign: str) -> bool:
    """Whether a sign is a figure of another script, or one that is drawn in a way of its own: `1 ٠٠٠`, `20 ②`."""
    return not sign.isascii() and unicodedata.category(sign)[0] == "N"


def read_note(reading: Reading) -> str | None:
    """Everything after the amount, unless it could change what the amount or the receiver is."""
    if not reading.rest:
        return None
    is_bare = reading.last.isdigit()
    if _PART.match(reading.folded, reading.position):
        reading.stop(ParseProblem.AMOUNT_UNCLEAR)
    for separators in ("", " ,、;:"):
        reading.skip(separators)
        first = reading.peek()
        if _MORE_NUMBER.match(first) or _UNIT.fullmatch(first.lower().rstrip(".,。!?:;、")):
            reading.stop(ParseProblem.AMOUNT_UNCLEAR)
        if _RECKONED.match(reading.folded, reading.position) or _is_foreign_figure(first[:1]):
            reading.stop(ParseProblem.AMOUNT_UNCLEAR)
        if _TALK.match(first) or (is_bare and _COUNTED.match(first)):
            reading.stop(ParseProblem.AMOUNT_UNCLEAR)
        towards = TOWARDS.match(reading.folded, reading.position)
        if reading.names_somebody(towards.end() if towards else reading.position):
            reading.stop(ParseProblem.RECEIVER_AFTER_AMOUNT)
    return read_words(reading)


def read_words(reading: Reading) -> str | None:
    """Everything that is left, as a note is kept."""
    try:
        return clean_note(reading.rest_as_typed)
    except TextRefused as refused:
        if refused.reason is TextReason.OFFENSIVE:
            reading.stop(ParseProblem.NOTE_OFFENSIVE)
        if refused.reason is TextReason.BAD_LINK:
            reading.stop(ParseProblem.NOTE_BAD_LINK)
        reading.stop(ParseProblem.NOTE_TOO_LONG, limit=refused.most)
