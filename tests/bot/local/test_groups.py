"""Groups, channels and forums: who is in them, who speaks, in which topic, and where a message comes from."""

from typing import Any

import pytest

from bot.local import acts
from bot.local.errors import ActError, ApiError
from bot.local.shapes import Json
from tests.bot.local.conftest import ALICE, BOB, BOT, GROUP, LIMING, WANGFANG, Table

MEMBERSHIP = ["message", "my_chat_member", "chat_member"]


async def placed(table: Table, person: int, status: str, **facts: Any) -> None:
    await table.act(f"chats/{GROUP}/members", person_id=person, status=status, **facts)


async def chat_with(table: Table, **facts: Any) -> int:
    made = await table.act("chats", **({"title": "New", "members": [ALICE, BOB]} | facts))
    await table.updates()
    return int(made["chat"]["id"])


async def last(table: Table, kind: str = "message") -> Json:
    found: Json = (await table.updates())[-1][kind]
    return found


# ---------------------------------------------------------------- members


async def test_the_bot_hears_of_others_places_only_as_an_administrator_that_asked(table: Table) -> None:
    await placed(table, BOB, "administrator")
    assert await table.updates() == []
    await table.call("getUpdates", allowed_updates=MEMBERSHIP)
    await placed(table, BOB, "member")
    change = await last(table, "chat_member")
    assert [change[side]["status"] for side in ("old_chat_member", "new_chat_member")] == ["administrator", "member"]
    assert (change["from"]["id"], change["new_chat_member"]["user"]["id"]) == (ALICE, BOB)
    await placed(table, BOT, "member")
    assert (await last(table, "my_chat_member"))["new_chat_member"]["status"] == "member"
    await placed(table, BOB, "administrator")
    assert await table.updates() == []


async def test_a_bot_that_is_added_is_told_its_place_and_seen_to_join(table: Table) -> None:
    chat = await chat_with(table, bot=None)
    await table.act(f"chats/{chat}/members", person_id=BOT, status="administrator")
    joined, placed_there = [next(iter(set(u) - {"update_id"})) for u in await table.updates()]
    assert (joined, placed_there) == ("message", "my_chat_member")


async def test_a_startgroup_link_brings_the_bot_into_a_group(table: Table) -> None:
    chat = await chat_with(table, bot=None)
    link = "https://t.me/ikmpay_bot?startgroup=split_1"
    assert (await table.try_act("open", as_=BOB, link=link, chat_id=chat))[0] == 403
    await table.act("open", as_=ALICE, link=link, chat_id=chat)
    told = await table.updates()
    assert told[-1]["message"]["text"] == "/start@ikmpay_bot split_1"
    assert told[1]["my_chat_member"]["new_chat_member"]["status"] == "member"


async def test_joining_and_leaving_are_service_messages(table: Table) -> None:
    await table.act("leave", as_=BOB, chat_id=GROUP)
    assert (await last(table))["left_chat_member"]["id"] == BOB
    await table.act("join", as_=BOB, chat_id=GROUP)
    assert [user["id"] for user in (await last(table))["new_chat_members"]] == [BOB]


async def test_who_was_banned_neither_joins_nor_reads_until_it_is_over(table: Table) -> None:
    await table.call("banChatMember", chat_id=GROUP, user_id=BOB, until_date=table.world.now() + 3600)
    assert (await table.call("getChatMember", chat_id=GROUP, user_id=BOB))["status"] == "kicked"
    assert (await table.try_act("join", as_=BOB, chat_id=GROUP))[0] == 403
    assert GROUP not in [chat["id"] for chat in (await table.read("state", as_=BOB))["chats"]]
    table.clock.pass_by(3601)
    assert (await table.call("getChatMember", chat_id=GROUP, user_id=BOB))["status"] == "left"
    await table.act("join", as_=BOB, chat_id=GROUP)


