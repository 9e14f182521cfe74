"""A month's statement adds up, is its owner's alone, and hides no formula in its table."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from aiogram.methods import SendDocument, SendMessage, SendPhoto
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup

from handlers.chat import month, statement_files
from handlers.chat.buttons import Form
from handlers.ground import Seen
from handlers.pictures.paper import Paper
from tests.handlers.chat.money.world import MoneyWorld, bob, eve, spoken, with_money
from tests.handlers.chat.world import GROUP, Somebody
from wallet import ids
from wallet.rows import Transfer


def content(sent: SendDocument | SendPhoto) -> tuple[str, bytes]:
    """The name and the bytes of a file that was sent."""
    file = sent.document if isinstance(sent, SendDocument) else sent.photo
    assert isinstance(file, BufferedInputFile)
    return file.filename or "", file.data


async def press(world: MoneyWorld, who: Somebody, form: Form) -> bytes:
    """What the newest statement's button for a file brings."""
    shown, data = next((shown, button.callback_data) for shown in reversed(world.session.in_chat(who.id))
                       for button in shown.buttons if (button.callback_data or "").startswith(f"mf:{form}:"))
    await who.forges(data or "", shown)
    sent = world.session.of(SendDocument)[-1]
    assert sent.chat_id == who.id
    assert content(sent)[0].endswith(f".{form}")
    return content(sent)[1]


async def table(world: MoneyWorld, who: Somebody) -> list[list[str]]:
    """The statement as a spreadsheet reads it."""
    data = await press(world, who, Form.TABLE)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


async def document(world: MoneyWorld, who: Somebody) -> Paper:
    """The statement as it is printed."""
    assert await press(world, who, Form.DOCUMENT) == b"a document"
    return world.printer.papers[-1]


def plain(amount: str) -> str:
    return amount.replace("¥", "").removeprefix("+")


def files(world: MoneyWorld) -> int:
    """How many pictures and tables were sent."""
    return len(world.session.of(SendPhoto)) + len(world.session.of(SendDocument))


def caption(world: MoneyWorld) -> str:
    return world.session.of(SendPhoto)[-1].caption or ""


