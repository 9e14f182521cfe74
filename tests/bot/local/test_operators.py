"""Two operators and their group, where nobody else is named."""
from __future__ import annotations

from pathlib import Path

from bot.local import seed
from bot.local.server import make_local_chat


async def test_operators_come_to_a_chat_that_was_begun_without_them(tmp_path: Path) -> None:
    for operators, people in ((False, 4), (True, 6), (True, 6), (False, 6)):
        chat = make_local_chat(token="42:x", data_dir=tmp_path, operators=operators)
        await chat.start()
        assert len(chat.world.people) == people
        assert (seed.OPERATORS_GROUP_ID in chat.world.chats) is (people == 6)
        await chat.close()
    group = chat.world.chats[seed.OPERATORS_GROUP_ID]
    assert set(group.members) == {42, *(row["id"] for row in seed.OPERATORS)}
