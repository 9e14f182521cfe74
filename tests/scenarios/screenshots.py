"""Makes the pictures of both READMEs from the product itself: `python -m tests.scenarios.screenshots`.

The first shows a group in which somebody paid, as the payer sees it, and beside it the receipt on the phone of the
payee; the second a month's statement on one phone and an agreement on another; the third an envelope that eight people
open, while it counts and in the end; the fourth bills that a group splits, and how somebody is asked for a share; the
fifth what is offered behind the bot's name in a group where the bot is not, and the cards that came of it; the sixth
what operators see of a month, and what they told everybody; the seventh all that an operator sees of a member on one
card, and what that member is told of a measure.
"""
from __future__ import annotations

import asyncio
import base64
import re
import struct
import tempfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.async_api import Page, ViewportSize
from sqlalchemy import Connection, insert, update

from bot.local import acts, groups
from storage.days import EVER
from storage.tables import active_members, day_sums
from tests.scenarios.browser import ROOT, Window, chromium
from tests.scenarios.harness import Person, Stage, stage

WIDE: Final = ViewportSize(width=960, height=800)
NARROW: Final = ViewportSize(width=350, height=800)
MOST_BYTES: Final = 300_000
PHONE: Final = ViewportSize(width=460, height=960)
TALL: Final = ViewportSize(width=460, height=1080)
"""For a picture that eight lines follow."""
SIDE_BY_SIDE: Final = """
<body style="margin:0; padding:20px; display:flex; gap:20px; background:#cfdde0">{pictures}</body>"""
FRAMED: Final = '<img src="data:image/png;base64,{picture}" style="border-radius:22px">'
PIXELS: Final = """
async (picture) => {
  const image = new Image();
  image.src = picture;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const reader = new FileReader();
  const read = new Promise((resolve) => { reader.onload = resolve; });
  reader.readAsDataURL(new Blob([pen.getImageData(0, 0, image.width, image.height).data]));
  await read;
  return reader.result;
}"""


@dataclass(frozen=True)
class Scene:
    """What is said in one of the languages."""

    suffix: str
    locale: str
    language: str
    of_age: str
    agree: str
    top_up: str
    paid: str
    pay: str
    thanks: str
    more: str
    confirm: str
    waits: str
    told: str
    receipt: str
    code: str
    statement: str
    left: str
    agreement: str
    contents: str
    split: str
    pay_share: str
    way_home: str
    asked: str
    wish: str
    open: str
    counting: str
    best: str
    elsewhere: str
    question: str
    cards: tuple[str, str, str]
    claim: str
    ask: str
    crowd: tuple[str, ...]
    news: tuple[str, str]
    """What an operator announces, and how it begins when it arrives."""
    send: str
    measure: tuple[str, str, str]
    """What an operator types against a member and then to see them, and the button of an appeal."""


ENGLISH: Final = Scene(
    "", "en-GB", "English", "I am 18 or older, and I agree", "I agree", "/topup 100",
    "That was 40 for the two of us.", "/send 20 lunch", "Thank you! 😋", "/send @wangfang 5 coffee", "Confirm",
    "within 24 hours", "sent you ¥20.00", "Receipt", "Copy code",
    "/statement", "Closing balance", "/agreement payment service agreement", "In pages",
    "/split 120 4 hot pot", "Pay my share", "/split @bob 20 @liming 35 taxi", "asks you for your share",
    "/red 88.88 8 Happy New Year", "🧧 Open", "3 of 8", "best luck", "Badminton", "Who is in on Sunday?",
    ("red 10 2 see you there", "20 court", "request 15 cinema"), "Claim", "Pay ¥15.00",
    ("Grace", "Tom", "Mia", "Ben", "Zoe"),
    ("/announce Hello everybody!\n\nFrom today you can split a bill in any group: /split 120 4 hot pot. Whoever taps "
     "pays their share, and the card shows who has.\n\nYour team", "An announcement"), "Send it",
    ("/freeze @bob theft 7d Two members say their phones were used", "/user @bob", "Appeal"))
CHINESE: Final = Scene(
    ".zh-CN", "zh-CN", "简体中文", "我已满 18 周岁，并同意", "我同意", "充值 100",
    "午饭一共 40，我先付了。", "/send 20 午饭", "收到，谢谢！😋", "转账 @bob 5 咖啡", "确认",
    "24 小时", "转给你 ¥20.00", "凭证", "复制凭证码",
    "月账单", "期末余额", "协议 支付服务协议", "分页阅读",
    "AA 120 4 火锅", "付我的份", "AA @wangfang 20 @bob 35 打车", "请你付自己的一份",
    "红包 88.88 8 恭喜发财", "🧧 开", "3/8", "手气最佳", "羽毛球", "周日打球，谁来？",
    ("红包 10 2 不见不散", "20 场地费", "收款 15 电影票"), "领取", "付 ¥15.00",
    ("陈静", "刘洋", "赵磊", "孙悦", "周涛"),
    ("/announce 大家好！\n\n从今天起，在任何群里都可以 AA 收款：发 AA 120 4 火锅，谁点谁付自己的一份，"
     "卡片上看得到谁付了。\n\n运营团队", "公告"), "发送",
    ("/freeze @wangfang 盗窃 7d 两位用户称手机被人拿走", "/user @wangfang", "申诉"))


