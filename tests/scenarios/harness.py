"""A stage for stories: the whole process beside a local chat, and people who speak and tap there.

Guards: nothing is waited for by time. After every act the stage is settled: the bot has taken every update, handled
it, and told whomever it had to tell. So what a test reads next is all there will be.
"""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher

from bot.app import App
from bot.local import acts, inline, members
from bot.local.acts import PLAIN
from bot.local.seed import GROUP_ID
from bot.local.server import LocalChat, make_local_chat
from bot.local.shapes import Json
from bot.local.state import Person as InChat
from bot.local.state import Post, Press
from bot.settings import LOCAL_TOKEN, read_settings
from tests.patience import PATIENCE

HASHER: Final = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""PINs are hashed as everywhere, only not slowly."""


class Stage:
    """One deployment, its group, and the people of the local chat."""

    def __init__(self, app: App, chat: LocalChat) -> None:
        self.app = app
        self.chat = chat
        self.world = chat.world
        self.group = GROUP_ID
        self.alice, self.liming, self.bob, self.wangfang = (
            Person(self, number) for number in (1000001, 1000002, 1000003, 1000004))

    def newcomer(self, name: str, language: str, phone: str) -> Person:
        """One more person in the group."""
        number = max(self.world.people) + 1
        user = {"id": number, "is_bot": False, "first_name": name, "language_code": language}
        self.world.keep_person(InChat(user, phone))
        members.place(self.world, self.world.chats[self.group], number, "member", number)
        return Person(self, number)

    async def settle(self) -> None:
        """Wait until the bot has nothing left to do."""
        async with asyncio.timeout(PATIENCE):
            polling = self.app.polling
            assert polling is not None
            while any(update["update_id"] >= (polling.offset or 0) for update in self.world.updates.pending()):
                polling.turned.clear()
                await polling.turned.wait()
            await self.app.idle()


class Person:
    """Somebody in the local chat. `where` is a group; without it, the private chat with the bot."""

    def __init__(self, stage: Stage, number: int) -> None:
        self.stage = stage
        self.id = number

    # ------------------------------------------------------------------------------------------------ acts
    async def says(self, text: str, where: int | None = None, *, reply_to: str | None = None) -> Post:
        """Write a message."""
        post = acts.say(self.stage.world, self.id, where, text, reply_to=reply_to)
        await self.stage.settle()
        return post

    async def starts(self, payload: str = "") -> None:
        """Open the bot, by its Start button or by a link."""
        acts.open_bot(self.stage.world, self.id, payload)
        await self.stage.settle()

    async def edits(self, post: Post, text: str) -> None:
        """Change a message of one's own."""
        acts.edit(self.stage.world, self.id, post.chat_id, post.key, text, None, None)
        await self.stage.settle()

    async def shares_contact(self) -> None:
        """Use the button that shares one's own phone number."""
        shown = self._chat(None).keyboards[self.id]["markup"]["keyboard"]
        label = next(button["text"] for row in shown for button in row if button.get("request_contact"))
        acts.tap(self.stage.world, self.id, None, {"text": label})
        await self.stage.settle()

    async def picks_group(self, group: int, *, elsewhere: bool = False) -> None:
        """Use the button that picks a group; `elsewhere` forges the answer for one that there is not."""
        shown = self._chat(None).keyboards[self.id]["markup"]["keyboard"]
        asked = next(button for row in shown for button in row if button.get("request_chat"))
        if elsewhere:
            content = {"request_id": asked["request_chat"]["request_id"], "chat_id": group - 1}
            acts.write(self.stage.world, self._chat(None), self.id, {"chat_shared": content})
        else:
            acts.tap(self.stage.world, self.id, None, {"text": asked["text"], "shared_chat_id": group})
        await self.stage.settle()

    async def taps(self, label: str, where: int | None = None) -> str:
        """Press the newest button with this label, or whose label contains it; returns what the bot says to the press.

        A link to the bot is followed, as a client does.
        """
        post, button = self._button(label, where)
        pressed = acts.press(self.stage.world, self.id, where, post.key, {"text": button["text"]})
        await self.stage.settle()
        answer: Json = pressed if not isinstance(pressed, Press) else pressed.answer or {}
        assert not isinstance(pressed, Press) or pressed.answer is not None, f"the press of {label!r} was not answered"
        if answer.get("url"):
            await self.starts(acts.payload_of(self.stage.world, answer["url"]))
        return str(answer.get("text", ""))

    async def types_behind(self, query: str, where: int | None = None) -> Json:
        """Type `@bot query` in a chat; returns what the bot offers."""
        question = inline.ask(self.stage.world, self.id, where, query, "", None)
        await self.stage.settle()
        assert question.answer is not None, f"nothing was offered for {query!r}"
        return {"id": question.id, **question.answer}

    async def sends_card(self, query: str, where: int, piece: int = 0) -> Post:
        """Choose one of the pieces that are offered."""
        offered = await self.types_behind(query, where)
        post = inline.choose(self.stage.world, self.id, where, offered["id"], offered["results"][piece]["id"], PLAIN)
        await self.stage.settle()
        return post

    async def types_pin(self, digits: str) -> None:
        """Press the keys of the keypad."""
        for digit in digits:
            await self.taps(digit)

    # ------------------------------------------------------------------------------------------------ sights
    def sees(self, where: int | None = None) -> list[str]:
        """What the bot says in a chat, as this person sees it, oldest first."""
        return [_words(post.message) for post in self._chat(where).posts.values()
                if post.seen_by(self.id) and post.sender == self.stage.world.bot_id]

    def was_told(self, words: str, where: int | None = None) -> str:
        """The newest message of the bot with these words; fails when there is none."""
        found = [text for text in self.sees(where) if words in text]
        assert found, f"{words!r} is in none of {self.sees(where)}"
        return found[-1]

    def reads(self, post: Post) -> str:
        """What stands in a message now, such as a card that somebody sent."""
        return _words(self._chat(post.chat_id).posts[post.key].message)

    def reads_buttons(self, post: Post) -> list[Json]:
        """The buttons under it now."""
        return _buttons(self._chat(post.chat_id).posts[post.key])

    def was_shown(self, words: str, where: int | None = None) -> bool:
        """Whether the newest message of the bot with these words has a picture above them."""
        return [bool(post.message.get("photo")) for post in self._chat(where).posts.values()
                if post.seen_by(self.id) and post.sender == self.stage.world.bot_id
                and words in _words(post.message)][-1]

    def was_not_told(self, words: str, where: int | None = None) -> None:
        """Fails when the bot says this anywhere that the person sees."""
        found = [text for text in self.sees(where) if words in text]
        assert not found, found

    def buttons(self, where: int | None = None) -> list[str]:
        """Labels of the buttons under the bot's newest message."""
        posts = [post for post in self._chat(where).posts.values()
                 if post.seen_by(self.id) and post.sender == self.stage.world.bot_id]
        return [button["text"] for button in _buttons(posts[-1])] if posts else []

    def has_keyboard(self) -> bool:
        """Whether a keyboard stands below the private chat's field."""
        return self.id in self._chat(None).keyboards

    def every_button(self, where: int | None = None) -> set[str]:
        """Labels of the buttons under all that the bot says in a chat."""
        return {button["text"] for post in self._chat(where).posts.values()
                if post.seen_by(self.id) and post.sender == self.stage.world.bot_id for button in _buttons(post)}

    def _button(self, label: str, where: int | None) -> tuple[Post, Json]:
        posts = [post for post in self._chat(where).posts.values() if post.seen_by(self.id)]
        shown = [(post, button) for post in reversed(posts) for button in _buttons(post)]
        exactly = [found for found in shown if found[1]["text"] == label]
        for found in exactly or [found for found in shown if label in found[1]["text"]]:
            return found
        raise AssertionError(f"no button {label!r}; there are "
                             f"{[button['text'] for _, button in shown]}")

    def _chat(self, where: int | None) -> Any:
        return acts.own_chat(self.stage.world, self.id, where)


def _buttons(post: Post) -> list[Json]:
    rows = post.message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


def _words(message: Json) -> str:
    if "rich_message" in message:
        return str(message["rich_message"])
    return str(message.get("text") or message.get("caption") or "")


@asynccontextmanager
async def stage(folder: Path, database_url: str, *, data_dir: Path | None = None, **settings: object
                ) -> AsyncIterator[Stage]:
    """A deployment that is up. The world of the chat and the database outlive it in their files."""
    chosen = read_settings({"data_dir": folder, "database_url": database_url, "port": 0, **settings})
    chat = make_local_chat(token=LOCAL_TOKEN, data_dir=data_dir)
    app = App(chosen, chat=chat, hasher=HASHER)
    await app.start()
    try:
        yield Stage(app, chat)
    finally:
        await app.stop()
