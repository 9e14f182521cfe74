"""Another bot library, python-telegram-bot, as a witness: what it understands is no peculiarity of aiogram's.

Guards: the script uses the library's own documented ways only, so a change of the stand-in that breaks it would have
broken other people's bots.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputMediaDocument,
    InputTextMessageContent,
    LabeledPrice,
    Message,
    MessageOriginUser,
    Update,
)
from telegram.constants import ChatMemberStatus, MessageEntityType, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    PreCheckoutQueryHandler,
    filters,
)

from bot.local import acts
from tests.bot.local.conftest import ALICE, BOB, GROUP, LIMING, TOKEN, Table

Context = ContextTypes.DEFAULT_TYPE


async def start(update: Update, context: Context) -> None:
    assert update.message is not None
    button = InlineKeyboardButton("确认", callback_data="ok")
    word = context.args[0] if context.args else ""
    markup = InlineKeyboardMarkup.from_button(button)
    await update.message.reply_text(f"<b>hello</b> {word}", parse_mode=ParseMode.HTML, reply_markup=markup)


async def confirm(update: Update, _: Context) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("好的", show_alert=True)
    await update.callback_query.edit_message_text("完成 🎉")


async def document(update: Update, _: Context) -> None:
    assert update.message is not None
    assert update.message.document is not None
    file = await update.message.document.get_file()
    content = bytes(await file.download_as_bytearray())
    await update.message.reply_document(content + b"!", filename="again.txt", caption=update.message.caption)


async def edited(update: Update, _: Context) -> None:
    assert update.edited_message is not None
    await update.edited_message.reply_text(f"edited: {update.edited_message.text}")


async def offer(update: Update, _: Context) -> None:
    assert update.inline_query is not None
    content = InputTextMessageContent(f"pay {update.inline_query.query}")
    result = InlineQueryResultArticle("1", "Pay", content)
    await update.inline_query.answer([result], cache_time=0)


async def chosen(update: Update, context: Context) -> None:
    assert update.chosen_inline_result is not None
    await context.bot.send_message(GROUP, f"chosen: {update.chosen_inline_result.query}")


async def invoice(update: Update, context: Context) -> None:
    prices = [LabeledPrice("20", 2000)]
    await context.bot.send_invoice(ALICE, "Top-up", "Play money", "p:1", "CNY", prices, provider_token="1:TEST:x")


async def agree(update: Update, _: Context) -> None:
    assert update.pre_checkout_query is not None
    await update.pre_checkout_query.answer(ok=True)


async def paid(update: Update, _: Context) -> None:
    assert update.message is not None
    assert update.message.successful_payment is not None
    await update.message.reply_text(f"paid {update.message.successful_payment.total_amount}")


def script(table: Table) -> "Application[Any, Any, Any, Any, Any, Any]":
    """A bot as somebody else would write it, told only where the Bot API is."""
    builder = Application.builder().token(TOKEN)
    made = builder.base_url(table.url("/bot")).base_file_url(table.url("/file/bot")).build()
    made.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE, edited))
    made.add_handler(CommandHandler("start", start))
    made.add_handler(CommandHandler("invoice", invoice))
    made.add_handler(CallbackQueryHandler(confirm, "^ok$"))
    made.add_handler(MessageHandler(filters.Document.ALL, document))
    made.add_handler(InlineQueryHandler(offer))
    made.add_handler(ChosenInlineResultHandler(chosen))
    made.add_handler(PreCheckoutQueryHandler(agree))
    made.add_handler(MessageHandler(filters.SUCCESSFUL_PAYMENT, paid))
    return made


@pytest.fixture
async def bot(table: Table) -> AsyncIterator[Bot]:
    made = Bot(TOKEN, base_url=table.url("/bot"), base_file_url=table.url("/file/bot"))
    async with made:
        yield made


async def test_a_script_of_another_library_lives_here_as_on_telegram(table: Table) -> None:
    application = script(table)
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling(timeout=1, allowed_updates=Update.ALL_TYPES)
        try:
            await _talk(table)
            await _inline(table)
            await _pay(table)
        finally:
            await application.updater.stop()
            await application.stop()


async def _talk(table: Table) -> None:
    opened = await table.act("open", as_=ALICE, start="pay_1")
    asked = (await table.news(ALICE, opened["cursor"], "message", 2))[-1]["message"]
    assert (asked["text"], asked["entities"][0]["type"]) == ("hello pay_1", "bold")
    pressed = await table.act("press", as_=ALICE, key=asked["local"]["key"], text="确认", timeout=50)
    assert (pressed["answered"], pressed["text"], pressed["show_alert"]) == (True, "好的", True)
    assert (await table.news(ALICE, pressed["cursor"], "edited"))[-1]["message"]["text"] == "完成 🎉"
    cursor = table.world.events.cursor
    acts.upload(table.world, ALICE, None, "document", "a.txt", b"hello", "mine")
    again = (await table.news(ALICE, cursor, "message", 2))[-1]["message"]
    assert (again["document"]["file_name"], again["document"]["file_size"], again["caption"]) == (
        "again.txt",
        6,
        "mine",
    )
    said = await table.act("say", as_=ALICE, text="one")
    await table.act("edit", as_=ALICE, key=said["message"]["local"]["key"], text="two")
    assert (await table.news(ALICE, said["cursor"], "message", 2))[-1]["message"]["text"] == "edited: two"


async def _inline(table: Table) -> None:
    await table.act("bot", inline=True)
    asked = await table.act("inline", as_=BOB, chat_id=GROUP, query="20", timeout=50)
    assert [result["title"] for result in asked["results"]] == ["Pay"]
    sent = await table.act("choose", as_=BOB, chat_id=GROUP, query_id=asked["query_id"], result_id="1")
    assert sent["message"]["text"] == "pay 20"
    assert (await table.news(BOB, sent["cursor"], "message", 2))[-1]["message"]["text"] == "chosen: 20"


async def _pay(table: Table) -> None:
    said = await table.act("say", as_=ALICE, text="/invoice")
    sheet = (await table.news(ALICE, said["cursor"], "message", 2))[-1]["message"]
    done = await table.act("pay", as_=ALICE, key=sheet["local"]["key"], timeout=50)
    assert done["paid"] is True
    assert (await table.news(ALICE, done["cursor"], "message", 2))[-1]["message"]["text"] == "paid 2000"


async def test_its_webhook_serves_the_local_chat_too(table: Table) -> None:
    """The library's webhook server wants another package; what it does is done here by hand."""
    application = script(table)
    async with application:
        await table.act("open", as_=ALICE, start="x")
        for update in await table.updates():
            read = Update.de_json(update, application.bot)
            assert read is not None
            await application.process_update(read)
    assert (await table.messages(ALICE))[-1]["text"] == "hello x"


