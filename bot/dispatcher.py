"""From a stored update to its handler, and what is said when there is no good end.

Guards: an update that can't be read is dead at once, and nothing that anybody sends reaches further than the handler
that is called for it. What every handler needs is known before the first update comes.
"""
from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, get_args

import structlog
from aiogram import Bot, Dispatcher, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.dispatcher.event.telegram import TelegramEventObserver
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.types import (
    CallbackQuery,
    ChatMemberUpdated,
    ChosenInlineResult,
    InlineQuery,
    Message,
    TelegramObject,
)
from prometheus_client import Counter
from pydantic import ValidationError

from bot.arrivals import Arrival, is_possible
from bot.declarations import check_commands, check_parameters
from bot.metrics import Metrics
from bot.middlewares import REFUSED, WATCHED, Context, EveryPress, Guard, Next, Refuse
from handlers.asking import Asks, AsksUnclearly, InDialog
from handlers.chat.resuming import forget_edited
from handlers.chat.saying import reply, whisper
from handlers.commands import MOVES_MONEY, Verb
from handlers.ground import NOBODY, Dialogs, accepts
from handlers.keyboards import Renamed
from handlers.parsing import Asked, Unclear
from handlers.texts import Code, Text, _
from storage.inbox import State
from wallet import refusals
from wallet.refusals import Refusal

log = structlog.get_logger(__name__)

OVER: Final = (
    "query is too old", "message is not modified", "message to edit not found", "message can't be edited",
    "message to delete not found", "message can't be deleted", "message to be replied not found", "chat not found",
    "not enough rights", "have no rights to send", "need administrator rights", "chat_write_forbidden",
    "topic_closed", "message thread not found", "group chat was upgraded", "group chat was deactivated",
    "user is deactivated", "peer_id_invalid")
"""What Telegram says, with 400, when there is nobody left to be told or nothing left to be changed."""
UNTOLD: Final = (TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat)
"""How it says it."""


BETWEEN: Final = ":"
"""What stands behind a button's prefix."""
READ: Final[Mapping[str, type[TelegramObject]]] = {
    "message": Message, "edited_message": Message, "callback_query": CallbackQuery, "my_chat_member": ChatMemberUpdated,
    "inline_query": InlineQuery, "chosen_inline_result": ChosenInlineResult, "guest_message": Message}
"""As what an update's event is read, by the name under which it comes."""
assert READ.keys() == set(WATCHED)


def make_dispatcher(routers: Iterable[Router], *, context: Context, guard: Guard, presses: EveryPress,
                    provided: Mapping[str, Any], by_name: Iterable[Callable[..., Any]] = (),
                    verbs: Iterable[Verb] = Verb) -> Dispatcher:
    """The dispatcher with all handlers, for all commands unless `verbs` names fewer. Raises `Undeclared` and
    `Missing`."""
    dispatcher = Dispatcher(disable_fsm=True, name="ikmpay", **provided)
    for router in routers:
        for kind, observer in router.observers.items():
            # Not included: an event that goes from router to router is wrapped anew for each.
            dispatcher.observers[kind].handlers.extend(observer.handlers)
    check_parameters(dispatcher, set(provided) | Context.GIVES, by_name)
    check_commands(dispatcher, verbs)

    async def edited(message: Message, asked: Asked | Unclear | None, dialogs: Dialogs | None = None) -> None:
        """An edited command: where it would move money its author is told that it doesn't, and what it asked for
        before does not go on either."""
        if dialogs is not None:
            await forget_edited(dialogs, message)
        if asked is not None and asked.verb in MOVES_MONEY:
            raise refusals.MessageEdited

    dispatcher.edited_message.register(edited, flags=accepts(group=True, joined=False))
    for kind in dispatcher.resolve_used_update_types():
        dispatcher.observers[kind].outer_middleware(context)
        dispatcher.observers[kind].middleware(guard)
    dispatcher.callback_query.outer_middleware(presses)
    return dispatcher


def way_of(observer: TelegramEventObserver) -> Next:
    """From an event through the outer middlewares to the first handler that wants it, and to that one through the inner
    ones: as aiogram's own routers go, but put together once and not for every event."""
    async def call(event: TelegramObject, data: dict[str, Any]) -> Any:
        return await data["handler"].call(event, **data)

    inner = _through(observer.middleware, call)
    by_mark, others = _by_mark(observer.handlers)

    async def choose(event: TelegramObject, data: dict[str, Any]) -> Any:
        for handler in by_mark.get(_mark_of(event, data), others):
            data["handler"] = handler
            if await _wants(handler, event, data):
                return await inner(event, data)
        return UNHANDLED

    return _through(observer.outer_middleware, choose)


def _by_mark(handlers: Sequence[HandlerObject]) -> tuple[Mapping[Hashable, Sequence[HandlerObject]],
                                                         Sequence[HandlerObject]]:
    """Which handlers are to be asked about an event with a mark, in their order, and which about one with any other.
    There are hundreds, and nearly all of them want events with one mark."""
    wanted = [(handler, _marks_wanted(handler)) for handler in handlers]
    known = frozenset().union(*[marks for _handler, marks in wanted if marks is not None])
    return ({mark: [handler for handler, marks in wanted if marks is None or mark in marks] for mark in known},
            [handler for handler, marks in wanted if marks is None])