async def test_a_restricted_member_writes_nothing(table: Table) -> None:
    await table.call("restrictChatMember", chat_id=GROUP, user_id=BOB, permissions={"can_send_messages": False})
    member = await table.call("getChatMember", chat_id=GROUP, user_id=BOB)
    assert (member["status"], member["is_member"], member["can_send_messages"]) == ("restricted", True, False)
    assert (await table.try_act("say", as_=BOB, chat_id=GROUP, text="x"))[0] == 403
    assert (await table.read(f"chats/{GROUP}", as_=BOB))["local"]["can_write"] is False


async def test_rights_are_given_and_guard_what_they_name(table: Table) -> None:
    await table.call("promoteChatMember", chat_id=GROUP, user_id=BOB, can_pin_messages=True)
    await table.call("setChatAdministratorCustomTitle", chat_id=GROUP, user_id=BOB, custom_title="Cook")
    bob = next(m for m in await table.call("getChatAdministrators", chat_id=GROUP) if m["user"]["id"] == BOB)
    assert (bob["can_pin_messages"], bob["can_delete_messages"], bob["custom_title"]) == (True, False, "Cook")
    assert await table.call("getChatMemberCount", chat_id=GROUP) == 5
    await placed(table, BOT, "administrator", rights={"can_delete_messages": True})
    said = (await table.act("say", as_=ALICE, chat_id=GROUP, text="x"))["message"]["message_id"]
    refused = await table.refused("pinChatMessage", chat_id=GROUP, message_id=said)
    assert refused == "Bad Request: not enough rights to manage pinned messages in the chat"
    assert await table.call("deleteMessage", chat_id=GROUP, message_id=said) is True


@pytest.mark.parametrize(
    ("method", "given", "reason"),
    [
        ("banChatMember", {"user_id": ALICE}, "can't remove chat owner"),
        ("banChatMember", {"user_id": BOT}, "can't restrict self"),
        ("banChatMember", {"user_id": 999}, "PARTICIPANT_ID_INVALID"),
        ("promoteChatMember", {"user_id": BOT, "can_pin_messages": True}, "can't promote self"),
        ("setChatAdministratorCustomTitle", {"user_id": BOB, "custom_title": "x"}, "user is not an administrator"),
        ("setChatTitle", {"title": " "}, "chat title must be non-empty"),
        ("createForumTopic", {"name": "x"}, "the chat is not a forum"),
    ],
)
async def test_what_telegram_refuses_in_groups_is_refused(table: Table, method: str, given: Json, reason: str) -> None:
    assert await table.refused(method, chat_id=GROUP, **given) == f"Bad Request: {reason}"


async def test_a_restricted_or_deactivated_other_side_is_told_apart(table: Table) -> None:
    await placed(table, BOT, "restricted", permissions={"can_send_messages": False})
    refused = await table.refused("sendMessage", chat_id=GROUP, text="x")
    assert refused == "Bad Request: not enough rights to send text messages to the chat"
    await table.started(ALICE)
    await table.act(f"people/{ALICE}", deactivated=True)
    assert await table.refused("sendMessage", chat_id=ALICE, text="x") == "Forbidden: user is deactivated"


# ---------------------------------------------------------------- senders and origins


async def test_an_anonymous_administrator_speaks_as_the_group_and_presses_as_oneself(table: Table) -> None:
    await placed(table, BOB, "administrator", is_anonymous=True, custom_title="Boss")
    await table.act("say", as_=BOB, chat_id=GROUP, text="/help")
    heard = await last(table)
    assert (heard["from"]["id"], heard["from"]["is_bot"]) == (1087968824, True)
    assert (heard["sender_chat"]["id"], heard["author_signature"]) == (GROUP, "Boss")
    ours = [(await table.messages(who, GROUP))[-1]["local"].get("mine") for who in (BOB, ALICE)]
    told = [(await table.news(who, 0, "message"))[-1]["message"]["local"].get("mine") for who in (BOB, ALICE)]
    assert ours == told == [True, None]
    await table.act("edit", as_=BOB, chat_id=GROUP, message_id=heard["message_id"], text="/help me")
    assert (await last(table, "edited_message"))["sender_chat"]["id"] == GROUP
    button = {"inline_keyboard": [[{"text": "x", "callback_data": "a"}]]}
    sent = await table.call("sendMessage", chat_id=GROUP, text="?", reply_markup=button)
    await table.act("press", as_=BOB, chat_id=GROUP, message_id=sent["message_id"], data="a", timeout=0)
    assert (await last(table, "callback_query"))["from"]["id"] == BOB


