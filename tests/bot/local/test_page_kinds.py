"""What the chat page draws of every kind of message, and what people do there besides typing.

Guards: what somebody does on the page reaches the bot as Telegram would tell it, and nothing goes out that its sender
did not see first.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib

import pytest
from playwright.async_api import FilePayload, Locator, ViewportSize, expect

from bot.local.shapes import Json
from tests.bot.local.browsers import DESKTOP, NEEDS_CHROMIUM, PHONE, Browsers, Window
from tests.bot.local.conftest import ALICE, BOB, GROUP, LIMING, WANGFANG, Table

pytestmark = NEEDS_CHROMIUM


def picture(width: int = 32, height: int = 24) -> bytes:
    """A small PNG."""
    rows = b"".join(b"\0" + bytes((x * y) % 256 for x in range(width * 3)) for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


FILM = """async (type) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 120 });
  const pen = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: type });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start();
  for (let frame = 0; frame < 30; frame += 1) {
    pen.fillStyle = `hsl(${frame * 12} 60% 50%)`;
    pen.fillRect(0, 0, 160, 120);
    await new Promise(requestAnimationFrame);
  }
  recorder.stop();
  await ended;
  return btoa(String.fromCharCode(...new Uint8Array(await new Blob(parts).arrayBuffer())));
}"""
"""Films half a second of changing colours."""


async def menu_of(window: Window, message: Locator, act: str) -> None:
    """Open a message's menu with the right button, and choose from it."""
    await message.locator(".bubble").click(button="right")
    await window.find(f"menu-{act}").click()


async def last(table: Table, kind: str = "message") -> Json:
    found: Json = (await table.updates())[-1][kind]
    return found


# ---------------------------------------------------------------- what is drawn


async def test_what_a_group_is_told_by_itself_is_one_sentence_each(browsers: Browsers, table: Table) -> None:
    said = await table.act("say", as_=ALICE, chat_id=GROUP, text="Dinner on Friday")
    await table.call("pinChatMessage", chat_id=GROUP, message_id=said["message"]["message_id"])
    await table.call("setChatTitle", chat_id=GROUP, title="Saturday")
    await table.act("leave", as_=WANGFANG, chat_id=GROUP)
    await table.act(f"chats/{GROUP}/members", person_id=WANGFANG, status="member", as_=ALICE)
    small = (await table.act("chats", title="Small", members=[ALICE, BOB], type="group"))["chat"]["id"]
    large = (await table.act(f"chats/{small}/migrate", as_=ALICE))["chat"]["id"]
    alice = await browsers.window(ALICE, GROUP)
    pills = alice.find("thread").locator(".service-pill")
    await expect(pills).to_have_text(
        [
            re.compile("ikmPay.* pinned “.*Dinner on Friday.*”"),
            re.compile("ikmPay.* named the group “.*Saturday.*”"),
            re.compile("王芳.* left the group"),
            re.compile("Alice Chen.* added .*王芳"),
        ]
    )
    await pills.first.click()
    await expect(alice.message("Dinner on Friday").first).to_have_class(re.compile("found"))
    upgraded = await browsers.window(ALICE, large)
    await expect(upgraded.find("thread").locator(".service-pill").first).to_contain_text("upgraded to a supergroup")


async def test_whoever_speaks_for_a_group_or_a_channel_is_shown_under_its_name(
    browsers: Browsers, table: Table
) -> None:
    place: Json = {"person_id": LIMING, "status": "administrator", "is_anonymous": True, "custom_title": "Treasurer"}
    await table.act(f"chats/{GROUP}/members", **place)
    await table.act("say", as_=LIMING, chat_id=GROUP, text="Pay first, please")
    made = await table.act("chats", title="Kitchen", members=[ALICE, BOB], type="channel", signed=True)
    await table.act("say", as_=ALICE, chat_id=GROUP, text="Soup is ready", as_chat=made["chat"]["id"])
    await table.act("say", as_=ALICE, chat_id=made["chat"]["id"], text="New menu")
    bob = await browsers.window(BOB, GROUP)
    anonymous = bob.message("Pay first, please")
    await expect(anonymous.locator(".sender-name")).to_have_text(re.compile("Friday dinner"))
    await expect(anonymous.locator(".meta")).to_contain_text("Treasurer")
    await expect(anonymous).not_to_contain_text("李明")
    await expect(anonymous.locator(".bot-mark")).to_have_count(0)
    await expect(bob.message("Soup is ready").locator(".sender-name")).to_have_text("Kitchen")
    liming = await browsers.window(LIMING, GROUP)
    await expect(liming.message("Pay first, please")).to_have_class(re.compile("mine"))
    channel = await browsers.window(BOB, made["chat"]["id"])
    await expect(channel.message("New menu").locator(".meta")).to_contain_text("Alice Chen")
    await expect(channel.find("mute")).to_contain_text("Only administrators post here")
    await expect(channel.find("subtitle")).to_have_text("3 subscribers")