async def joins(person: Person, scene: Scene) -> None:
    """Open a wallet and put something into it."""
    await person.starts()
    await person.taps(scene.language)
    await person.taps(scene.of_age)
    await person.shares_contact()
    await person.says(scene.top_up)
    await person.taps(scene.agree)


async def play(here: Stage, payer: Person, payee: Person, scene: Scene) -> None:
    """A lunch is paid for, and a coffee waits for somebody who has no wallet yet."""
    await joins(payer, scene)
    await joins(payee, scene)
    post = await payee.says(scene.paid, here.group)
    await payer.says(scene.pay, here.group, reply_to=post.key)
    await payee.says(scene.thanks, here.group)
    await payer.says(scene.more, here.group)
    await payer.taps(scene.confirm, here.group)
    payee.was_told(scene.told)
    await payee.taps(scene.receipt)


def all_read(here: Stage, *more: int) -> None:
    """Nobody has anything left to read, so no badges distract."""
    for person in (here.alice, here.liming, here.bob, here.wangfang):
        for chat in (person.id, here.group, *(chat for chat in more if person.id in here.world.chats[chat].members)):
            acts.mark_read(here.world, person.id, chat)


async def picture(page: Page) -> str:
    """What a page shows once nothing moves in it, for an address."""
    await page.locator(".thread.scrolling").wait_for(state="detached")
    await page.evaluate("() => Promise.allSettled(document.getAnimations().map((each) => each.finished))")
    return base64.b64encode(await page.screenshot()).decode()


async def make(scene: Scene, folder: Path) -> None:
    """Play a scene and photograph it."""
    with tempfile.TemporaryDirectory() as scratch:
        database = f"sqlite+aiosqlite:///{scratch}/ikmpay.db"
        async with (stage(Path(scratch), database) as here,
                    chromium(f"http://127.0.0.1:{here.app.site.port}/") as windows):
            payer, payee = (here.alice, here.bob) if scene is ENGLISH else (here.liming, here.wangfang)
            await play(here, payer, payee, scene)
            all_read(here)
            wide = await windows.open(payer.id, scene.locale, WIDE)
            await wide.opens_group()
            await wide.sees(scene.waits)
            narrow = await windows.open(payee.id, scene.locale, NARROW)
            await narrow.sees(scene.code)
            _keep(folder / f"local-chat{scene.suffix}.png", *await together(wide, narrow))
            await payer.says(scene.statement)
            await payee.says(scene.agreement)
            all_read(here)
            left = await windows.open(payer.id, scene.locale, PHONE)
            await from_its_top(left, scene.left)
            right = await windows.open(payee.id, scene.locale, PHONE)
            await from_its_top(right, scene.contents)
            _keep(folder / f"reading{scene.suffix}.png", *await together(left, right))


async def make_envelope(scene: Scene, folder: Path) -> None:
    """Eight people open one in the group: on one phone while it counts, on the other in the end."""
    with tempfile.TemporaryDirectory() as scratch:
        database = f"sqlite+aiosqlite:///{scratch}/ikmpay.db"
        async with (stage(Path(scratch), database) as here,
                    chromium(f"http://127.0.0.1:{here.app.site.port}/") as windows):
            maker, *others = (here.alice, here.bob, here.wangfang) if scene is ENGLISH else (
                here.liming, here.wangfang, here.alice)
            code = "en" if scene is ENGLISH else "zh-hans"
            crowd = [*others, *(here.newcomer(name, code, f"+86138001380{number}")
                                for number, name in enumerate(scene.crowd, 10))]
            for person in (maker, *crowd):
                await joins(person, scene)
            await maker.says(scene.thanks, here.group)
            await maker.says(scene.wish)
            await maker.picks_group(here.group)
            await maker.taps(scene.agree)
            await maker.taps(scene.confirm)
            for person in crowd[:3]:
                await person.taps(scene.open, here.group)
            all_read(here)
            left = await windows.open(crowd[0].id, scene.locale, TALL)
            await left.opens_group()
            await left.sees(scene.counting)
            counting = await picture(left.page)
            for person in (*crowd[3:], maker):
                await person.taps(scene.open, here.group)
            all_read(here)
            right = await windows.open(crowd[0].id, scene.locale, TALL)
            await right.opens_group()
            await right.sees(scene.best)
            _keep(folder / f"envelope{scene.suffix}.png", *await together(right, before=counting))