async def test_a_channel_speaks_in_a_group_through_its_owner_only(table: Table) -> None:
    channel = await chat_with(table, type="channel", username="friday_news", members=[BOB, ALICE])
    await table.act("say", as_=BOB, chat_id=GROUP, text="hello", as_chat=channel)
    heard = await last(table)
    assert (heard["from"]["id"], heard["sender_chat"]["username"]) == (136817688, "friday_news")
    assert (await table.try_act("say", as_=ALICE, chat_id=GROUP, text="x", as_chat=channel))[0] == 403
    assert (await table.try_act("say", as_=ALICE, chat_id=GROUP, text="x", as_chat=GROUP))[0] == 403


async def test_a_channel_posts_without_an_author_and_into_its_group(table: Table) -> None:
    channel = await chat_with(table, type="channel", linked_chat_id=GROUP, signed=True)
    posted = await table.act("say", as_=ALICE, chat_id=channel, text="news")
    post, forwarded = await table.updates()
    assert "from" not in post["channel_post"]
    assert post["channel_post"]["author_signature"] == "Alice Chen"
    assert (forwarded["message"]["from"]["id"], forwarded["message"]["is_automatic_forward"]) == (777000, True)
    assert forwarded["message"]["forward_origin"]["type"] == "channel"
    assert posted["message"]["from"]["first_name"] == "New"
    answer = await table.act("say", as_=ALICE, chat_id=channel, text="x", reply_to=posted["message"]["local"]["key"])
    assert answer["message"]["reply_to_message"]["from"]["first_name"] == "New"
    assert "from" not in (await table.updates())[0]["channel_post"]["reply_to_message"]
    await table.act("edit", as_=ALICE, chat_id=channel, message_id=post["channel_post"]["message_id"], text="newer")
    assert (await last(table, "edited_channel_post"))["text"] == "newer"
    assert (await table.try_act("say", as_=BOB, chat_id=channel, text="x"))[0] == 403
    sent = await table.call("sendMessage", chat_id=channel, text="from the bot")
    assert ("from" in sent, sent["sender_chat"]["id"]) == (False, channel)
    await table.act(f"chats/{channel}/members", person_id=BOT, status="member")
    refused = await table.refused("sendMessage", chat_id=channel, text="x")
    assert refused == "Bad Request: need administrator rights in the channel chat"


async def test_a_forward_says_where_it_comes_from_as_far_as_its_author_allows(table: Table) -> None:
    channel = await chat_with(table, type="channel")
    await placed(table, BOB, "administrator", is_anonymous=True)
    await table.act(f"people/{LIMING}", hides_forwards=True)
    origins = []
    for person, chat in ((WANGFANG, GROUP), (LIMING, GROUP), (BOB, GROUP), (ALICE, channel)):
        said = await table.act("say", as_=person, chat_id=chat, text="x")
        reader = ALICE
        await table.act("forward", as_=reader, from_chat_id=chat, key=said["message"]["local"]["key"], chat_id=GROUP)
        origins.append((await last(table))["forward_origin"])
    assert [origin["type"] for origin in origins] == ["user", "hidden_user", "chat", "channel"]
    assert (origins[0]["sender_user"]["id"], origins[1]["sender_user_name"]) == (WANGFANG, "李明")
    assert (origins[2]["sender_chat"]["id"], origins[3]["chat"]["id"]) == (GROUP, channel)