async def test_the_owner_of_a_channel_chooses_in_whose_name_to_write(browsers: Browsers, table: Table) -> None:
    made = await table.act("chats", title="Kitchen", members=[ALICE, BOB], type="channel", bot=None)
    channel = made["chat"]["id"]
    alice, bob = await browsers.window(ALICE, GROUP), await browsers.window(BOB, GROUP)
    await expect(bob.find("voice")).to_be_hidden()
    await alice.find("voice").click()
    await alice.find(f"voice-{channel}").click()
    await alice.says("Soup is ready")
    await expect(bob.message("Soup is ready").locator(".sender-name")).to_have_text("Kitchen")
    assert (await last(table))["sender_chat"]["id"] == channel
    await alice.find("voice").click()
    await alice.find(f"voice-{ALICE}").click()
    await alice.says("and so am I")
    assert "sender_chat" not in await last(table)


async def test_a_forward_an_edit_and_a_quotation_say_what_they_are(browsers: Browsers, table: Table) -> None:
    await table.started(BOB)
    first = await table.act("say", as_=BOB, chat_id=GROUP, text="Dinner on Friday at seven")
    where: Json = {"as_": ALICE, "chat_id": GROUP}
    answer = await table.act("say", **where, text="In", reply_to=first["message"]["local"]["key"], quote="at seven")
    await table.act("edit", **where, key=answer["message"]["local"]["key"], text="I am in")
    own = await table.act("say", as_=BOB, text="to the bot")
    await table.act("forward", as_=BOB, from_chat_id=BOB, key=own["message"]["local"]["key"], chat_id=GROUP)
    await table.act(f"people/{LIMING}", hides_forwards=True)
    hidden = await table.act("say", as_=LIMING, chat_id=GROUP, text="quietly")
    await table.act("forward", **where, from_chat_id=GROUP, key=hidden["message"]["local"]["key"])
    alice = await browsers.window(ALICE, GROUP)
    edited = alice.message("I am in")
    await expect(edited.locator(".meta")).to_contain_text("edited")
    await expect(edited.locator(".quote")).to_have_text(re.compile("Bob Smith.*at seven$"))
    known, unknown = alice.message("to the bot"), alice.message("quietly").last
    await expect(known.locator("button.forwarded")).to_have_text(re.compile("Forwarded from.*Bob Smith"))
    await expect(unknown.locator("div.forwarded")).to_have_text(re.compile("Forwarded from.*李明"))


async def test_pictures_that_were_sent_as_one_stand_as_one(browsers: Browsers, table: Table) -> None:
    files = [table.world.files.add("photo", "p.png", picture(40 + n)).file_id for n in range(3)]
    media = [{"type": "photo", "media": file} for file in files]
    media[0]["caption"] = "Last Friday"
    sent = await table.call("sendMediaGroup", chat_id=GROUP, media=media)
    alice = await browsers.window(ALICE, GROUP)
    album = alice.message("Last Friday")
    await expect(album.locator(".mosaic .album-part img")).to_have_count(3)
    await expect(alice.find("thread").locator(".bubble")).to_have_count(1)
    await table.call("deleteMessage", chat_id=GROUP, message_id=sent[0]["message_id"])
    await expect(alice.find("thread").locator(".mosaic .album-part img")).to_have_count(2)
    await expect(alice.find("thread").locator(".bubble")).to_have_count(1)


async def test_a_covered_picture_shows_itself_to_a_press_only(browsers: Browsers, table: Table) -> None:
    file = table.world.files.add("photo", "p.png", picture()).file_id
    await table.call("sendPhoto", chat_id=GROUP, photo=file, has_spoiler=True, caption="Who won")
    alice = await browsers.window(ALICE, GROUP)
    result = alice.message("Who won")
    await expect(result.locator("img")).to_have_count(0)
    await result.get_by_role("button", name="Covered picture").click()
    await expect(result.locator(".photo img")).to_be_visible()


