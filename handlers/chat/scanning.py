"""Pictures that people send in private: the codes in them are read, and ours are followed.

Guards: only what leads to this bot is followed, by the very way on that its link has; whatever else a picture says is
neither opened nor repeated.
"""
from __future__ import annotations

import re
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.types import Message

from handlers.chat.fetching import fetched
from handlers.chat.payloads import continue_with
from handlers.chat.saying import answer
from handlers.chat.wizard import no_keypad
from handlers.ground import Config, accepts
from handlers.pictures.aside import NotRead
from handlers.pictures.scanner import Scanner
from handlers.texts import Fact, Speaker, _
from wallet.views import MemberView

_LINK: Final = re.compile(
    r"(?:(?:https?://)?(?:t|telegram)\.me/(?P<name>[A-Za-z0-9_]{1,64})/?\?|tg://resolve/?\?domain=(?P<domain>[A-Za-z0-9_]"
    r"{1,64})&)start=(?P<payload>[A-Za-z0-9_-]{1,64})", re.ASCII | re.IGNORECASE)


def make_router() -> Router:
    """The handler of pictures."""
    router = Router(name="scanning")
    is_picture = F.photo | F.document.mime_type.in_({"image/jpeg", "image/png", "image/webp"})
    router.message.register(scan, F.chat.type == "private", is_picture, no_keypad, flags=accepts())
    return router


async def scan(message: Message, bot: Bot, scanner: Scanner, speaker: Speaker, member: MemberView, config: Config,
               **others: Any) -> None:
    """A picture. Of several codes of ours none is chosen for anybody."""
    try:
        found = await scanner.read(await fetched(message, bot))
    except NotRead:
        await answer(message, speaker, _("I could not read this picture, and no money moved. Please send it again as a "
                                         "photo, or open the link of the code."))
        return
    ours = list(dict.fromkeys(payload for text in found if (payload := payload_in(text, config))))
    if len(ours) != 1:
        await answer(message, speaker, _what_is_there(len(found), len(ours)))
        return
    data = {**others, "bot": bot, "speaker": speaker, "member": member, "config": config}
    if not await continue_with(ours[0], message, data):
        await answer(message, speaker, _what_is_there(1, 0))


def payload_in(text: str, config: Config) -> str:
    """What a link to this bot carries; "" for anything else."""
    link = _LINK.fullmatch(text.strip())
    if link is None or (link["name"] or link["domain"]).lower() != config.username.lower():
        return ""
    return link["payload"]


def _what_is_there(codes: int, ours: int) -> Fact:
    if ours:
        return _("There are several codes in this picture. No money moved. Please send one with a single code.")
    if codes:
        return _("The code in this picture is not one of ours, so I don't follow it. No money moved.")
    return _("I found no code in this picture, so nothing happened. "
             "If there is one, send it sharp and in good light.")
