"""The control API: tests, scripts and the page act as any person and change the world, in JSON.

Guards: every act gives back the cursor from before it, so that whoever waits from there misses nothing and needs no
sleep.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from . import acts, groups, members, mini_apps, topics, views
from .call_log import MAX_CALLS
from .errors import ActError, ApiError, bad_act, no_such
from .events import Event
from .files import MAX_FILE, SHOWN
from .given import Act, Given
from .search import search
from .services import MAX_WAIT, Services, answered
from .shapes import Json, parsed
from .state import Chat, Person, Post, Press, World

log = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
MAX_FAULTS = 100
_CONTACT_TEXTS = ("phone_number", "first_name", "last_name")
_USER_FIELDS = ("first_name", "last_name", "username", "language_code")


class Control:
    """The `/local/…` paths over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.acts: dict[str, Act] = {
            "say": self._say,
            "edit": self._edit,
            "delete": self._delete,
            "forward": self._forward,
            "press": self._press,
            "tap": self._tap,
            "contact": self._contact,
            "location": self._location,
            "open": self._open,
            "block": self._block,
            "read": self._read,
            "join": lambda given: self._move(given, "member"),
            "leave": lambda given: self._move(given, "left"),
            "people": self._add_person,
            "chats": self._add_chat,
            "errors": self._add_error,
            "topic": self._topic,
            "update": self._raw_update,
            "reset": self._reset,
            **Services(world).acts,
        }

    def add_routes(self, app: web.Application) -> None:
        for path, answer in (
            ("state", self._state),
            ("wait", self._wait),
            ("updates", self._updates),
            ("errors", self._errors),
            ("calls", self._calls),
            ("search", self._search),
            ("chats/{chat_id}", self._chat),
            ("chats/{chat_id}/messages", self._messages),
        ):
            app.router.add_get(f"/local/{path}", _json(answer))
        app.router.add_get("/local/files/{file_id}", self._file)
        app.router.add_delete("/local/errors", _json(self._clear_errors))
        app.router.add_post("/local/upload", _json(self._upload))
        app.router.add_post("/local/people/{person_id}", _json(self._change_person))
        app.router.add_post("/local/chats/{chat_id}/members", _json(self._set_member))
        app.router.add_post("/local/chats/{chat_id}/migrate", _json(self._migrate))
        app.router.add_post("/local/chats/{chat_id}", _json(self._change_chat))
        app.router.add_post("/local/{act}", _json(self._act))

    # ------------------------------------------------------------ reading

    async def _state(self, request: web.Request) -> Json:
        return views.state(self.world, self._as(Given(dict(request.query))))

    def _as(self, given: Given) -> int:
        return self.world.person(given.integer("as")).id

    async def _chat(self, request: web.Request) -> Json:
        given = Given({**request.query, **request.match_info})
        person = self._as(given)
        return views.chat_view(self.world, acts.own_chat(self.world, person, given.integer("chat_id")), person)

    async def _messages(self, request: web.Request) -> Json:
        given = Given({**request.query, **request.match_info})
        person, limit = self._as(given), min(max(given.integer("limit", views.NEWEST), 1), 200)
        chat = acts.own_chat(self.world, person, given.integer("chat_id"))
        before = acts.seen_post(chat, person, given.text("before")).n if given.has("before") else None
        topic = given.integer("message_thread_id") if given.has("message_thread_id") else None
        posts, more = views.visible(chat, person, before=before, limit=limit, topic=topic)
        return {"messages": [self.world.shown(post, person) for post in posts], "more": more}

    async def _wait(self, request: web.Request) -> Json:
        given = Given(dict(request.query))
        person = given.integer("as", 0)
        if person:
            self.world.person(person)
        cursor, loop = given.integer("since"), asyncio.get_running_loop()
        end = loop.time() + min(given.number("timeout", 10.0), MAX_WAIT)
        while True:  # One turn for each change of the world, until one is for this person or time is up.
            events, lost = self.world.events.since(cursor)
            shown = [view for event in events if (view := self._wanted(event, person, given)) is not None]
            cursor = self.world.events.cursor
            left = end - loop.time()
            if shown or lost or left <= 0 or self.world.events.closed:
                return {"events": shown, "cursor": cursor, "lost": lost}
            await self.world.events.changed(cursor, left)

    def _wanted(self, event: Event, person: int, given: Given) -> Json | None:
        if event.type == "unread" or (given.has("chat_id") and event.chat_id != given.integer("chat_id")):
            return None
        if given.has("type") and event.type not in given.text("type").split(","):
            return None
        return views.event_view(self.world, event, person)

    async def _updates(self, _: web.Request) -> Json:
        return {"pending": len(self.world.updates), "updates": self.world.updates.pending()}

    async def _calls(self, request: web.Request) -> Json:
        given = Given(dict(request.query))
        limit, failed = min(max(given.integer("limit", 50), 1), MAX_CALLS), given.text("failed", "") == "true"
        since, method = given.integer("since", 0), given.text("method", "")
        log = self.world.calls
        loop = asyncio.get_running_loop()
        end = loop.time() + min(given.number("timeout", 0.0), MAX_WAIT)
        first = log.first
        while True:  # One turn for each change of the log, until something is wanted or time is up.
            calls = log.read(since=since, limit=limit, method=method, failed=failed)
            left = end - loop.time()
            if calls or left <= 0 or log.closed or log.last < since or log.first != first:
                return {"calls": calls, "first": log.first, "last": log.last}
            await log.changed(left)

    async def _search(self, request: web.Request) -> Json:
        given = Given(dict(request.query))
        before = given.integer("before") if given.has("before") else None
        person, query, limit = self._as(given), given.text("q"), given.integer("limit", 30)
        return search(self.world, person, query, chat_id=given.chat_id(), before=before, limit=limit)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        file = self.world.files.get(request.match_info["file_id"])
        if file is None:
            raise web.HTTPNotFound
        content = await asyncio.get_running_loop().run_in_executor(None, self.world.files.read, file)
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=86400"}
        if file.mime_type in SHOWN:
            return web.Response(body=content, content_type=file.mime_type, headers=headers)
        headers["Content-Disposition"] = "attachment"
        return web.Response(body=content, content_type="application/octet-stream", headers=headers)

    # ------------------------------------------------------------ acts

    async def _act(self, request: web.Request) -> Json:
        act = self.acts.get(request.match_info["act"])
        if act is None:
            raise no_such("act")
        return await self._done(act, await _body(request))

    async def _done(self, act: Act, given: Given) -> Json:
        """Carry out an act; it is on disk before it is answered."""
        cursor = self.world.events.cursor
        made = act(given)
        await self.world.journal.saved()
        result = made if isinstance(made, dict) else await made
        await self.world.journal.saved()
        return {**result, "cursor": cursor}

    def _message(self, post: Post) -> Json:
        return {"message": self.world.shown(post, post.sender)}

    def _say(self, given: Given) -> Json:
        mode = given.text("parse_mode") if given.has("parse_mode") else None
        person, chat_id, text, manner = given.integer("as"), given.chat_id(), given.text("text"), given.manner()
        facts = {name: getattr(manner, name) for name in acts.Manner.__slots__}
        post = acts.say(self.world, person, chat_id, text, entities=given.entities(), parse_mode=mode, **facts)
        return self._message(post)

    def _edit(self, given: Given) -> Json:
        mode = given.text("parse_mode") if given.has("parse_mode") else None
        person, text = given.integer("as"), given.text("text")
        return self._message(acts.edit(self.world, person, given.chat_id(), given.key(), text, given.entities(), mode))

    def _delete(self, given: Given) -> Json:
        acts.delete(self.world, given.integer("as"), given.chat_id(), given.key())
        return {}

    def _forward(self, given: Given) -> Json:
        person, source, goal = given.integer("as"), given.chat_id("from_chat_id"), given.chat_id()
        manner = acts.Manner(thread=given.manner().thread, as_chat=given.manner().as_chat)
        return self._message(acts.forward(self.world, person, source, given.key(), goal, manner))

    async def _press(self, given: Given) -> Json:
        person, timeout = given.integer("as"), min(given.number("timeout", 10.0), MAX_WAIT)
        made = acts.press(self.world, person, given.chat_id(), given.key(), given.values)
        if isinstance(made, Press):
            answer = await answered(self.world, made, timeout)
            return {
                "kind": "callback",
                "callback_query_id": made.id,
                "answered": answer is not None,
                **(answer or {}),
            }
        if made["kind"] == "web_app":
            chat = acts.own_chat(self.world, person, given.chat_id())
            return mini_apps.from_button(self.world, person, chat, made["url"])
        return made

    def _tap(self, given: Given) -> Json:
        wanted = {**given.values, "user_ids": given.integers("user_ids")}
        wanted |= {name: given.number(name) for name in ("latitude", "longitude") if given.has(name)}
        made = acts.tap(self.world, given.integer("as"), given.chat_id(), wanted)
        return self._message(made) if isinstance(made, Post) else mini_apps.from_keyboard(made["button"])

    def _contact(self, given: Given) -> Json:
        person, manner = given.integer("as"), given.manner()
        shared: Json = {name: given.text(name)[:64] for name in _CONTACT_TEXTS if given.has(name)}
        shared |= {name: given.integer(name) for name in ("person_id", "user_id") if given.has(name)}
        return self._message(acts.share_contact(self.world, person, given.chat_id(), shared, manner))

    def _location(self, given: Given) -> Json:
        place, person = {name: given.number(name) for name in ("latitude", "longitude")}, given.integer("as")
        return self._message(acts.share_location(self.world, person, given.chat_id(), place, given.manner()))

    def _open(self, given: Given) -> Json:
        payload = given.text("start") if given.has("start") else acts.payload_of(self.world, given.text("link"))
        if given.has("chat_id"):
            post = acts.add_bot(self.world, given.integer("as"), given.integer("chat_id"), payload)
        else:
            post = acts.open_bot(self.world, given.integer("as"), payload)
        return {**self._message(post), "chat_id": post.chat_id}

    def _block(self, given: Given) -> Json:
        acts.block(self.world, given.integer("as"), blocked=given.flag("blocked"))
        return {}

    def _topic(self, given: Given) -> Json:
        chat = acts.own_chat(self.world, given.integer("as"), given.chat_id())
        wanted: Json = {name: given.flag(name) for name in ("is_closed", "deleted") if given.has(name)}
        wanted |= {"name": given.text("name")} if given.has("name") else {}
        wanted |= {"message_thread_id": given.integer("message_thread_id")} if given.has("message_thread_id") else {}
        return topics.by_person(self.world, chat, given.integer("as"), wanted)

    def _read(self, given: Given) -> Json:
        acts.mark_read(self.world, given.integer("as"), given.chat_id())
        return {}

    def _group(self, chat_id: int | None) -> Chat:
        chat = self.world.chats.get(chat_id or 0)
        if chat is None or chat.private:
            raise no_such("group")
        return chat

    def _move(self, given: Given, status: str) -> Json:
        chat, person = self._group(given.chat_id()), self._as(given)
        if chat.inside(person) == (status == "member"):
            raise ActError(409, "conflict", "That is already so.")
        if status == "member" and chat.members.get(person) == "kicked":
            raise ActError(403, "forbidden", "This person was banned here.")
        post = members.place(self.world, chat, person, status, person)
        return self._message(post) if post else {}

    async def _upload(self, request: web.Request) -> Json:
        form = await request.post()
        file = form.get("file")
        if not isinstance(file, web.FileField):
            raise bad_act("file must be a file.")
        given = Given({name: value for name, value in form.items() if isinstance(value, str)})
        content = file.file.read(MAX_FILE + 1)

        def act(given: Given) -> Json:
            person, kind, caption = given.integer("as"), given.text("kind"), given.text("caption", "")
            where, manner, album = given.chat_id(), given.manner(), given.text("album", "")
            sent = acts.upload(self.world, person, where, kind, file.filename, content, caption, manner, album)
            return self._message(sent)

        return await self._done(act, given)

    # ------------------------------------------------------------ changing the world

    def _add_person(self, given: Given) -> Json:
        number = given.integer("id") if given.has("id") else max([1_000_000, *self.world.people]) + 1
        if number <= 0 or number == self.world.bot_id or number in self.world.people:
            raise ActError(409, "conflict", "This id is taken.")
        phone = given.text("phone_number") if given.has("phone_number") else None
        person = Person({"id": number, "is_bot": False, "first_name": given.text("first_name")}, phone)
        self._name(person, given)
        for chat_id in given.integers("chat_ids"):
            members.place(self.world, self._group(chat_id), number, "member", number)
        return {"person": views.person_view(self.world, person)}

    async def _change_person(self, request: web.Request) -> Json:
        given = await _body(request)
        person = self.world.person(Given(dict(request.match_info)).integer("person_id"))

        def act(given: Given) -> Json:
            if "phone_number" in given.values:
                person.phone = given.text("phone_number") if given.has("phone_number") else None
            for name in ("hides_forwards", "deactivated"):
                if given.has(name):
                    setattr(person, name, given.flag(name))
            self._name(person, given)
            return {"person": views.person_view(self.world, person)}

        return await self._done(act, given)

    def _name(self, person: Person, given: Given) -> None:
        """Give a person the names of a request; a username taken from somebody else leaves them without."""
        user = dict(person.user)
        for name in _USER_FIELDS:
            if name in given.values:
                if given.has(name):
                    user[name] = given.text(name)[:64]
                else:
                    user.pop(name, None)
        if not user.get("first_name"):
            raise bad_act("first_name must be a string.")
        for other in self.world.people.values():
            if other.id != person.id and user.get("username") and other.user.get("username") == user["username"]:
                other.user = {name: value for name, value in other.user.items() if name != "username"}
                self.world.keep_person(other)
        person.user = user
        self.world.keep_person(person)
        self.world.events.tell("people")

    def _add_chat(self, given: Given) -> Json:
        chat = groups.made(self.world, given.values, given.text("title"), given.integers("members"))
        return {"chat": views.chat_view(self.world, chat, given.integers("members")[0])}

    async def _change_chat(self, request: web.Request) -> Json:
        chat = self._group(Given(dict(request.match_info)).integer("chat_id"))

        def act(given: Given) -> Json:
            actor, title = self._actor(given, chat), given.text("title") if given.has("title") else ""
            groups.changed(self.world, chat, given.values, title, actor)
            return {"chat": views.chat_view(self.world, chat, actor)}

        return await self._done(act, await _body(request))

    async def _migrate(self, request: web.Request) -> Json:
        chat = self._group(Given(dict(request.match_info)).integer("chat_id"))

        def act(given: Given) -> Json:
            actor = self._actor(given, chat)
            return {"chat": views.chat_view(self.world, groups.migrated(self.world, chat, actor), actor)}

        return await self._done(act, await _body(request))

    async def _set_member(self, request: web.Request) -> Json:
        chat = self._group(Given(dict(request.match_info)).integer("chat_id"))

        def act(given: Given) -> Json:
            who, actor = given.integer("person_id"), self._actor(given, chat)
            members.place(self.world, chat, who, given.text("status"), actor, _place_facts(given))
            return {"chat": views.chat_view(self.world, chat, actor)}

        return await self._done(act, await _body(request))

    def _actor(self, given: Given, chat: Chat) -> int:
        """Who changes a group: who is named, else its owner, else whoever is in it, else anybody."""
        if given.has("as"):
            return self._as(given)
        people = [person for person in chat.members if person in self.world.people]
        owners = [person for person in people if chat.members[person] == "creator"]
        return next(iter([*owners, *filter(chat.inside, people), *self.world.people]))

    def _add_error(self, given: Given) -> Json:
        code = given.integer("error_code", 500)
        if not 400 <= code <= 599 or len(self.world.faults) >= MAX_FAULTS:
            raise bad_act("error_code must be 400 to 599, and there are at most 100 errors.")
        fault: Json = {
            "method": given.text("method", "*").lower(),
            "error_code": code,
            "when": given.text("when", "before"),
        }
        fault |= {"times": given.integer("times", 1), "cut": given.flag("cut")}
        if given.has("chat_id"):
            fault["chat_id"] = given.integer("chat_id")
        if given.has("description"):
            fault["description"] = given.text("description")
        if code == 429 or given.has("retry_after"):
            fault["retry_after"] = given.integer("retry_after", 1)
        if given.has("migrate_to_chat_id"):
            fault["migrate_to_chat_id"] = given.integer("migrate_to_chat_id")
        number = self.world.count("fault")
        self.world.faults[number] = fault
        return {"id": number}

    async def _errors(self, _: web.Request) -> Json:
        return {"errors": [{"id": number, **fault} for number, fault in self.world.faults.items()]}

    async def _clear_errors(self, _: web.Request) -> Json:
        self.world.faults.clear()
        return {}

    def _raw_update(self, given: Given) -> Json:
        return {"update_id": self.world.updates.put_raw(given.values)}

    def _reset(self, given: Given) -> Json:
        self.world.reset(people=given.flag("people"))
        return {}


