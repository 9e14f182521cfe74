"""What outlives the process: everything a bot or a person was answered."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.local.journal import Journal
from bot.local.server import make_local_chat
from tests.bot.local.conftest import ALICE, BOB, GROUP, Clock, Table, serve


@asynccontextmanager
async def sitting(folder: Path, clock: Clock) -> AsyncIterator[Table]:
    async for table in serve(folder, clock):
        yield table


async def test_a_restart_changes_nothing_that_anybody_sees(tmp_path: Path, clock: Clock) -> None:
    async with sitting(tmp_path, clock) as table:
        await table.act("open", as_=ALICE, start="x")
        button = {"inline_keyboard": [[{"text": "x", "callback_data": "a"}]]}
        sent = await table.call("sendMessage", chat_id=ALICE, text="one", reply_markup=button)
        await table.call("sendMessage", chat_id=ALICE, text="k", reply_markup={"keyboard": [["a"]]})
        await table.call("sendMessage", chat_id=GROUP, text="e", receiver_user_id=BOB)
        await table.call("setMyCommands", commands=[{"command": "send", "description": "x"}])
        press = await table.act("press", as_=ALICE, message_id=sent["message_id"], data="a", timeout=0)
        await table.act("block", as_=BOB, blocked=True)
        before = [await table.read("state", as_=person) for person in (ALICE, BOB)]
        pending = (await table.read("updates"))["updates"]
    async with sitting(tmp_path, clock) as table:
        after = [await table.read("state", as_=person) for person in (ALICE, BOB)]
        for old, new in zip(before, after, strict=True):
            assert new["messages"] == old["messages"]
            for was, now in zip(old["chats"], new["chats"], strict=True):
                assert now["local"] | {"unread": 0} == was["local"] | {"unread": 0}
        assert (await table.read("updates"))["updates"] == pending
        assert await table.call("answerCallbackQuery", callback_query_id=press["callback_query_id"]) is True
        again = await table.call("sendMessage", chat_id=ALICE, text="two")
        assert again["message_id"] > sent["message_id"]


async def test_topics_places_invoices_and_open_questions_outlive_a_restart(tmp_path: Path, clock: Clock) -> None:
    async with sitting(tmp_path, clock) as table:
        await table.started(ALICE)
        await table.act("bot", inline=True, main_web_app="https://example.com/")
        forum = (await table.act("chats", title="Forum", members=[ALICE, BOB], is_forum=True))["chat"]["id"]
        topic = (await table.call("createForumTopic", chat_id=forum, name="Rent"))["message_thread_id"]
        await table.act(f"chats/{GROUP}/members", person_id=BOB, status="administrator", custom_title="Cook")
        group = (await table.act("chats", title="Old", members=[ALICE], type="group"))["chat"]["id"]
        await table.act(f"chats/{group}/migrate")
        prices, token = [{"label": "x", "amount": 100}], "1:TEST:x"
        facts = {"title": "x", "description": "x", "payload": "x", "currency": "CNY", "prices": prices}
        sent = await table.call("sendInvoice", chat_id=ALICE, provider_token=token, **facts)
        await table.act("pay", as_=ALICE, message_id=sent["message_id"], timeout=0)
        number = (await table.updates())[-1]["pre_checkout_query"]["id"]
    async with sitting(tmp_path, clock) as table:
        assert (await table.call("sendMessage", chat_id=forum, message_thread_id=topic, text="x"))["is_topic_message"]
        assert (await table.call("getChatMember", chat_id=GROUP, user_id=BOB))["custom_title"] == "Cook"
        assert "upgraded" in await table.refused("sendMessage", chat_id=group, text="x")
        assert await table.call("answerPreCheckoutQuery", pre_checkout_query_id=number, ok=True) is True
        assert (await table.try_act("pay", as_=ALICE, message_id=sent["message_id"], timeout=0))[0] == 409
        assert (await table.call("getMe"))["has_main_web_app"] is True


async def test_another_token_takes_the_place_of_the_bot_before(tmp_path: Path, clock: Clock) -> None:
    async with sitting(tmp_path, clock) as table:
        await table.started(ALICE)
        await table.call("setMyName", name="Till")
    chat = make_local_chat(token="77:other", data_dir=tmp_path, clock=clock)
    await chat.start()
    assert (await chat.api.call("sendMessage", {"chat_id": GROUP, "text": "x"})) is not None
    me = await chat.api.call("getMe", {})
    assert isinstance(me, dict)
    assert (me["id"], me["first_name"]) == (77, "Till")
    await chat.close()


async def test_what_a_full_disk_refused_is_written_when_there_is_room(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "kept.sqlite")
    journal.open()
    reader = sqlite3.connect(tmp_path / "kept.sqlite")
    reader.execute("CREATE TRIGGER full BEFORE INSERT ON kept BEGIN SELECT RAISE(ABORT, 'full'); END")
    journal.put("count", "n", 1)
    with pytest.raises(sqlite3.Error):
        await journal.saved()
    reader.execute("DROP TRIGGER full")
    reader.close()
    await journal.close()
    journal = Journal(tmp_path / "kept.sqlite")
    journal.open()
    assert list(journal.load()) == [("count", "n", 1)]
    await journal.close()


async def test_confirmed_updates_and_deleted_messages_do_not_come_back(tmp_path: Path, clock: Clock) -> None:
    async with sitting(tmp_path, clock) as table:
        await table.started(ALICE)
        sent = await table.call("sendMessage", chat_id=ALICE, text="one")
        await table.call("deleteMessage", chat_id=ALICE, message_id=sent["message_id"])
    async with sitting(tmp_path, clock) as table:
        assert await table.updates() == []
        assert [message["text"] for message in await table.messages(ALICE)] == ["/start"]


async def test_a_file_can_be_sent_again_after_a_restart(tmp_path: Path, clock: Clock) -> None:
    async with sitting(tmp_path, clock) as table:
        file = table.world.files.add("document", "a.txt", b"hello")
    async with sitting(tmp_path, clock) as table:
        await table.started(ALICE)
        await table.call("sendDocument", chat_id=ALICE, document=file.file_id)
        async with table.client.get(table.url(f"/local/files/{file.file_id}")) as answer:
            assert await answer.read() == b"hello"


async def test_rows_of_an_earlier_version_are_read(tmp_path: Path, clock: Clock) -> None:
    """People, chats and messages were kept with fewer fields once."""
    kept = Journal(tmp_path / "local-chat.sqlite")
    kept.open()
    user = {"id": ALICE, "is_bot": False, "first_name": "Alice"}
    kept.put("person", ALICE, {"user": user, "phone": None, "started": True, "blocked": False})
    chat = {
        "id": ALICE,
        "type": "private",
        "title": None,
        "pinned": None,
        "members": {str(ALICE): "member", "42": "member"},
    }
    kept.put("chat", ALICE, {**chat, "keyboards": {}, "force_replies": {}})
    message = {"message_id": 1, "from": user, "chat": {"id": ALICE, "type": "private"}, "date": 1, "text": "old"}
    row = {"chat_id": ALICE, "key": "m1", "n": 1, "message": message, "sender": ALICE}
    kept.put("post", f"{ALICE}/m1", {**row, "receiver": None, "replaces": None})
    await kept.close()
    async with sitting(tmp_path, clock) as table:
        assert [shown["text"] for shown in await table.messages(ALICE)] == ["old"]
        await table.call("sendMessage", chat_id=ALICE, text="new")


KILLED = """
    import asyncio, os, sys
    from pathlib import Path
    from bot.local.acts import open_bot
    from bot.local.server import make_local_chat

    async def main() -> None:
        chat = make_local_chat(token="42:x", data_dir=Path(sys.argv[1]))
        await chat.start()
        open_bot(chat.world, 1000001, "")
        for number in range(10_000):
            made = await chat.api.call("sendMessage", {"chat_id": 1000001, "text": str(number)})
            print(made["message_id"], flush=True)

    asyncio.run(main())
"""


async def test_a_killed_process_loses_no_message_it_answered_and_reuses_no_id(tmp_path: Path, clock: Clock) -> None:
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, env=environment)
    assert process.stdout is not None
    answered = [int(await process.stdout.readline()) for _ in range(50)]
    process.send_signal(signal.SIGKILL)
    await process.wait()
    async with sitting(tmp_path, clock) as table:
        kept = {post.message["message_id"] for post in table.world.chats[ALICE].posts.values()}
        assert set(answered) <= kept
        next_one = await table.act("say", as_=ALICE, text="next")
        assert next_one["message"]["message_id"] > max(kept)
