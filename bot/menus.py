"""The commands behind "/" for operators: in private what their role may, in their group what any of them may.

Guards: what is listed follows the role within seconds, in whichever process it was given or taken; nobody who is no
operator any more keeps the list. The wallet decides by itself who may do what, so a list that is late lets nobody do
anything.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError
from aiogram.types import BotCommand, BotCommandScopeChat, BotCommandScopeChatAdministrators, BotCommandScopeUnion

from bot.commands import TELEGRAMS
from handlers.commands import Verb, operators_menu
from handlers.texts import Language, Speaker, Text
from wallet.protocols import OperatorReads

MOST_AT_ONCE: Final = 5
"""So many operators' lists are changed in one round: each takes two calls, and the next round comes soon."""

log = structlog.get_logger(__name__)


class OperatorMenus:
    """Keeps Telegram's lists at what the roles say."""

    def __init__(self, bot: Bot, reads: OperatorReads, speakers: Mapping[Language, Speaker], group: int, *,
                 play_money: bool) -> None:
        """`group` is the operators' group, 0 for none."""
        self._bot = bot
        self._reads = reads
        self._speakers = speakers
        self._group = group
        self._play_money = play_money
        self._shown: dict[int, str] = {}
        """By person the role whose list Telegram shows; what a process before this one set is set again once."""
        self._group_shown = not group

    async def look(self) -> int:
        """One round; answers for how many lists were changed."""
        if not self._group_shown:
            self._group_shown = await self._group_lists()
        roles = await self._reads.ever_operators()
        late = [(person, role) for person, role in roles.items() if self._shown.get(person) != role][:MOST_AT_ONCE]
        for person, role in late:
            listed = operators_menu(role, play_money=self._play_money) if role else ()
            if await self._set(BotCommandScopeChat(chat_id=person), listed):
                self._shown[person] = role
        return len(late)

    async def _group_lists(self) -> bool:
        everybody, leaders = (operators_menu(None, play_money=self._play_money, administrator=leads)
                              for leads in (False, True))
        return (await self._set(BotCommandScopeChat(chat_id=self._group), everybody)
                and await self._set(BotCommandScopeChatAdministrators(chat_id=self._group), leaders))

    async def _set(self, scope: BotCommandScopeUnion, listed: Sequence[tuple[Verb, Text]]) -> bool:
        """Show a list in a chat, or none of its own; whether that is settled."""
        try:
            for language, speaker in self._speakers.items():
                code = TELEGRAMS[language] or None
                if listed:
                    commands = [BotCommand(command=verb, description=speaker.plain(said)) for verb, said in listed]
                    await self._bot.set_my_commands(commands, scope=scope, language_code=code)
                else:
                    await self._bot.delete_my_commands(scope=scope, language_code=code)
        except (TelegramBadRequest, TelegramForbiddenError) as refused:  # They never opened the chat, or left it.
            log.info("an operator's list of commands can't be shown", reason=refused.message)
        except TelegramAPIError as error:  # The next round tries again.
            log.warning("an operator's list of commands was not taken", error=repr(error))
            return False
        return True