async def make_split(scene: Scene, folder: Path) -> None:
    """Two of three pay their share of a dinner, then two are asked for what they owe of a taxi."""
    with tempfile.TemporaryDirectory() as scratch:
        database = f"sqlite+aiosqlite:///{scratch}/ikmpay.db"
        async with (stage(Path(scratch), database) as here,
                    chromium(f"http://127.0.0.1:{here.app.site.port}/") as windows):
            maker, payer, other = ((here.alice, here.bob, here.liming) if scene is ENGLISH else
                                   (here.liming, here.wangfang, here.bob))
            for person in (maker, payer, other):
                await joins(person, scene)
            await maker.says(scene.split, here.group)
            for person in (payer, other):
                await person.taps(scene.pay_share, here.group)
            await maker.says(scene.way_home, here.group)
            await other.taps(scene.pay_share, here.group)
            all_read(here)
            left = await windows.open(maker.id, scene.locale, PHONE)
            await left.opens_group()
            await left.sees(scene.pay_share)
            right = await windows.open(payer.id, scene.locale, PHONE)
            await right.sees(scene.asked)
            _keep(folder / f"splitting{scene.suffix}.png", *await together(left, right))


async def make_anywhere(scene: Scene, folder: Path) -> None:
    """In a group where the bot is not somebody asks it by its name; then an envelope is empty, a card claimed, and one
    waits to be paid."""
    with tempfile.TemporaryDirectory() as scratch:
        database = f"sqlite+aiosqlite:///{scratch}/ikmpay.db"
        async with (stage(Path(scratch), database) as here,
                    chromium(f"http://127.0.0.1:{here.app.site.port}/") as windows):
            maker, *others = (here.alice, here.bob, here.wangfang) if scene is ENGLISH else (
                here.liming, here.wangfang, here.alice)
            group = groups.made(here.world, {"bot": None}, scene.elsewhere, [one.id for one in (maker, *others)]).id
            for person in (maker, *others):
                await joins(person, scene)
            await maker.starts("agree_envelopes")
            await maker.taps(scene.agree)
            await others[0].says(scene.question, group)
            all_read(here, group)
            left = await windows.open(maker.id, scene.locale, PHONE)
            await left.opens(group)
            envelope, transfer, request = scene.cards
            await left.page.get_by_test_id("composer").press_sequentially(f"@ikmpay_bot {transfer}")
            await left.page.get_by_test_id(re.compile("^result-")).last.wait_for()
            for card in (envelope, transfer):
                await maker.sends_card(card, group)
                await maker.taps(scene.confirm, group)
            for person in others:
                await person.taps(scene.open, group)
            await others[0].taps(scene.claim, group)
            await maker.sends_card(request, group)
            all_read(here, group)
            right = await windows.open(others[0].id, scene.locale, PHONE)
            await right.opens(group)
            await right.sees(scene.ask)
            _keep(folder / f"anywhere{scene.suffix}.png", *await together(left, right))


async def make_operators(scene: Scene, folder: Path) -> None:
    """An operator looks at what a month came to, and tells everybody something."""
    with tempfile.TemporaryDirectory() as scratch:
        database = f"sqlite+aiosqlite:///{scratch}/ikmpay.db"
        owner, member = (1000001, 1000003) if scene is ENGLISH else (1000002, 1000004)
        async with (stage(Path(scratch), database, owner_ids=str(owner)) as here,
                    chromium(f"http://127.0.0.1:{here.app.site.port}/") as windows):
            for person in (Person(here, owner), Person(here, member)):
                await joins(person, scene)
            await play_a_month(here)
            operator = Person(here, owner)
            await operator.says("/stats")
            all_read(here)
            left = await windows.open(owner, scene.locale, TALL)
            await left.sees("📊")
            shown = await picture(left.page)
            await operator.says(scene.news[0])
            await operator.taps(scene.send)
            await turn(here, "announce")
            await here.settle()
            all_read(here)
            right = await windows.open(member, scene.locale, TALL)
            await right.sees(scene.news[1])
            _keep(folder / f"operators{scene.suffix}.png", *await together(right, before=shown))