async def test_it_reads_members_topics_and_origins(table: Table, bot: Bot) -> None:
    member = await bot.get_chat_member(GROUP, ALICE)
    assert member.status == ChatMemberStatus.OWNER
    assert [m.user.id for m in await bot.get_chat_administrators(GROUP)] == [ALICE, 42]
    forum = (await table.act("chats", title="Forum", members=[ALICE], is_forum=True))["chat"]["id"]
    topic = await bot.create_forum_topic(forum, "Rent")
    sent = await bot.send_message(forum, "x", message_thread_id=topic.message_thread_id)
    assert (sent.is_topic_message, sent.message_thread_id) == (True, topic.message_thread_id)
    said = await table.act("say", as_=BOB, chat_id=GROUP, text="hi @alice")
    moved = await bot.forward_message(GROUP, GROUP, said["message"]["message_id"])
    assert isinstance(moved.forward_origin, MessageOriginUser)
    assert moved.forward_origin.sender_user.id == BOB
    assert moved.parse_entities([MessageEntityType.MENTION])[moved.entities[0]] == "@alice"


async def test_it_sends_albums_and_edits_what_it_sent(table: Table, bot: Bot) -> None:
    await table.started(ALICE)
    album = await bot.send_media_group(ALICE, [InputMediaDocument(bytes([n])) for n in (1, 2)])
    assert album[0].media_group_id == album[1].media_group_id
    changed = await album[0].edit_caption("new")
    assert isinstance(changed, Message)
    assert changed.caption == "new"
    assert await bot.delete_messages(ALICE, [message.message_id for message in album]) is True


async def test_refusals_are_its_own_exceptions(table: Table, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    with pytest.raises(Forbidden, match="bot can't initiate conversation"):
        await bot.send_message(LIMING, "x")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(999, "x")
    sent = await bot.send_message(GROUP, "same")
    with pytest.raises(BadRequest, match="not modified"):
        await sent.edit_text("same")
    await table.act("errors", method="*", error_code=429, retry_after=3)
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(GROUP, "x")
    assert caught.value.retry_after == timedelta(seconds=3)
    group = (await table.act("chats", title="Old", members=[ALICE], type="group"))["chat"]["id"]
    new = (await table.act(f"chats/{group}/migrate"))["chat"]["id"]
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group, "x")
    assert moved.value.new_chat_id == new
    with pytest.raises(InvalidToken):
        async with Bot("42:other", base_url=table.url("/bot")):
            raise AssertionError("a wrong token was let in")