async def test_sound_places_contacts_and_throws_are_told_apart(browsers: Browsers, table: Table) -> None:
    voice = table.world.files.add("voice", "v.ogg", b"OggS" + bytes(400)).file_id
    await table.call("sendVoice", chat_id=GROUP, voice=voice, duration=7)
    where: Json = {"chat_id": GROUP, "latitude": 31.23, "longitude": 121.47}
    await table.call("sendLocation", **where)
    await table.call("sendVenue", **where, title="River Bar", address="18 Bund")
    await table.call("sendContact", chat_id=GROUP, phone_number="+33123", first_name="Zoé")
    await table.call("sendDice", chat_id=GROUP)
    alice = await browsers.window(ALICE, GROUP)
    rows = alice.find("thread").get_by_test_id("message")
    await expect(rows.nth(0).get_by_role("button", name="Play: Voice message")).to_be_visible()
    await expect(rows.nth(0)).to_contain_text("0:07")
    await expect(rows.nth(1).get_by_role("img", name="Location, 31.23000, 121.47000")).to_be_visible()
    await expect(rows.nth(2)).to_contain_text("River Bar")
    await expect(rows.nth(2)).to_contain_text("18 Bund")
    await expect(rows.nth(3)).to_contain_text("+33123")
    value = (await table.messages(ALICE, GROUP))[-1]["dice"]["value"]
    await expect(rows.nth(4).locator(".pip")).to_have_count(value)
    await expect(alice.find(f"chat-{GROUP}")).to_contain_text(f"🎲 {value}")


# ---------------------------------------------------------------- topics


async def forum_of(table: Table) -> tuple[int, int]:
    """A forum with a topic, and something said in it and beside it."""
    chat = (await table.act("chats", title="Flat share", members=[ALICE, BOB], is_forum=True))["chat"]["id"]
    topic = (await table.call("createForumTopic", chat_id=chat, name="Rent"))["message_thread_id"]
    await table.act("say", as_=BOB, chat_id=chat, text="hello all")
    await table.act("say", as_=BOB, chat_id=chat, text="due on the 5th", message_thread_id=topic)
    await table.updates()
    return chat, topic


async def test_a_topic_shows_its_own_messages_and_takes_what_is_written(browsers: Browsers, table: Table) -> None:
    chat, topic = await forum_of(table)
    alice = await browsers.window(ALICE, chat)
    await expect(alice.message("due on the 5th").locator(".topic-mark")).to_have_text("Rent")
    await alice.find(f"topic-{topic}").click()
    await expect(alice.message("due on the 5th")).to_be_visible()
    await expect(alice.message("hello all")).to_have_count(0)
    await alice.says("mine is on the way")
    heard = await last(table)
    assert (heard["text"], heard["message_thread_id"], heard["is_topic_message"]) == ("mine is on the way", topic, True)
    await table.act("say", as_=BOB, chat_id=chat, text="elsewhere")
    await table.act("say", as_=BOB, chat_id=chat, text="thanks", message_thread_id=topic)
    await expect(alice.message("thanks")).to_be_visible()
    await expect(alice.message("elsewhere")).to_have_count(0)
    await expect(alice.find("topic-1")).to_have_class(re.compile("news"))
    await alice.find(f"topic-{topic}").press("ArrowLeft")
    await alice.find("topic-1").press("Enter")
    await expect(alice.find("topic-1")).not_to_have_class(re.compile("news"))
    await expect(alice.message("elsewhere")).to_be_visible()
    await expect(alice.message("thanks")).to_have_count(0)
    await alice.says("to everybody")
    assert "message_thread_id" not in await last(table)


async def test_the_address_leads_to_the_open_topic(browsers: Browsers, table: Table) -> None:
    chat, topic = await forum_of(table)
    alice = await browsers.window(ALICE, chat)
    await alice.find(f"topic-{topic}").click()
    await expect(alice.page).to_have_url(re.compile(rf"#/{ALICE}/{chat}/{topic}$"))
    await alice.page.reload()
    await expect(alice.find(f"topic-{topic}")).to_have_attribute("aria-selected", "true")
    await expect(alice.find("message").last).to_contain_text("due on the 5th")
    await alice.page.go_back()
    await expect(alice.find("topic-0")).to_have_attribute("aria-selected", "true")
    await alice.page.go_forward()
    await expect(alice.find(f"topic-{topic}")).to_have_attribute("aria-selected", "true")
    await alice.page.evaluate(f"location.hash = '#/{ALICE}/{chat}/987654'")
    await expect(alice.find("topic-0")).to_have_attribute("aria-selected", "true")


