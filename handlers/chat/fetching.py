"""Pictures as they are fetched from Telegram.

Guards: no more is taken than we look at, whatever size was announced.
"""
from __future__ import annotations

import io
from typing import TYPE_CHECKING

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import Message

from handlers.pictures.aside import MOST_BYTES, NotRead

if TYPE_CHECKING:
    from typing_extensions import Buffer


async def fetched(message: Message, bot: Bot) -> bytes:
    """The largest picture that may be looked at. Raises `NotRead`."""
    files = [message.document] if message.document else list(reversed(message.photo or []))
    file = next((one for one in files if (one.file_size or 0) <= MOST_BYTES), None)
    if file is None:
        raise NotRead
    into = _Bounded()
    try:
        await bot.download(file.file_id, into)
    except (TelegramAPIError, OSError):
        raise NotRead from None
    return into.getvalue()


class _Bounded(io.BytesIO):
    """Takes no more than we look at, whatever size was announced."""

    def write(self, data: Buffer, /) -> int:
        if self.tell() + memoryview(data).nbytes > MOST_BYTES:
            raise OSError("The file is too large.")
        return super().write(data)