async def test_a_month_is_told_drawn_and_tabled(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 20 lunch", chat=GROUP, reply_to=spoken(b))
    world.later(days=2, minutes=5)
    await a.says("/send 5", chat=GROUP, reply_to=spoken(eve(world)))
    await a.says("/statement")
    assert caption(world).splitlines() == [
        "<b>Statement</b>, December 2026 so far", "", "Opening balance: ¥0.00", "In: ¥500.00", "Out: ¥25.00",
        "Closing balance: <b>¥475.00</b>", "3 movements"]
    assert content(world.session.of(SendPhoto)[-1]) == ("statement-2026-12.png", b"a picture")
    assert world.session.of(SendDocument) == []
    codes = ["-".join(ids.code(row.id)[start:start + 3] for start in (0, 3, 6)) for row in world.rows(Transfer)]
    assert await table(world, a) == [
        ["Time (Asia/Shanghai)", "Kind", "With", "Amount (CNY)", "Balance after (CNY)", "Note", "Receipt"],
        ["2026-12-01 12:00:00", "Topped up", "", "500.00", "500.00", "", codes[0]],
        ["2026-12-01 12:00:00", "Sent", "Bob", "-20.00", "480.00", "lunch", codes[1]],
        ["2026-12-03 12:05:00", "Sent, to be claimed", "Eve", "-5.00", "475.00", "", codes[2]]]
    assert all(ids.from_code(code) for code in codes)


async def test_a_month_to_come_has_no_statement(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/statement 2027-01")
    assert a.sees() == "January 2027 hasn't begun yet, so there is nothing to show."
    assert files(world) == 0


@pytest.mark.parametrize("typed", ["/statement 2026-13", "/statement xyz", "月账单 2026-13"])
async def test_what_is_no_month_is_said_of_the_statement(world: MoneyWorld, a: Somebody, typed: str) -> None:
    await a.says(typed)
    assert "Write it like /statement 2026-11, or just /statement." in a.sees()


async def test_the_picture_shows_days_and_kinds(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 20 lunch", chat=GROUP, reply_to=spoken(b))
    await a.says("/statement")
    chart = world.drawer.charts[-1]
    assert (chart.title, len(chart.bars), [bar.mark for bar in chart.bars if bar.mark]) == (
        "December 2026", 31, ["1", "8", "15", "22", "29"])
    assert (chart.bars[0].came, chart.bars[0].went) == (50000, 2000)
    assert [label for _at, label in chart.scale] == ["¥0", "¥200", "¥400", "¥600"]
    assert [(share.label, share.amount) for share in chart.shares] == [("Topped up", "+¥500.00"), ("Sent", "-¥20.00")]
    assert chart.foot == "2 movements · play money"


async def test_it_speaks_its_readers_language(world: MoneyWorld) -> None:
    li = await with_money(Somebody(world, 1009, "李", "zh-hans", "+8613800138000"))
    await li.says("月账单")
    assert "期末余额" in caption(world)
    assert (await table(world, li))[0][:3] == ["时间（Asia/Shanghai）", "类别", "对方"]
    assert [label for label, _amount, _colour in world.drawer.charts[-1].tiles] == [
        "期初余额", "期末余额", "收入", "支出"]


async def test_months_follow_each_other_without_a_gap(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 20", chat=GROUP, reply_to=spoken(b))
    world.moment = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
    await a.says("/send 1", chat=GROUP, reply_to=spoken(b))
    world.later(seconds=1)
    await a.says("/send 2", chat=GROUP, reply_to=spoken(b))
    await a.says("/statement last month")
    assert caption(world).startswith("<b>Statement</b>, December 2026\n")
    assert "Closing balance: <b>¥479.00</b>" in caption(world)
    await a.says("/statement")
    assert "Opening balance: ¥479.00" in caption(world)
    assert "Closing balance: <b>¥477.00</b>" in caption(world)
    assert [row[0] for row in (await table(world, a))[1:]] == ["2027-01-01 00:00:00"]


async def test_a_month_in_which_nothing_was_is_told_in_words(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/statement 2026-11")
    assert a.sees() == "<b>Statement</b>, November 2026\n\nNothing came and nothing went. Balance: <b>¥0.00</b>"
    world.later(days=100)
    await a.says("/statement 2027-03")
    assert "Balance: <b>¥500.00</b>" in a.sees()
    assert world.session.of(SendDocument) == []
    await a.says("/statement soon")
    assert "don't know that month" in a.sees()


async def test_the_buttons_lead_to_no_month_before_the_wallet(world: MoneyWorld, a: Somebody) -> None:
    world.later(days=32)
    await a.says("/statement 2027-01")
    assert a.sees_message().buttons[0].text == "‹ December 2026"
    await a.taps("‹ December 2026")
    under = world.session.of(SendPhoto)[-1].reply_markup
    assert isinstance(under, InlineKeyboardMarkup)
    assert [button.text for row in under.inline_keyboard for button in row] == [
        "📄 PDF", "📑 Table (CSV)", "January 2027 ›", "🧾 History"]


async def test_a_month_beyond_the_bound_is_cut_in_words_and_still_adds_up(
        world: MoneyWorld, a: Somebody, b: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(month, "MOST_ROWS", 3)
    monkeypatch.setattr(month, "PAGE", 2)
    for _ in range(5):
        await a.says("/send 1", chat=GROUP, reply_to=spoken(b))
    await a.says("/statement")
    assert "had 6 movements" in caption(world)
    assert "newest 3 of them" in caption(world)
    for said in ("Opening balance: ¥498.00", "In: ¥0.00", "Out: ¥3.00", "Closing balance: <b>¥495.00</b>"):
        assert said in caption(world)
    assert [row[4] for row in (await table(world, a))[1:]] == ["497.00", "496.00", "495.00"]


@pytest.mark.parametrize("name", [
    "=1+1", "+1", "-1", "@SUM(A1)", "＝1", "'=1", "=HYPERLINK(\"http://x\";\"y\")"])
async def test_what_others_wrote_is_no_formula(world: MoneyWorld, a: Somebody, b: Somebody, name: str) -> None:
    await a.says("/send 20 =cmd|' /C calc'!A0", chat=GROUP, reply_to=spoken(b))
    world.people.seen[b.id] = Seen(b.id, "", name, "en", False)
    await a.says("/statement")
    row = (await table(world, a))[-1]
    assert row[2] == f"'{name}"
    assert row[5].startswith("'=cmd|")
    assert row[3] == "-20.00"


async def test_nobody_sees_another_ones_movements(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 20 lunch", chat=GROUP, reply_to=spoken(b))
    await b.says("/statement")
    assert [row[1:5] for row in (await table(world, b))[1:]] == [["Received", "Alice", "20.00", "20.00"]]
    assert [row.name for row in (await document(world, b)).movements] == ["Alice"]


async def test_in_a_group_there_is_only_the_way_to_the_private_chat(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/statement last month", chat=GROUP)
    assert files(world) == 0
    assert world.public() == []
    assert world.whispered(a)[-1] == "I send statements in our private chat only."
    way = world.session.last(GROUP).buttons[0].url or ""
    assert way.endswith("start=statement_2026-11")
    await a.says(f"/start {way.partition('=')[2]}")
    assert a.sees().startswith("<b>Statement</b>, November 2026")
    await a.says("/start statement_12-2026")
    assert caption(world).startswith("<b>Statement</b>, December 2026")


async def test_without_a_picture_the_numbers_are_told_all_the_same(world: MoneyWorld, a: Somebody) -> None:
    world.drawer.works = False
    await a.says("/statement")
    assert "Closing balance: <b>¥500.00</b>" in (world.session.of(SendMessage)[-1].text or "")
    assert len(await table(world, a)) == 2
    world.drawer.works = True
    world.session.refuse(SendPhoto, "PHOTO_INVALID_DIMENSIONS")
    await a.says("/statement")
    assert "Closing balance: <b>¥500.00</b>" in (world.session.of(SendMessage)[-1].text or "")
    assert len((await document(world, a)).movements) == 1


async def test_a_document_tells_what_the_picture_and_the_ledger_tell(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    for said in ("/send 20 lunch", "/send 0.01 שלום", "/send 7.50"):
        await a.says(said, chat=GROUP, reply_to=spoken(b))
    li = await with_money(Somebody(world, 1009, "李", "zh-hans", "+8613800138000"))
    await li.says("/send 3.33 change", chat=GROUP, reply_to=spoken(a))
    world.later(days=2, minutes=5)
    await a.says("/send 5", chat=GROUP, reply_to=spoken(eve(world)))
    await a.says("/statement")
    paper, chart = await document(world, a), world.drawer.charts[-1]
    sums = (paper.opening, paper.closing, paper.came, paper.went)
    assert list(sums) == [(label, amount) for label, amount, _colour in chart.tiles]
    assert dict(sums) == {"Opening balance": "¥0.00", "In": "+¥503.33", "Out": "-¥32.51", "Closing balance": "¥470.82"}
    assert [(part.label, part.amount) for part in (*paper.came_parts, *paper.went_parts)] == [
        ("Topped up", "+¥500.00"), ("Received", "+¥3.33"), ("Sent", "-¥27.51"), ("Sent, to be claimed", "-¥5.00")]
    assert sorted((share.label, share.amount) for share in chart.shares) == sorted(
        (part.label, part.amount) for part in (*paper.came_parts, *paper.went_parts))
    rows = (await table(world, a))[1:]
    assert [(row.kind, row.name, row.note, row.code) for row in paper.movements] == [
        (kind, name, note, code) for _at, kind, name, _amount, _balance, note, code in rows]
    assert [(plain(row.amount), plain(row.balance)) for row in paper.movements] == [(row[3], row[4]) for row in rows]
    assert paper.movements[-1].balance == paper.closing[1]


async def test_a_document_says_whose_it_is_masked_and_of_which_days(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/statement")
    assert dict((await document(world, a)).about)["Period"] == "Dec 1, 2026 to Dec 1, 2026 (Asia/Shanghai)"
    world.later(days=40)
    await a.says("/statement 2026-12")
    paper = await document(world, a)
    assert (paper.brand, paper.title, paper.period, paper.language) == ("ikmPay", "Statement", "December 2026", "en")
    assert dict(paper.about) == {
        "Member": "A***, since Dec 1, 2026", "Period": "Dec 1, 2026 to Dec 31, 2026 (Asia/Shanghai)",
        "Made at": "Jan 10, 2027, 12:00\u202fPM"}
    assert paper.foot == "ikmPay · play money"


async def test_a_document_that_lists_less_says_so_and_still_adds_up(
        world: MoneyWorld, a: Somebody, b: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement_files, "MOST_PRINTED", 2)
    for _ in range(3):
        await a.says("/send 1", chat=GROUP, reply_to=spoken(b))
    await a.says("/statement")
    paper = await document(world, a)
    assert paper.remarks == ["This document lists the newest 2 of 4 movements; the sums are those of all 4, and the "
                             "table lists all 4."]
    assert (paper.opening[1], paper.carried[1], paper.closing[1]) == ("¥0.00", "¥499.00", "¥497.00")
    assert [row.balance for row in paper.movements] == ["¥498.00", "¥497.00"]
    assert paper.came[1] == "+¥500.00"


async def test_without_a_document_the_way_to_the_table_is_said(world: MoneyWorld, a: Somebody) -> None:
    world.printer.works = False
    await a.says("/statement")
    await a.taps("📄 PDF")
    assert a.sees().startswith("I can't print right now. The table has every movement too")


@pytest.mark.parametrize("data", ["mf:pdf:0", "mf:pdf:202613", "mf:pdf:999912", "mf:exe:202612", "mf:pdf:-1"])
async def test_a_forged_button_brings_no_file(world: MoneyWorld, a: Somebody, data: str) -> None:
    await a.says("/statement")
    await a.forges(data)
    assert world.session.of(SendDocument) == []
    assert world.printer.papers == []


async def test_whoever_has_not_joined_gets_no_statement(world: MoneyWorld) -> None:
    await bob(world).says("/statement")
    assert files(world) == 0