def _marks_wanted(handler: HandlerObject) -> frozenset[Hashable] | None:
    """The marks of which an event must have one for a handler to want it; None where its filters don't say."""
    for wanted in handler.filters or ():
        match wanted.callback:
            case CallbackQueryFilter(callback_data=carried):
                assert carried.__separator__ == BETWEEN
                return frozenset((carried.__prefix__, carried.FORMER) if issubclass(carried, Renamed)
                                 else (carried.__prefix__,))
            case Asks(verb=verb):
                return frozenset((verb,))
            case AsksUnclearly(verbs=verbs):
                return frozenset((Unclear, verb) for verb in verbs)
            case InDialog():
                return frozenset((None,))
    return None


def _mark_of(event: TelegramObject, data: Mapping[str, Any]) -> Hashable:
    """A button's prefix; else the command that is asked for, clearly or not, or None."""
    if isinstance(event, CallbackQuery):
        return (event.data or "").partition(BETWEEN)[0]
    asked = data.get("asked")
    return (Unclear, asked.verb) if isinstance(asked, Unclear) else asked.verb if asked is not None else None


async def _wants(handler: HandlerObject, event: TelegramObject, data: dict[str, Any]) -> bool:
    """Whether all filters of a handler let an event through; if so, what they found stands in its data."""
    known = data
    for wanted in handler.filters or ():
        # A magic filter only looks at the event, and aiogram would take it to another thread for that.
        found = wanted.callback(event) if wanted.magic is not None else await wanted.call(event, **known)
        if not found:
            return False
        if isinstance(found, dict):
            known = known | found  # Another handler is not to be given what one found that does not want it.
    if known is not data:
        data.update(known)
    return True


def _through(middlewares: Iterable[Callable[..., Any]], last: Next) -> Next:
    for middleware in reversed(list(middlewares)):
        last = partial(middleware, last)
    return last


class Handling:
    """Handles stored updates: the `Handler` of the inbox."""

    def __init__(self, dispatcher: Dispatcher, bot: Bot, refuse: Refuse, metrics: Metrics) -> None:
        self._dispatcher = dispatcher
        self._bot = bot
        self._refuse = refuse
        self._ended: dict[State, Counter] = {state: metrics.inbox.labels(state) for state in get_args(State)}
        self._ways = {kind: way_of(dispatcher.observers[kind]) for kind in READ}

    async def handle(self, arrival: Arrival) -> State:
        """Read it and hand it to whoever wants it."""
        if not is_possible(arrival):
            log.warning("an update has numbers that nothing has", update=arrival.id.update_id)
            return self._count("dead")
        kind = next((kind for kind in READ if arrival.update.get(kind) is not None), None)
        if kind is None:
            return self._count("done")  # Perhaps of a newer Bot API: nobody here wants it.
        try:
            event = READ[kind].model_validate(arrival.update[kind], context={"bot": self._bot})
        except ValidationError as error:
            log.warning("an update can't be read", update=arrival.id.update_id, faults=error.error_count())
            return self._count("dead")
        try:
            result = await self._ways[kind](event, {
                **self._dispatcher.workflow_data, "bot": self._bot, "arrival": arrival,
                "event_router": self._dispatcher})
        except UNTOLD as error:
            _let_go(arrival, error)
            return self._count("done")
        return self._count("refused" if result is REFUSED else "done")

    async def refuse(self, arrival: Arrival, refusal: Refusal) -> State:
        """Tell the person about a refusal that stored nothing, after the last try."""
        event, data = arrival.more["event"], arrival.more["data"]
        try:
            await self._refuse(event, refusal, data)
        except UNTOLD as error:
            _let_go(arrival, error)
        return self._count("refused")

    async def apologise(self, arrival: Arrival, reference: str) -> None:
        """Tell the person that this is our fault."""
        self._count("dead")
        event, data = arrival.more.get("event"), arrival.more.get("data")
        if isinstance(event, CallbackQuery) and data is not None:
            await event.answer(data["speaker"].plain(sorry(reference))[:200], show_alert=True)
        elif isinstance(event, Message) and event.from_user is not None and data is not None:
            if event.from_user.id in NOBODY or event.sender_chat is not None:
                await reply(event, data["group_speaker"], sorry(reference))
                return
            await whisper(event, event.from_user.id, data["speaker"], sorry(reference), data["group_speaker"],
                          data["config"])

    def _count(self, state: State) -> State:
        self._ended[state].inc()
        return state


def _let_go(arrival: Arrival, error: TelegramAPIError) -> None:
    """Raise again what is no mere lack of somebody to be told."""
    if isinstance(error, TelegramBadRequest) and not any(word in error.message.lower() for word in OVER):
        raise error
    log.info("nobody could be told", update=arrival.id.update_id, reason=error.message)


def sorry(reference: str) -> Text:
    """What a person hears when the fault is ours."""
    return _("Sorry, something broke on our side. Whether money moved is in /history: please look there before you try "
             "again. Our number for this is {reference}.", reference=Code(reference))
