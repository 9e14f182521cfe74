"""Nothing in the local chat grows without end."""

import io

import pytest

from bot.local import files, inline, receiving, state, topics, updates
from bot.local.errors import ApiError
from tests.bot.local.conftest import ALICE, GROUP, Table
from tests.patience import PATIENCE


async def test_a_chat_keeps_its_newest_messages(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MAX_POSTS_PER_CHAT", 3)
    for number in range(5):
        await table.call("sendMessage", chat_id=GROUP, text=str(number))
    assert [message["text"] for message in await table.messages(ALICE, GROUP)] == ["2", "3", "4"]


async def test_all_chats_together_keep_the_newest_messages(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    await table.started(ALICE)
    monkeypatch.setattr(state, "MAX_POSTS", 3)
    for number in range(4):
        await table.call("sendMessage", chat_id=(ALICE, GROUP)[number % 2], text=str(number))
    assert [message["text"] for message in await table.messages(ALICE)] == ["2"]
    assert [message["text"] for message in await table.messages(ALICE, GROUP)] == ["1", "3"]


async def test_the_oldest_updates_go_when_nobody_asks_for_them(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "MAX_PENDING", 2)
    for number in range(4):
        await table.act("say", as_=ALICE, chat_id=GROUP, text=str(number))
    assert [update["message"]["text"] for update in await table.updates()] == ["2", "3"]


async def test_a_poll_gives_at_most_100_updates(table: Table) -> None:
    for _ in range(105):
        table.world.updates.put_raw({})
    assert len(await table.call("getUpdates", limit=1000)) == 100


async def test_files_have_a_size_and_the_oldest_go(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILE", 10)
    with pytest.raises(ApiError, match="file is too big"):
        table.world.files.add("document", "a", b"x" * 11)
    monkeypatch.setattr(files, "MAX_ALL", 15)
    first = table.world.files.add("document", "a", b"x" * 9)
    table.world.files.add("document", "b", b"y" * 9)
    assert table.world.files.get(first.file_id) is None


async def test_old_presses_are_forgotten(table: Table) -> None:
    button = {"inline_keyboard": [[{"text": "x", "callback_data": "a"}]]}
    sent = await table.call("sendMessage", chat_id=GROUP, text="?", reply_markup=button)
    for _ in range(3):
        table.clock.pass_by(100)
        press = {"chat_id": GROUP, "message_id": sent["message_id"], "data": "a", "timeout": 0}
        await table.act("press", as_=ALICE, **press)
    assert len(table.world.presses) == 2


async def test_questions_topics_and_remembered_answers_are_bounded(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "MAX_QUESTIONS", 3)
    monkeypatch.setattr(topics, "MAX_TOPICS", 2)
    monkeypatch.setattr(inline, "MAX_CACHED", 2)
    await table.act("bot", inline=True)
    for number in range(5):
        await table.act("inline", as_=ALICE, chat_id=GROUP, query=str(number), timeout=0)
        newest = list(table.world.questions)[-1]
        await table.call("answerInlineQuery", inline_query_id=newest, results=[])
    assert (len(table.world.questions), len(table.world.inline_cache)) == (3, 2)
    await table.act(f"chats/{GROUP}", is_forum=True)
    for name in ("a", "b"):
        await table.call("createForumTopic", chat_id=GROUP, name=name)
    assert await table.refused("createForumTopic", chat_id=GROUP, name="c") == "Bad Request: too many topics"


async def test_a_file_that_is_too_big_to_download_can_still_be_sent(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MAX_DOWNLOAD", 4)
    file = table.world.files.add("document", "a", b"x" * 5)
    await table.call("sendDocument", chat_id=GROUP, document=file.file_id)
    assert await table.refused("getFile", file_id=file.file_id) == "Bad Request: file is too big"


async def test_a_body_of_the_control_api_has_one_megabyte(table: Table) -> None:
    body, headers = io.BytesIO(b" " * 1_100_000), {"Content-Type": "application/json"}
    async with table.client.post(table.url("/local/say"), data=body, headers=headers) as answer:
        assert (answer.status, (await answer.json())["error"]) == (413, "too_large")


async def test_an_upload_that_is_too_large_is_refused_as_telegram_refuses_it(table: Table) -> None:
    url = table.url("/bot42:local-chat-token/sendMessage")
    body, headers = io.BytesIO(b" " * (52 * 1024 * 1024)), {"Content-Type": "application/json"}
    async with table.client.post(url, data=body, headers=headers) as answer:
        assert (answer.status, (await answer.json())["description"]) == (413, "Request Entity Too Large")


async def test_a_token_must_be_one(table: Table) -> None:
    from bot.local.server import make_local_chat

    for token in ("", "abc", "x:y", "5:"):
        with pytest.raises(ValueError, match="A bot token"):
            make_local_chat(token=token, data_dir=None)


async def test_a_message_in_a_large_group_makes_two_events(table: Table) -> None:
    """Counts of what is unread must not push everything else out of what is kept, nor drown the pages."""
    for number in range(30):
        await table.act("people", first_name=str(number), chat_ids=[GROUP])
    async with table.client.ws_connect(table.url("/local/ws?as=1000001")) as socket:
        hello = await socket.receive_json(timeout=PATIENCE)
        before = table.world.events.cursor
        await table.call("sendMessage", chat_id=GROUP, text="x")
        assert (hello["type"], table.world.events.cursor - before) == ("hello", 2)
        message, unread = [await socket.receive_json(timeout=PATIENCE) for _ in range(2)]
    assert (message["type"], unread["type"]) == ("message", "unread")
    assert len({count["person_id"] for count in unread["counts"]}) == 34


async def test_telegrams_limits_hold_when_they_are_turned_on(table: Table) -> None:
    await table.started(ALICE)
    await table.act("bot", limits=True)
    for _ in range(20):
        await table.call("sendMessage", chat_id=GROUP, text="x")
    status, body = await table.http("sendMessage", chat_id=GROUP, text="x")
    assert (status, body["parameters"]) == (429, {"retry_after": 60})
    for _ in range(5):
        await table.call("sendMessage", chat_id=ALICE, text="x")
    assert await table.refused("sendMessage", chat_id=ALICE, text="x") == "Too Many Requests: retry after 5"
    await table.call("sendChatAction", chat_id=ALICE, action="typing")
    table.clock.pass_by(5)
    await table.call("sendMessage", chat_id=ALICE, text="x")
    table.clock.pass_by(55)
    await table.call("sendMessage", chat_id=GROUP, text="x")
    await table.act("bot", limits=False)
    for _ in range(40):
        await table.call("sendMessage", chat_id=GROUP, text="x")


async def test_no_more_than_30_messages_go_out_in_a_second(table: Table) -> None:
    people = [(await table.act("people", first_name=str(number)))["person"]["id"] for number in range(31)]
    await table.started(*people)
    await table.act("bot", limits=True)
    for person in people[:30]:
        await table.call("sendMessage", chat_id=person, text="x")
    assert await table.refused("sendMessage", chat_id=people[30], text="x") == "Too Many Requests: retry after 1"
    table.clock.pass_by(1)
    await table.call("sendMessage", chat_id=people[30], text="x")