async def test_a_quiet_topic_reads_back_further_than_the_busy_chat(browsers: Browsers, table: Table) -> None:
    chat, topic = await forum_of(table)
    for number in range(60):
        await table.act("say", as_=BOB, chat_id=chat, text=f"noise {number}")
    alice = await browsers.window(ALICE, chat)
    await alice.find(f"topic-{topic}").click()
    await expect(alice.message("due on the 5th")).to_be_visible()


async def test_a_reply_leads_out_of_the_topic_to_what_it_answers(browsers: Browsers, table: Table) -> None:
    chat, topic = await forum_of(table)
    pinned = await table.act("say", as_=BOB, chat_id=chat, text="look here")
    answer = {"text": "see above", "message_thread_id": topic, "reply_to": pinned["message"]["local"]["key"]}
    await table.act("say", as_=BOB, chat_id=chat, **answer)
    alice = await browsers.window(ALICE, chat)
    await alice.find(f"topic-{topic}").click()
    await alice.message("see above").locator(".quote").click()
    await expect(alice.find("topic-0")).to_have_attribute("aria-selected", "true")
    await expect(alice.message("look here").first).to_have_class(re.compile("found"))


async def test_people_open_rename_close_and_delete_topics(browsers: Browsers, table: Table) -> None:
    chat, _ = await forum_of(table)
    alice, bob = await browsers.window(ALICE, chat), await browsers.window(BOB, chat)
    await alice.find("topic-new").click()
    await alice.find("text-form").fill("Cleaning")
    await alice.page.keyboard.press("Enter")
    tab = bob.find("topics").get_by_role("tab", name="Cleaning")
    await tab.click()
    await expect(bob.find("thread")).to_contain_text("Alice Chen")
    await alice.find("topic-menu").click()
    await alice.find("topic-rename").click()
    await alice.find("text-form").fill("Kitchen")
    await alice.page.keyboard.press("Enter")
    await expect(bob.find("topics")).to_contain_text("Kitchen")
    await alice.find("topic-menu").click()
    await alice.find("topic-close").click()
    await expect(bob.find("mute")).to_have_text("This topic is closed.")
    await expect(alice.find("composer")).to_be_visible()
    await alice.find("topic-menu").click()
    await alice.find("topic-delete").click()
    await expect(bob.find("topics")).not_to_contain_text("Kitchen")
    await expect(bob.find("topic-0")).to_have_attribute("aria-selected", "true")
    await expect(bob.find("composer")).to_be_enabled()


# ---------------------------------------------------------------- what people send


async def test_a_picture_is_seen_before_it_is_sent_and_carries_its_words(browsers: Browsers, table: Table) -> None:
    alice = await browsers.window(ALICE, GROUP)
    await alice.find("composer").fill("Our table")
    await alice.find("attach").click()
    async with alice.page.expect_file_chooser() as chooser:
        await alice.find("attach-photo").click()
    await (await chooser.value).set_files({"name": "t.png", "mimeType": "image/png", "buffer": picture()})
    await expect(alice.find("send-sheet").locator("img")).to_be_visible()
    await expect(alice.find("send-caption")).to_have_value("Our table")
    assert await table.updates() == []
    await alice.find("send-yes").click()
    await expect(alice.message("Our table").locator(".photo img")).to_be_visible()
    heard = await last(table)
    assert (heard["caption"], heard["photo"][0]["width"]) == ("Our table", 32)
    await expect(alice.find("composer")).to_have_value("")


@pytest.mark.parametrize("mime", ["video/mp4", "video/webm"])
async def test_a_film_that_a_person_sends_plays_for_everybody(browsers: Browsers, table: Table, mime: str) -> None:
    alice = await browsers.window(ALICE, GROUP)
    if not await alice.measure(f"MediaRecorder.isTypeSupported('{mime}')"):
        pytest.skip(f"this Chromium makes no {mime}")
    film = base64.b64decode(await alice.page.evaluate(FILM, mime))
    await alice.find("attach").click()
    async with alice.page.expect_file_chooser() as chooser:
        await alice.find("attach-photo").click()
    await (await chooser.value).set_files(FilePayload(name=f"film.{mime[6:]}", mimeType=mime, buffer=film))
    await expect(alice.find("send-sheet").locator("video")).to_have_js_property("videoWidth", 160)
    await alice.find("send-yes").click()
    bob = await browsers.window(BOB, GROUP)
    for window in (alice, bob):
        shown = window.find("message").locator("video")
        await expect(shown).to_have_js_property("videoWidth", 160)
        ended = "(film) => new Promise((end) => { film.onended = () => end(film.currentTime); film.play(); })"
        assert await shown.evaluate(ended) > 0
    assert (await last(table))["video"]["mime_type"] == mime