async def make_measure(scene: Scene, folder: Path) -> None:
    """An operator freezes somebody and looks at their card; they are told why, and how to appeal."""
    with tempfile.TemporaryDirectory() as scratch:
        database = f"sqlite+aiosqlite:///{scratch}/ikmpay.db"
        owner, member = (1000001, 1000003) if scene is ENGLISH else (1000002, 1000004)
        async with (stage(Path(scratch), database, owner_ids=str(owner)) as here,
                    chromium(f"http://127.0.0.1:{here.app.site.port}/") as windows):
            operator = Person(here, owner)
            for person in (operator, Person(here, member)):
                await joins(person, scene)
            freeze, look, appeal = scene.measure
            await operator.says(freeze)
            await operator.taps(scene.confirm)
            await operator.says(look)
            await here.settle()
            all_read(here)
            left = await windows.open(owner, scene.locale, TALL)
            await left.sees(look)
            right = await windows.open(member, scene.locale, TALL)
            await right.sees(appeal)
            _keep(folder / f"measure{scene.suffix}.png", *await together(left, right))


async def play_a_month(here: Stage) -> None:
    """The days that went by, as the clock would have counted them."""
    await turn(here, "count_days")
    today = here.app.now().astimezone(here.app.config.zone).toordinal()
    ways = ("send", 9, 90, 3), ("share", 8, 16, 5), ("split", 4, 26, 2), ("envelope", 2, 16, 5), ("joined", 2, 0, 3)
    rows: list[dict[str, int | str]] = [
        {"day": today - 29 + day, "what": what, "number": 1 + day * step % most,
         "amount": each * (40 + day * step * 7 % 50 + day)}
        for day in range(30) for what, most, each, step in ways if (day, what) != (29, "joined")]
    crowd = sum(int(row["number"]) for row in rows if row["what"] == "joined")

    def write(connection: Connection) -> None:
        connection.execute(insert(day_sums), rows)
        connection.execute(update(day_sums).where(day_sums.c.day == EVER).values(number=day_sums.c.number + crowd))
        connection.execute(insert(active_members), [{"member": number + 1, "day": today - number % 20}
                                                    for number in range(crowd)])

    await here.app.database.write(write)


async def turn(here: Stage, name: str) -> None:
    """One of the clock's jobs, now."""
    await here.app.jobs.round(next(job for job in here.app.jobs.all if job.name == name))


async def from_its_top(window: Window, words: str) -> None:
    """Show the newest message with these words from where it begins."""
    await window.message(words).last.evaluate("(message) => message.scrollIntoView({ block: 'start' })")


async def together(*windows: Window, before: str = "") -> tuple[bytes, ViewportSize]:
    """A picture of several windows side by side, as pixels, beside what the last one showed before if that is given.
    The last of them is used up for it."""
    sizes = [window.page.viewport_size or WIDE for window in windows]
    shown = [*([before] if before else []), *[await picture(window.page) for window in windows]]
    sizes += [sizes[-1]] * (len(shown) - len(sizes))
    html = "".join(FRAMED.format(picture=one) for one in shown)
    frame = windows[-1].page
    size = ViewportSize(width=sum(one["width"] + 20 for one in sizes) + 20, height=sizes[0]["height"] + 40)
    await frame.set_viewport_size(size)
    await frame.goto("about:blank")
    await frame.set_content(SIDE_BY_SIDE.format(pictures=html))
    data: str = await frame.evaluate(PIXELS, "data:image/png;base64," + await picture(frame))
    return base64.b64decode(data.partition(",")[2]), size


def _keep(file: Path, rgba: bytes, size: ViewportSize) -> None:
    file.write_bytes(png(rgba, size["width"], size["height"]))
    assert file.stat().st_size <= MOST_BYTES, f"{file} has {file.stat().st_size:,} bytes"
    print(f"{file} has {file.stat().st_size:,} bytes")


def png(rgba: bytes, width: int, height: int) -> bytes:
    """A picture with a palette: the 256 colours that are most of it, which makes a third of the size."""
    pixels = [rgba[at:at + 3] for at in range(0, len(rgba), 4)]
    counted = [colour for colour, _ in Counter(pixels).most_common()]
    palette = counted[:256]
    nearest = {colour: min(range(len(palette)), key=lambda number: _distance(palette[number], colour))
               for colour in counted[256:]}
    index = {colour: number for number, colour in enumerate(palette)} | nearest
    lines = b"".join(b"\0" + bytes(map(index.__getitem__, pixels[at:at + width]))
                     for at in range(0, len(pixels), width))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts)


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


async def both() -> None:
    """The pictures of both READMEs."""
    for scene in (ENGLISH, CHINESE):
        await make(scene, ROOT / "docs" / "images")
        await make_envelope(scene, ROOT / "docs" / "images")
        await make_split(scene, ROOT / "docs" / "images")
        await make_anywhere(scene, ROOT / "docs" / "images")
        await make_operators(scene, ROOT / "docs" / "images")
        await make_measure(scene, ROOT / "docs" / "images")


if __name__ == "__main__":
    asyncio.run(both())
