"""Search: whose words are found, by whom, and in what order."""

import aiohttp

from tests.bot.local.conftest import ALICE, BOB, GROUP, LIMING, Table


async def found(table: Table, person: int, words: str, **more: int) -> list[str]:
    """The texts that are found, as they are ordered."""
    told = await table.read("search", as_=person, q=words, **more)
    return [message.get("text") or message.get("caption") or "…" for message in told["messages"]]


async def test_messages_are_found_by_all_their_words_from_the_newest_back(table: Table) -> None:
    for text in ("Lunch on Friday", "午饭一共 40", "friday, late LUNCH", "dinner"):
        await table.act("say", as_=BOB, chat_id=GROUP, text=text)
    assert await found(table, ALICE, "lunch friday") == ["friday, late LUNCH", "Lunch on Friday"]
    assert await found(table, ALICE, "午饭") == ["午饭一共 40"]
    assert await found(table, ALICE, "breakfast") == await found(table, ALICE, "  ") == []


async def test_old_messages_are_found_page_by_page(table: Table) -> None:
    for number in range(230):
        await table.act("say", as_=BOB, chat_id=GROUP, text=f"line {number}")
    first = await table.read("search", as_=ALICE, q="line", limit=100)
    assert ([m["text"] for m in first["messages"][:2]], first["more"]) == (["line 229", "line 228"], True)
    place = first["messages"][-1]["local"]["n"]
    second = await table.read("search", as_=ALICE, q="line", limit=100, before=place)
    assert (second["messages"][0]["text"], second["chats"], second["people"]) == ("line 129", [], [])
    place = second["messages"][-1]["local"]["n"]
    assert (await found(table, ALICE, "line 7", before=place))[-1] == "line 7"


async def test_nobody_finds_what_they_cannot_see(table: Table) -> None:
    await table.started(ALICE)
    await table.call("sendMessage", chat_id=ALICE, text="secret of Alice")
    whisper = {"receiver_user_id": BOB}
    await table.call("sendMessage", chat_id=GROUP, text="secret of Bob", ephemeral_message_parameters=whisper)
    assert await found(table, ALICE, "secret") == ["secret of Alice"]
    assert await found(table, BOB, "secret") == ["secret of Bob"]
    assert await found(table, LIMING, "secret") == []
    await table.act("leave", as_=LIMING, chat_id=GROUP)
    await table.act("say", as_=BOB, chat_id=GROUP, text="they left")
    assert await found(table, LIMING, "they left") == []


async def test_words_in_rich_messages_captions_and_files_are_found(table: Table) -> None:
    await table.started(ALICE)
    table_of_two = "# Receipt\n\n| a | b |\n|-|-|\n| coffee | 5 |"
    await table.call("sendRichMessage", chat_id=ALICE, rich_message={"markdown": table_of_two})
    form = aiohttp.FormData({"as": str(ALICE), "kind": "document", "caption": "March"})
    form.add_field("file", b"a,b", filename="statement.csv")
    async with table.client.post(table.url("/local/upload"), data=form) as answer:
        assert answer.status == 200
    assert await found(table, ALICE, "coffee receipt") == ["…"]
    assert await found(table, ALICE, "statement.csv march") == ["March"]


async def test_chats_and_people_are_found_by_name(table: Table) -> None:
    told = await table.read("search", as_=ALICE, q="friday")
    assert (told["chats"], told["people"]) == ([GROUP], [])
    assert (await table.read("search", as_=ALICE, q="ikmpay"))["chats"] == [ALICE]
    assert (await table.read("search", as_=ALICE, q="smith"))["people"] == [BOB]
    assert (await table.read("search", as_=ALICE, q="@liming"))["people"] == [LIMING]


async def test_one_chat_can_be_searched_alone(table: Table) -> None:
    await table.started(ALICE)
    await table.act("say", as_=ALICE, text="here")
    await table.act("say", as_=ALICE, chat_id=GROUP, text="here too")
    assert await found(table, ALICE, "here", chat_id=GROUP) == ["here too"]
    query = {"as": str(BOB), "q": "here", "chat_id": str(ALICE)}
    async with table.client.get(table.url("/local/search"), params=query) as answer:
        assert answer.status == 404