GIVE = """
([place, kind]) => {
  const gift = new DataTransfer();
  gift.items.add(new File(["a,b"], "money.csv", { type: "text/csv" }));
  const facts = { clipboardData: gift, dataTransfer: gift, bubbles: true, cancelable: true };
  const event = kind === "paste" ? new ClipboardEvent(kind, facts) : new DragEvent(kind, facts);
  document.querySelector(`[data-testid=${place}]`).dispatchEvent(event);
}
"""


async def test_what_is_pasted_or_dropped_can_go_as_a_file_or_not_at_all(browsers: Browsers, table: Table) -> None:
    alice = await browsers.window(ALICE, GROUP)
    await alice.page.evaluate(GIVE, ["composer", "paste"])
    await expect(alice.find("send-sheet")).to_contain_text("money.csv")
    await alice.find("send-no").click()
    assert await table.updates() == []
    await alice.page.evaluate(GIVE, ["room", "dragover"])
    await expect(alice.page.get_by_text("Drop it here to send it")).to_be_visible()
    await alice.page.evaluate(GIVE, ["room", "drop"])
    await alice.find("send-yes").click()
    await expect(alice.message("money.csv")).to_be_visible()
    assert (await last(table))["document"]["file_name"] == "money.csv"


async def test_several_pictures_are_sent_as_one(browsers: Browsers, table: Table) -> None:
    alice = await browsers.window(ALICE, GROUP)
    await alice.find("attach").click()
    async with alice.page.expect_file_chooser() as chooser:
        await alice.find("attach-photo").click()
    pictures = [FilePayload(name=f"{n}.png", mimeType="image/png", buffer=picture(40 + n)) for n in range(3)]
    await (await chooser.value).set_files(pictures)
    await alice.find("send-caption").fill("Three of us")
    await alice.find("send-yes").click()
    await expect(alice.message("Three of us").locator(".mosaic .album-part img")).to_have_count(3)
    await expect(alice.find("thread").locator(".bubble")).to_have_count(1)
    sent = [update["message"] for update in await table.updates()]
    assert len({message["media_group_id"] for message in sent}) == 1
    assert [message.get("caption") for message in sent] == ["Three of us", None, None]


async def test_contacts_are_ones_own_or_somebody_elses(browsers: Browsers, table: Table) -> None:
    alice = await browsers.window(ALICE, GROUP)
    for person in (ALICE, BOB):
        await alice.find("attach").click()
        await alice.find("attach-contact").click()
        await alice.find(f"pick-{person}").click()
        await alice.find("pick-done").click()
        await expect(alice.find("message")).to_have_count(1 if person == ALICE else 2)
        assert (await last(table))["contact"]["user_id"] == person


async def test_a_place_is_chosen_on_the_map_and_never_looked_up(browsers: Browsers, table: Table) -> None:
    alice = await browsers.window(ALICE, GROUP)
    await alice.find("attach").click()
    await alice.find("attach-location").click()
    await alice.find("place.london").click()
    await alice.find("place-map").focus()
    await alice.page.keyboard.press("ArrowRight")
    await alice.find("place-send").click()
    await expect(alice.find("message").get_by_role("img", name="Location, 51.50720, -0.12560")).to_be_visible()
    assert (await last(table))["location"] == {"latitude": 51.5072, "longitude": -0.1256}


async def test_a_member_without_a_username_is_mentioned_by_name(browsers: Browsers, table: Table) -> None:
    await table.act(f"people/{WANGFANG}", username=None)
    alice = await browsers.window(ALICE, GROUP)
    await alice.find("composer").press_sequentially("/send @王")
    await alice.find(f"member-{WANGFANG}").click()
    await alice.find("composer").press_sequentially("20")
    await alice.find("composer").press("Enter")
    heard = await last(table)
    assert heard["text"] == "/send 王芳 20"
    mention = next(entity for entity in heard["entities"] if entity["type"] == "text_mention")
    assert (mention["user"]["id"], mention["offset"], mention["length"]) == (WANGFANG, 6, 2)


