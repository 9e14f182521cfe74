"""Agreements: readable by anybody, accepted as they were shown, and asked for where a payment needs them."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from aiogram import Router
from aiogram.methods import EditMessageText, SendRichMessage
from aiogram.types import Message

from handlers.asking import Asks
from handlers.chat.agreements import missing, shown_digest
from handlers.commands import Verb, declared
from handlers.ground import message_key
from handlers.keyboards import Agree, Compare, Read
from handlers.legal import Library, Names, Wording, load, load_all, pages
from handlers.texts import LOCALES
from tests.fakes.telegram import chat_of
from tests.handlers.chat.world import BRAND, GROUP, LIBRARY, START, ZONE, Somebody, World, running
from wallet.engine import Engine
from wallet.funding import TopUp
from wallet.rows import Acceptance
from wallet.transfers import Send
from wallet.views import MemberView

NEWS = {"en": "Sending costs one cent. Nothing else is different.", "zh_CN": "转账每笔收费一分。其他内容不变。"}
REWRITTEN = {"en": ("Joining, holding a balance, sending and receiving are free of charge",
                    "Paying costs one cent, and joining is free of charge"),
             "zh_CN": ("加入、持有余额、付款和收款均不收费", "付款每笔收费一分，加入不收费")}
USER, PAYMENT = "user-agreement", "payment-service-agreement"
JOINING = [document.name for document in LIBRARY.in_force(START).values() if "join" in document.gates]


async def top_up(message: Message, engine: Engine, member: MemberView) -> None:
    """Stands for any command that needs the payment service agreement."""
    await engine.run(TopUp(key=message_key(42, message, "topup"), member=member.id, amount=100))
    await message.answer("Topped up.")


def paying() -> Router:
    router = Router()
    router.message.register(top_up, Asks(Verb.TOPUP), flags=declared(Verb.SEND))
    return router


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(World(more=[paying()])) as made:
        yield made


@pytest.fixture
async def member(world: World) -> Somebody:
    somebody = Somebody(world)
    await somebody.joins()
    return somebody


@pytest.fixture
def renewed(tmp_path: Path) -> Library:
    """The library with a significant new version of the payment service agreement from 9 December on."""
    return with_new_version(tmp_path, PAYMENT, REWRITTEN)


def with_new_version(tmp_path: Path, name: str, rewritten: Mapping[str, tuple[str, str]]) -> Library:
    folder = tmp_path / "legal"
    shutil.copytree(LOCALES / "legal", folder)
    for language in ("en", "zh_CN"):
        old = (folder / name / f"2026-11-22.{language}.md").read_text("utf-8")
        new = (old.replace("version: 2026-11-22", "version: 2026-12-02")
               .replace("effective: 2026-11-22", "effective: 2026-12-09")
               .replace("\n---\n", f"\nchanges: {NEWS[language]}\n---\n", 1).replace(*rewritten[language]))
        (folder / name / f"2026-12-02.{language}.md").write_text(new, "utf-8")
    return load(folder, Names(BRAND, "CNY"), ZONE)


def copied(member: Somebody) -> list[str]:
    """What the buttons of the newest message copy."""
    return [button.copy_text.text for button in member.sees_message().buttons if button.copy_text]


# ------------------------------------------------------------------------------------------------- the list
async def test_the_list_tells_versions_dates_and_fingerprints(world: World, member: Somebody) -> None:
    await member.says("/agreement")
    text = LIBRARY.in_force(START)[USER].texts["en"]
    said = member.sees()
    assert "Version 2026-11-22, in force since Nov 22, 2026" in said
    assert "Accepted on Dec 1, 2026, 12:00" in said.replace("\u202f", " ")
    assert said.count("Not accepted yet") == 1
    assert said.count("Will be asked for at your first red envelope") == 1
    assert said.count("Will be asked for when you become a merchant, which isn't possible here yet") == 1
    assert f"<code>{text.sha256[:16]}…</code>" in said
    # The whole one is copied where the text is read, so that the list stays shorter than a screen.
    assert copied(member) == []


async def test_whoever_has_not_joined_may_read_too(world: World) -> None:
    stranger = Somebody(world, 77)
    await stranger.says("/agreement")
    assert "Not accepted yet" in stranger.sees()
    assert not [button for button in stranger.sees_message().buttons if button.style == "success"]


async def test_a_document_opens_by_its_name_or_a_part_of_its_title(world: World, member: Somebody) -> None:
    for words in ("user-agreement", "user agreement", "User"):
        await member.says(f"/agreement {words}")
        assert "<h1>ikmPay User Agreement</h1>" in member.sees()
    await member.says("/agreement of <incorporation>")
    assert member.sees().startswith("There is no agreement called “of &lt;incorporation&gt;”. These are all of them:")
    assert "<b>ikmPay User Agreement</b>" in member.sees()


async def test_agreeing_means_the_very_words_that_were_shown(world: World, member: Somebody) -> None:
    document = LIBRARY.in_force(START)[USER]
    other = load(LOCALES / "legal", Names("Other", "CNY"), ZONE).in_force(START)[USER]
    assert shown_digest([document], "en") != shown_digest([other], "en")


# -------------------------------------------------------------------------------------------------- reading
async def test_a_document_is_one_rich_message(world: World, member: Somebody) -> None:
    await member.says("/agreement user-agreement")
    request = world.session.of(SendRichMessage)[-1]
    assert request.rich_message.skip_entity_detection
    assert LIBRARY.in_force(START)[USER].texts["en"].sha256 in member.sees()
    await member.taps("中文")
    assert LIBRARY.in_force(START)[USER].texts["zh_CN"].sha256 in member.sees()


async def test_a_fingerprint_is_copied_from_the_text_it_belongs_to(world: World, member: Somebody) -> None:
    texts = LIBRARY.in_force(START)[USER].texts
    await member.says("/agreement user-agreement")
    assert copied(member) == [texts["en"].sha256]
    await member.taps("中文")
    assert copied(member) == [texts["zh_CN"].sha256]
    await member.taps("In pages")
    assert copied(member) == []
    await member.taps("Contents")
    assert copied(member) == [texts["zh_CN"].sha256]


async def test_where_rich_messages_are_unknown_there_are_pages(world: World, member: Somebody) -> None:
    text = LIBRARY.in_force(START)[USER].texts["en"]
    world.session.refuse(SendRichMessage, "method is unknown")
    await member.says("/agreement user-agreement")
    assert member.sees() == pages(text)[0]
    shown = member.sees_message()
    for number in range(2, len(pages(text)) + 1):
        await member.taps("›")
        assert member.sees() == pages(text)[number - 1]
    assert [button.text for button in shown.buttons if button.text in "‹›"] == ["‹"]
    await member.taps("Contents")
    last = [section for section in text.sections if section.is_chapter][-1]
    await member.taps(text.label(last))
    assert text.label(last) in member.sees()
    await member.taps("中文")
    assert member.sees() == pages(LIBRARY.in_force(START)[USER].texts["zh_CN"])[0]
    await member.taps("Close")
    assert shown not in world.session.in_chat(member.id)


async def test_pages_can_be_asked_for(world: World, member: Somebody) -> None:
    await member.says("/agreement user-agreement")
    await member.taps("In pages")
    assert member.sees() == pages(LIBRARY.in_force(START)[USER].texts["en"])[0]


async def test_what_changed_is_told_in_both_languages(renewed: Library) -> None:
    async with running(World(renewed)) as world:
        member = Somebody(world)
        await member.joins()
        await member.says("/agreement")
        await member.agrees()
        world.later(days=9)
        await member.says("/agreement payment-service-agreement")
        await member.taps("🔍 What changed")
        said = member.sees()
        assert said.startswith("<b>ikmPay Payment Service Agreement: what changed</b>\n<i>Before: Version 2026-11-22 ")
        assert f"<blockquote>{NEWS['en']}</blockquote>" in said
        assert "✏️ Changed: <b>" in said
        assert "<s>Joining, holding a balance, sending and receiving are</s>" in said
        assert "<u>Paying costs one cent, and joining is</u> free of charge" in said
        await member.taps("中文")
        assert f"<blockquote>{NEWS['zh_CN']}</blockquote>" in member.sees()
        assert "变更前：版本 2026-11-22 " in member.sees()
        both = member.sees_message()
        await member.taps("The whole text", both)
        assert renewed.in_force(world.moment)[PAYMENT].texts["zh_CN"].sha256 in member.sees()
        await member.taps("As it was before", both)
        assert LIBRARY.in_force(START)[PAYMENT].texts["zh_CN"].sha256 in member.sees()


async def test_a_first_version_has_nothing_to_be_compared_with(world: World, member: Somebody) -> None:
    await member.says("/agreement user-agreement")
    assert "🔍 What changed" not in [button.text for button in member.sees_message().buttons]


@pytest.mark.parametrize("data", [
    Compare(document=USER, since="2026-11-22", version="2026-11-22", language="en", page=1),
    Compare(document=USER, since="1999-01-01", version="2026-11-22", language="en", page=1),
    Read(document="nothing", version="2026-11-22", language="en", page=1),
    Read(document=USER, version="1999-01-01", language="en", page=1),
    Read(document=USER, version="2026-11-22", language="fr", page=1),
    Read(document=USER, version="2026-11-22", language="en", page=999),
    Read(document=USER, version="2026-11-22", language="en", page=-9),
    Agree(gate="nothing", shown="x", presser=1000),
])
async def test_a_forged_button_changes_nothing(world: World, member: Somebody, data: Read | Agree | Compare) -> None:
    await member.says("/agreement")
    sent = len(world.session.in_chat(member.id))
    await member.forges(data.pack())
    assert "out of date" in member.was_alerted()
    assert len(world.session.in_chat(member.id)) == sent


# ------------------------------------------------------------------------------------------------ accepting
async def test_a_payment_asks_for_what_it_needs_and_goes_on_afterwards(world: World, member: Somebody) -> None:
    await member.says("/topup 1")
    screen = member.sees_message()
    assert "ikmPay Payment Service Agreement" in screen.text
    assert "No money has moved yet" in screen.text
    await member.agrees()
    assert screen.text == "✅ Thank you. What you asked for goes on now."
    assert member.sees() == "Topped up."
    accepted = world.rows(Acceptance)[-1]
    text = LIBRARY.in_force(START)[PAYMENT].texts["en"]
    assert (accepted.document, accepted.version, accepted.sha256) == (PAYMENT, "2026-11-22", text.sha256)
    await member.says("/topup 1")
    assert member.sees() == "Topped up."


async def test_what_is_recorded_as_read_is_the_language_that_was_shown(world: World, member: Somebody) -> None:
    await member.says("/topup 1")
    english = member.sees_message()
    await member.says("/language")
    await member.taps("简体中文")
    await member.agrees_to(english)
    assert [accepted.document for accepted in world.rows(Acceptance)] == JOINING
    assert "支付服务协议" in english.text
    await member.agrees_to(english)
    accepted = world.rows(Acceptance)[-1]
    text = LIBRARY.in_force(START)[PAYMENT].texts["zh_CN"]
    assert (accepted.document, accepted.language, accepted.sha256) == (PAYMENT, "zh_CN", text.sha256)


async def test_what_is_not_known_any_more_can_be_copied_after_agreeing(world: World, member: Somebody) -> None:
    await member.says("/topup 1")
    shown = member.sees_message()
    world.dialogs.texts.clear()
    asked = Message(message_id=5, date=START, chat=chat_of(member.id), text="/topup 1")
    data = next(button.callback_data for button in shown.buttons if button.style == "success")
    assert data is not None
    await member.forges(data, shown, reply_to=asked)
    assert "If what you asked for is not done yet" in member.sees()
    assert copied(member) == ["/topup 1"]


async def test_in_a_group_it_is_a_private_pointer_and_the_link_opens_the_documents(
        world: World, member: Somebody) -> None:
    await member.says("/topup 1", chat=GROUP)
    shown = member.sees_message(GROUP)
    assert shown.receiver == member.id
    assert "private chat" in shown.text
    assert shown.buttons[0].url == "https://t.me/ikmpay_bot?start=agree_payment"
    await member.says("/start agree_payment")
    assert "Payment Service Agreement" in member.sees()
    await member.agrees()
    await member.says("/start agree_payment")
    assert "accepted everything" in member.sees()
    await member.says("/start agree_everything")
    assert "accepted everything" in member.sees()


async def test_a_server_that_knows_no_ephemeral_messages_shows_a_pointer_only(world: World, member: Somebody) -> None:
    world.session.knows_ephemeral = False
    await member.says("/topup 1", chat=GROUP)
    await member.says("/topup 1", chat=GROUP)
    assert world.session.texts(GROUP) == ["Please continue in our private chat."] * 2


async def test_agreeing_from_the_list_accepts_the_same(world: World, member: Somebody) -> None:
    await member.says("/agreement")
    await member.agrees()
    assert [accepted.document for accepted in world.rows(Acceptance)] == [*JOINING, PAYMENT]
    await member.says("/agreement")
    assert "Not accepted yet" not in member.sees()
    assert not [button for button in member.sees_message().buttons if button.style == "success"]


async def test_what_gates_a_feature_that_is_not_there_yet_can_be_read_and_is_never_asked_for(
        world: World, member: Somebody) -> None:
    await member.says("/topup 1")
    await member.agrees()
    await member.says("/topup 1")
    assert member.sees() == "Topped up."
    accepted = {acceptance.document for acceptance in world.rows(Acceptance)}
    assert {"red-envelope-rules", "merchant-agreement"} <= set(LIBRARY.in_force(START)) - accepted
    await member.says("/agreement red-envelope-rules")
    assert "<h1>ikmPay Red Envelope Rules</h1>" in member.sees()
    await member.says("/agreement merchant agreement")
    assert "<h1>ikmPay Merchant Agreement</h1>" in member.sees()


async def test_joining_accepts_all_its_documents_with_one_press(world: World, member: Somebody) -> None:
    assert JOINING == [USER, "privacy-policy", "account-rules"]
    accepted = world.rows(Acceptance)
    assert [acceptance.document for acceptance in accepted] == JOINING
    assert len({acceptance.at for acceptance in accepted}) == 1


async def test_somebody_elses_agree_does_nothing(world: World, member: Somebody) -> None:
    other = Somebody(world, 1005, "Eve", "en", "+447400123458")
    await other.joins()
    await member.says("/topup 1")
    shown = member.sees_message()
    data = next(button.callback_data for button in shown.buttons if button.style == "success")
    assert data is not None
    await other.forges(data, shown)
    assert "somebody else" in other.was_alerted()
    assert len(world.rows(Acceptance)) == 2 * len(JOINING)


async def test_what_came_into_force_meanwhile_is_shown_before_it_is_accepted(renewed: Library) -> None:
    async with running(World(renewed, more=[paying()])) as world:
        member = Somebody(world)
        await member.joins()
        await member.says("/topup 1")
        world.later(days=9)
        await member.agrees()
        assert [acceptance.document for acceptance in world.rows(Acceptance)] == JOINING
        assert "No money has moved yet" in member.sees()
        await member.agrees()
        accepted = world.rows(Acceptance)[-1]
        assert (accepted.document, accepted.version) == (PAYMENT, "2026-12-02")


async def test_a_coming_version_is_announced_in_the_list(renewed: Library) -> None:
    async with running(World(renewed)) as world:
        member = Somebody(world)
        await member.joins()
        await member.says("/agreement")
        coming = "Version 2026-12-02 takes effect on Dec 9, 2026"
        assert f"{coming}; from then on it is needed for sending money" in member.sees()
        world.later(days=9)
        await member.says("/agreement")
        assert coming not in member.sees()
        assert "Version 2026-12-02, in force since Dec 9, 2026" in member.sees()


async def test_a_coming_version_can_be_read_compared_and_accepted_beforehand(renewed: Library) -> None:
    async with running(World(renewed)) as world:
        member = Somebody(world)
        await member.joins()
        await member.says("/agreement")
        assert "Accept what is new" not in [button.text for button in member.sees_message().buttons]
        await member.agrees()
        await member.says("/agreement")
        shown = member.sees_message()
        await member.taps("📖 From Dec 9, 2026: ikmPay Payment Service Agreement", shown)
        assert renewed.coming(START)[0].texts["en"].sha256 in member.sees()
        await member.taps("🔍 What changed", shown)
        assert NEWS["en"] in member.sees()
        await member.taps("Accept what is new", shown)
        assert NEWS["en"] in member.sees()
        await member.agrees()
        accepted = world.rows(Acceptance)[-1]
        text = renewed.coming(START)[0].texts["en"]
        assert (accepted.version, accepted.sha256, accepted.language) == ("2026-12-02", text.sha256, "en")
        await member.says("/agreement")
        said = member.sees().replace("\u202f", " ")
        assert "Version 2026-12-02 takes effect on Dec 9, 2026; you accepted it on Dec 1, 2026, 12:00" in said
        assert "Accept what is new" not in [button.text for button in member.sees_message().buttons]
        world.later(days=9)
        await member.says("/agreement")
        assert "consent" not in member.sees()


async def test_a_renewed_document_is_asked_for_once_in_the_list(renewed: Library) -> None:
    async with running(World(renewed)) as world:
        member = Somebody(world)
        await member.joins()
        await member.says("/agreement")
        await member.agrees()
        world.later(days=9)
        await member.says("/agreement")
        assert "Version 2026-11-22 accepted on" in member.sees()
        assert "The new version is waiting for your consent: until then you can receive money" in member.sees()
        green = [button.text for button in member.sees_message().buttons if button.style == "success"]
        assert green == ["Agree to “ikmPay Payment Service Agreement”"]


async def send_some(message: Message, engine: Engine, member: MemberView) -> None:
    """Stands for any command that spends."""
    await engine.run(Send(key=message_key(42, message, "send"), payer=member.id, receivers=(999,), members=(0,),
                          amount=1, sure=True, token="t" * 22))
    await message.answer("Sent.")


@asynccontextmanager
async def somebody_agreed(library: Library) -> AsyncIterator[tuple[World, Somebody]]:
    """A world in which `/balance` spends, and a member who agreed to what that needs then."""
    spending = Router()
    spending.message.register(send_some, Asks(Verb.BALANCE), flags=declared(Verb.SEND))
    async with running(World(library, more=[paying(), spending])) as world:
        member = Somebody(world)
        await member.joins()
        await member.says("/topup 1")
        await member.agrees()
        yield world, member


async def test_after_a_significant_version_money_comes_in_and_goes_out_only_once_it_is_accepted(
        renewed: Library) -> None:
    async with somebody_agreed(renewed) as (world, member):
        world.later(days=9)
        await member.says("/topup 1")
        assert member.sees() == "Topped up."
        await member.says("/balance")
        assert "What you agreed to has changed" in member.sees()
        assert "money that others send you still arrives" in member.sees()
        assert f"<blockquote>{NEWS['en']}</blockquote>" in member.sees()
        await member.agrees()
        assert world.rows(Acceptance)[-1].version == "2026-12-02"


async def test_what_a_setting_changed_in_all_documents_is_said_once_and_can_be_compared() -> None:
    names = Names(BRAND, "CNY")
    moved = replace(names, operator="Pay Ltd")
    library = load_all(LOCALES / "legal", [Wording(1, date(2026, 11, 22), names), Wording(2, date(2026, 12, 9), moved)],
                       ZONE)
    async with somebody_agreed(library) as (world, member):
        world.later(days=9)
        await member.says("/balance")
        shown = member.sees_message()
        labels = [button.text for button in shown.buttons]
        assert labels.count("🔍 What changed") == sum(label.startswith("📖") for label in labels) > 1
        assert member.sees().count("who runs the service (now Pay Ltd)") == 1
        data = shown.buttons[labels.index("🔍 What changed")].callback_data
        assert data is not None
        await member.forges(data, shown)
        assert "ikmPay User Agreement: what changed" in member.sees()
        assert "<u>Pay Ltd</u>" in member.sees()


async def test_who_only_receives_is_asked_for_what_they_never_accepted_and_for_no_new_version(tmp_path: Path) -> None:
    library = with_new_version(tmp_path, USER, {"en": ("18 years", "18 full years"), "zh_CN": ("18 周岁", "18 整周岁")})
    async with running(World(library, more=[paying()])) as world:
        member = Somebody(world)
        await member.joins()
        world.later(days=9)
        await member.says("/topup 1")
        assert "ikmPay Payment Service Agreement" in member.sees()
        assert "ikmPay User Agreement" not in member.sees()
        await member.agrees()
        assert member.sees() == "Topped up."
        assert [row.version for row in world.rows(Acceptance) if row.document == USER] == ["2026-11-22"]


def test_the_digest_tells_versions_apart(renewed: Library) -> None:
    before = missing(renewed.terms(), renewed, "", "payment", START)
    after = missing(renewed.terms(), renewed, "", "payment", START.replace(day=10))
    assert shown_digest(before, "en") != shown_digest(after, "en")


async def test_an_edit_that_telegram_refuses_is_said_anew(world: World, member: Somebody) -> None:
    await member.says("/topup 1")
    world.session.refuse(EditMessageText, "message can't be edited")
    await member.agrees()
    assert "Thank you" in world.session.texts(member.id)[-2]