async def test_many_messages_are_forwarded_and_copied_at_once(table: Table) -> None:
    numbers = [(await table.act("say", as_=ALICE, chat_id=GROUP, text=t))["message"]["message_id"] for t in "abc"]
    where = {"chat_id": GROUP, "from_chat_id": GROUP}
    await table.call("forwardMessages", **where, message_ids=[*numbers, 999])
    await table.call("copyMessages", **where, message_ids=numbers)
    assert [message["text"] for message in await table.messages(ALICE, GROUP)] == list("abcabcabc")
    refused = await table.refused("copyMessages", **where, message_ids=numbers[::-1])
    assert refused == "Bad Request: message identifiers must be in a strictly increasing order"
    assert await table.refused("forwardMessages", **where, message_ids=[999]) == (
        "Bad Request: there are no messages to forward"
    )


# ---------------------------------------------------------------- topics


async def test_a_topic_is_opened_spoken_in_renamed_closed_and_deleted(table: Table) -> None:
    chat = await chat_with(table, is_forum=True)
    topic = await table.call("createForumTopic", chat_id=chat, name="Rent")
    number = topic["message_thread_id"]
    where = {"chat_id": chat, "message_thread_id": number}
    await table.act("say", as_=BOB, chat_id=chat, text="/balance", message_thread_id=number)
    heard = await last(table)
    assert (heard["message_thread_id"], heard["is_topic_message"]) == (number, True)
    assert heard["reply_to_message"]["forum_topic_created"]["name"] == "Rent"
    assert "reply_to_message" not in (await table.messages(BOB, chat))[-1]
    reply = {"message_id": heard["message_id"]}
    assert (await table.call("sendMessage", chat_id=chat, text="5", reply_parameters=reply))[
        "message_thread_id"
    ] == number
    assert "message_thread_id" not in await table.call("sendMessage", chat_id=chat, text="general")
    await table.call("editForumTopic", **where, name="Rent 2026")
    assert await table.refused("editForumTopic", **where, name="Rent 2026") == "Bad Request: TOPIC_NOT_MODIFIED"
    await table.call("closeForumTopic", **where)
    status, _ = await table.try_act("say", as_=BOB, chat_id=chat, text="x", message_thread_id=number)
    assert status == 403
    await table.call("reopenForumTopic", **where)
    assert await table.call("deleteForumTopic", **where) is True
    assert await table.refused("sendMessage", **where, text="x") == "Bad Request: message thread not found"
    assert [m.get("text") for m in await table.messages(BOB, chat)] == ["general"]


async def test_people_open_topics_too_and_the_bot_hears_of_it(table: Table) -> None:
    chat = await chat_with(table, is_forum=True)
    made = (await table.act("topic", as_=BOB, chat_id=chat, name="Dinner"))["topic"]
    heard = await last(table)
    assert heard["forum_topic_created"]["name"] == "Dinner"
    assert heard["message_id"] == heard["message_thread_id"] == made["message_thread_id"]
    number = made["message_thread_id"]
    await table.act("topic", as_=BOB, chat_id=chat, message_thread_id=number, name="Supper", is_closed=True)
    heard_of = [update["message"] for update in await table.updates()]
    assert ["forum_topic_edited" in heard_of[0], "forum_topic_closed" in heard_of[1]] == [True, True]
    await table.act("say", as_=ALICE, chat_id=chat, text="in general")
    in_general = await table.read(f"chats/{chat}/messages", as_=BOB, message_thread_id=1)
    in_topic = await table.read(f"chats/{chat}/messages", as_=BOB, message_thread_id=number, limit=2)
    assert [message.get("text") for message in in_general["messages"]] == ["in general"]
    assert ["forum_topic_closed" in in_topic["messages"][-1], in_topic["more"]] == [True, True]
    await table.call("hideGeneralForumTopic", chat_id=chat)
    shown = (await table.read(f"chats/{chat}", as_=BOB))["local"]["topics"]
    assert [(t["name"], t["is_closed"]) for t in shown] == [("General", True), ("Supper", True)]