# ---------------------------------------------------------------- what is done with a message


async def test_ones_own_words_and_captions_are_edited_and_the_bot_hears_of_it(browsers: Browsers, table: Table) -> None:
    alice, bob = await browsers.window(ALICE, GROUP), await browsers.window(BOB, GROUP)
    await alice.says("/send @bob 20")
    await menu_of(alice, alice.message("/send @bob 20"), "edit")
    await alice.find("composer").fill("/send @bob 30")
    await alice.find("composer").press("Enter")
    await expect(bob.message("/send @bob 30").locator(".meta")).to_contain_text("edited")
    assert (await last(table, "edited_message"))["text"] == "/send @bob 30"
    await bob.message("/send @bob 30").locator(".bubble").click(button="right")
    await expect(bob.find("menu-edit")).to_have_count(0)
    await expect(bob.find("menu-delete")).to_have_count(0)


async def test_a_leader_takes_away_what_others_said(browsers: Browsers, table: Table) -> None:
    await table.act("say", as_=BOB, chat_id=GROUP, text="never mind")
    alice, bob = await browsers.window(ALICE, GROUP), await browsers.window(BOB, GROUP)
    await menu_of(alice, alice.message("never mind"), "delete")
    await expect(bob.find("message")).to_have_count(0)


async def test_a_message_is_forwarded_to_a_chat_that_one_chooses(browsers: Browsers, table: Table) -> None:
    await table.started(ALICE)
    await table.act("say", as_=BOB, chat_id=GROUP, text="Pay me 20")
    alice = await browsers.window(ALICE, GROUP)
    await menu_of(alice, alice.message("Pay me 20"), "forward")
    await alice.find(f"pick-{ALICE}").click()
    await expect(alice.page).to_have_url(re.compile(rf"#/{ALICE}/{ALICE}$"))
    await expect(alice.message("Pay me 20").locator(".forwarded")).to_contain_text("Bob Smith")
    assert (await last(table))["forward_origin"]["sender_user"]["id"] == BOB


async def test_the_keyboard_alone_reaches_every_act_of_a_message(browsers: Browsers, table: Table) -> None:
    await table.started(ALICE)
    alice = await browsers.window(ALICE, GROUP)
    await alice.says("from the keys")
    await expect(alice.message("from the keys")).to_be_visible()
    keys = alice.page.keyboard
    await keys.press("ArrowUp")
    await expect(alice.message("from the keys")).to_be_focused()
    await keys.press("Enter")
    for _ in range(3):
        await keys.press("ArrowDown")
    await expect(alice.find("menu-forward")).to_be_focused()
    await keys.press("Enter")
    await expect(alice.find("pick-chat")).to_be_visible()
    await keys.press("Escape")
    await expect(alice.find("pick-chat")).to_have_count(0)


@pytest.mark.parametrize(("size", "locale"), [(DESKTOP, "en-GB"), (PHONE, "zh-CN")])
async def test_nothing_sticks_out_whatever_is_shown(
    browsers: Browsers, table: Table, size: ViewportSize, locale: str
) -> None:
    file = table.world.files.add("photo", "p.png", picture(900, 200)).file_id
    part = {"type": "photo", "media": file, "caption": "长" * 90}
    await table.call("sendMediaGroup", chat_id=GROUP, media=[part] * 4)
    name = "x" * 100
    paper = table.world.files.add("document", f"{name}.pdf", b"%").file_id
    await table.call("sendDocument", chat_id=GROUP, document=paper)
    await table.call("sendVenue", chat_id=GROUP, latitude=1, longitude=2, title=name, address=name)
    await table.call("sendContact", chat_id=GROUP, phone_number="+1" + "2" * 60, first_name=name)
    await table.act(f"chats/{GROUP}/members", person_id=BOB, status="administrator", custom_title="W" * 16)
    await table.act(f"people/{BOB}", first_name="Z" * 64)
    said = await table.act("say", as_=BOB, chat_id=GROUP, text=name)
    await table.act("forward", as_=BOB, from_chat_id=GROUP, key=said["message"]["local"]["key"], chat_id=GROUP)
    window = await browsers.window(ALICE, GROUP, size, locale)
    await expect(window.find("message").last).to_be_visible()
    over = "filter((node) => node.scrollWidth > node.clientWidth + 1).map((node) => node.className)"
    assert await window.measure(f"[...document.querySelectorAll('.thread, .bubble')].{over}") == []