def _place_facts(given: Given) -> Json:
    """What a place may have besides its status."""
    facts: Json = {name: given.flag(name) for name in ("is_anonymous", "is_member") if given.has(name)}
    if given.has("rights"):
        facts["rights"] = {name: given.object("rights").get(name) is True for name in members.ALL_RIGHTS}
    facts |= {"permissions": given.object("permissions")} if given.has("permissions") else {}
    facts |= {"until_date": given.integer("until_date")} if given.has("until_date") else {}
    return facts | ({"custom_title": given.text("custom_title")[:16]} if given.has("custom_title") else {})


# ---------------------------------------------------------------- requests and answers


async def _body(request: web.Request) -> Given:
    if request.content_type != "application/json":
        raise ActError(415, "json_wanted", "Send JSON with Content-Type: application/json.")
    if (request.content_length or 0) > MAX_BODY:
        raise ActError(413, "too_large", "The body is larger than 1 MB.")
    raw = await request.read()
    if len(raw) > MAX_BODY:
        raise ActError(413, "too_large", "The body is larger than 1 MB.")
    try:
        body: Any = parsed(raw or b"{}")
    except (ValueError, RecursionError):
        raise bad_act("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise bad_act("The body must be a JSON object.")
    return Given(body)


def _json(answer: Callable[[web.Request], Awaitable[Json]]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Answer with a result or with a refusal, both in the form that is documented."""

    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            return _response({"ok": True, "result": await answer(request)}, 200)
        except ActError as error:
            return _response({"ok": False, "error": error.error, "description": error.description}, error.status)
        except ApiError as error:
            words = error.description.removeprefix("Bad Request: ")
            return _response({"ok": False, "error": "bad_request", "description": words}, 400)
        except web.HTTPRequestEntityTooLarge:
            return _response({"ok": False, "error": "too_large", "description": "The body is too large."}, 413)
        except Exception:
            log.exception("%s could not be carried out", request.path)
            return _response({"ok": False, "error": "failed", "description": "The local chat made a mistake."}, 500)

    return serve


def _response(body: Json, status: int) -> web.Response:
    return web.Response(
        body=json.dumps(body, ensure_ascii=False).encode(), status=status, content_type="application/json"
    )