async def test_a_bot_that_is_no_administrator_is_kept_out_of_closed_topics(table: Table) -> None:
    chat = await chat_with(table, is_forum=True)
    number = (await table.call("createForumTopic", chat_id=chat, name="x"))["message_thread_id"]
    await table.call("closeForumTopic", chat_id=chat, message_thread_id=number)
    await table.act(f"chats/{chat}/members", person_id=BOT, status="member")
    refused = await table.refused("sendMessage", chat_id=chat, message_thread_id=number, text="x")
    assert refused == "Bad Request: TOPIC_CLOSED"
    assert await table.refused("createForumTopic", chat_id=chat, name="y") == (
        "Bad Request: not enough rights to create a topic"
    )


async def test_a_reply_in_a_plain_supergroup_has_a_thread_that_is_no_topic(table: Table) -> None:
    first = (await table.act("say", as_=ALICE, chat_id=GROUP, text="one"))["message"]
    await table.act("say", as_=BOB, chat_id=GROUP, text="two", reply_to=first["local"]["key"])
    heard = await last(table)
    assert (heard["message_thread_id"], "is_topic_message" in heard) == (first["message_id"], False)


# ---------------------------------------------------------------- upgrades


async def test_an_upgraded_group_says_so_in_both_chats_and_to_every_call(table: Table) -> None:
    old = await chat_with(table, type="group")
    assert -4_100_000_000 < old < -4_000_000_000
    new = (await table.act(f"chats/{old}/migrate"))["chat"]["id"]
    told = [update["message"] for update in await table.updates()]
    assert (told[0]["chat"]["id"], told[0]["migrate_to_chat_id"]) == (old, new)
    assert (told[1]["chat"]["id"], told[1]["migrate_from_chat_id"]) == (new, old)
    with pytest.raises(ApiError) as caught:
        await table.call("sendMessage", chat_id=old, text="x")
    assert caught.value.description == "Bad Request: group chat was upgraded to a supergroup chat"
    assert caught.value.parameters == {"migrate_to_chat_id": new}
    await table.call("sendMessage", chat_id=new, text="x")
    assert [chat["id"] for chat in (await table.read("state", as_=BOB))["chats"]] == [BOB, GROUP, new]
    assert (await table.try_act("say", as_=BOB, chat_id=old, text="x"))[0] == 404
    assert (await table.try_act(f"chats/{old}/migrate"))[0] == 409


async def test_a_group_whose_owner_left_can_still_be_changed(table: Table) -> None:
    chat = await chat_with(table, type="group")
    for person in (ALICE, BOB):
        await table.act(f"chats/{chat}/members", person_id=person, status="left")
    await table.act(f"chats/{chat}", title="Empty")
    await table.act(f"chats/{chat}/members", person_id=LIMING, status="creator", as_=LIMING)
    assert (await table.act(f"chats/{chat}/migrate"))["chat"]["title"] == "Empty"


async def test_a_public_name_stands_for_a_chat(table: Table) -> None:
    chat = await chat_with(table, username="friday_dinner")
    assert (await table.call("getChat", chat_id="@Friday_Dinner"))["id"] == chat
    assert (await table.try_act("chats", title="x", members=[BOB], username="friday_dinner"))[0] == 400


async def test_the_caption_of_a_picture_can_be_edited_by_who_sent_it(table: Table) -> None:
    await table.started(ALICE)
    file = table.world.files.add("document", "a.txt", b"x")
    post = acts.upload(table.world, ALICE, None, "document", file.name, b"x", "one")
    await table.act("edit", as_=ALICE, key=post.key, text="two")
    heard = await last(table, "edited_message")
    assert (heard["caption"], heard["document"]["file_name"]) == ("two", "a.txt")


@pytest.mark.parametrize(
    ("kind", "album"), [("document", "0"), ("document", "12x"), ("document", "1" * 19), ("voice", "7")]
)
async def test_an_album_has_a_number_and_no_voices(table: Table, kind: str, album: str) -> None:
    await table.started(ALICE)
    with pytest.raises(ActError):
        acts.upload(table.world, ALICE, None, kind, "a.txt", b"x", "", album=album)
