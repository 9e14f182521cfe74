"""The very bot library we use, talking to the local chat as if it were Telegram."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.filters import CommandObject, CommandStart
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    ChatMemberAdministrator,
    ChatMemberOwner,
    EphemeralMessageParameters,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputRichMessage,
    KeyboardButton,
    LabeledPrice,
    Message,
    ReplyKeyboardMarkup,
)

from tests.bot.local.conftest import ALICE, BOB, GROUP, LIMING, TOKEN, Table


def made_bot(table: Table, token: str = TOKEN) -> Bot:
    server = TelegramAPIServer.from_base(table.url("/").rstrip("/"))
    return Bot(token, session=AiohttpSession(api=server), default=DefaultBotProperties(parse_mode="HTML"))


@pytest.fixture
async def bot(table: Table) -> AsyncIterator[Bot]:
    made = made_bot(table)
    yield made
    await made.session.close()


def dispatcher() -> Dispatcher:
    """A bot with the ways of ours: a deep link, a contact, a card that is confirmed and edited."""
    made = Dispatcher()

    @made.message(CommandStart(deep_link=True))
    async def deep(message: Message, command: CommandObject) -> None:
        share = KeyboardButton(text="📱", request_contact=True)
        keyboard = ReplyKeyboardMarkup(keyboard=[[share]], one_time_keyboard=True, resize_keyboard=True)
        await message.answer(f"for <code>{command.args}</code>", reply_markup=keyboard)

    @made.message(F.contact)
    async def contact(message: Message) -> None:
        assert message.contact is not None
        assert message.from_user is not None
        own = message.contact.user_id == message.from_user.id
        confirm = InlineKeyboardButton(text="确认", callback_data="ok", style="success")
        await message.reply(
            "own" if own else "not yours", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[confirm]])
        )

    @made.callback_query(F.data == "ok")
    async def confirm(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.message.edit_text("<b>完成</b> 🎉")
        await query.answer("好的", show_alert=True)

    return made


async def test_a_dispatcher_polls_answers_edits_and_alerts(table: Table, bot: Bot) -> None:
    polling = dispatcher()
    task = asyncio.create_task(polling.start_polling(bot, handle_signals=False, polling_timeout=1))
    opened = await table.act("open", as_=ALICE, link="https://t.me/ikmpay_bot?start=join_1")
    asked = (await table.news(ALICE, opened["cursor"], "message", 2))[-1]["message"]
    assert (asked["text"], asked["entities"][0]["type"]) == ("for join_1", "code")
    shared = await table.act("tap", as_=ALICE, text="📱")
    card = (await table.news(ALICE, shared["cursor"], "message", 2))[-1]["message"]
    assert (card["text"], card["reply_to_message"]["contact"]["user_id"]) == ("own", ALICE)
    pressed = await table.act("press", as_=ALICE, key=card["local"]["key"], text="确认", timeout=50)
    assert (pressed["answered"], pressed["text"], pressed["show_alert"]) == (True, "好的", True)
    assert (await table.messages(ALICE))[-1]["text"] == "完成 🎉"
    assert (await table.read("state", as_=ALICE))["bot"]["local"]["online"] is True
    await polling.stop_polling()
    await task


async def test_files_albums_and_rich_messages_go_through(table: Table, bot: Bot) -> None:
    await table.started(ALICE)
    sent = await bot.send_document(ALICE, BufferedInputFile(b"a,b", "对账单.csv"), caption="<i>csv</i>")
    assert sent.document is not None
    assert sent.document.file_name == "对账单.csv"
    content = await bot.download(sent.document)
    assert content is not None
    assert content.read() == b"a,b"
    parts = [InputMediaDocument(media=BufferedInputFile(bytes([n]), f"{n}.bin")) for n in (1, 2)]
    album = await bot.send_media_group(ALICE, list(parts))
    assert album[0].media_group_id == album[1].media_group_id
    rich = await bot.send_rich_message(ALICE, InputRichMessage(html="<h1>协议</h1><p>第一条</p>"))
    assert rich.rich_message is not None
    assert [block.type for block in rich.rich_message.blocks] == ["heading", "paragraph"]
    await bot.edit_message_text(
        chat_id=ALICE, message_id=rich.message_id, rich_message=InputRichMessage(html="<p>新</p>")
    )


async def test_an_ephemeral_message_goes_through(table: Table, bot: Bot) -> None:
    to_bob = EphemeralMessageParameters(receiver_user_id=BOB)
    sent = await bot.send_message(GROUP, "only you", ephemeral_message_parameters=to_bob)
    assert sent.ephemeral_message_id is not None
    number = sent.ephemeral_message_id
    assert await bot.edit_ephemeral_message_text(GROUP, BOB, number, text="still only you") is True
    assert await bot.delete_ephemeral_message(GROUP, BOB, number) is True


class NoSuchMethod(TelegramMethod[bool]):
    """A method that Telegram doesn't have."""

    __returning__ = bool
    __api_method__ = "flyToTheMoon"


async def test_members_topics_and_link_launches_arrive_as_aiograms_types(table: Table, bot: Bot) -> None:
    member = await bot.get_chat_member(GROUP, ALICE)
    assert isinstance(member, ChatMemberOwner)
    assert await bot.promote_chat_member(GROUP, BOB, can_pin_messages=True, is_anonymous=True)
    promoted = await bot.get_chat_member(GROUP, BOB)
    assert isinstance(promoted, ChatMemberAdministrator)
    assert (promoted.is_anonymous, promoted.can_pin_messages, promoted.can_promote_members) == (True, True, False)
    forum = (await table.act("chats", title="Forum", members=[ALICE], is_forum=True))["chat"]["id"]
    topic = await bot.create_forum_topic(forum, "Rent")
    assert await bot.close_forum_topic(forum, topic.message_thread_id) is True
    link = await bot.create_invoice_link(
        "x", "x", "x", "CNY", [LabeledPrice(label="x", amount=100)], provider_token="t"
    )
    assert link.startswith("https://t.me/$")


async def test_refusals_arrive_as_aiograms_exceptions(table: Table, bot: Bot) -> None:
    with pytest.raises(TelegramForbiddenError):
        await bot.send_message(LIMING, "x")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(999, "x")
    group = (await table.act("chats", title="Old", members=[ALICE], type="group"))["chat"]["id"]
    new = (await table.act(f"chats/{group}/migrate"))["chat"]["id"]
    with pytest.raises(TelegramMigrateToChat) as moved:
        await bot.send_message(group, "x")
    assert moved.value.migrate_to_chat_id == new
    with pytest.raises(TelegramNotFound):
        await bot(NoSuchMethod())
    await table.act("errors", method="*", error_code=429, retry_after=3)
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(GROUP, "x")
    assert caught.value.retry_after == 3
    stranger = made_bot(table, "42:other")
    with pytest.raises(TelegramUnauthorizedError):
        await stranger.get_me()
    await stranger.session.close()
