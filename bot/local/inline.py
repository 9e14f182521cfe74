"""Inline mode: what a person asks in any chat, what the bot offers, and what is sent through the bot.

Guards: only a result that the bot offered for this very query is sent; it is built when the bot offers it, so that
choosing it can't fail.
"""

from . import files, payments
from .acts import Manner, own_chat, write, writing_chat
from .calls import Call, Handler, Result, caption_of, file_of, inline_id, rich_of, text_of
from .entities import utf16
from .errors import bad_act, bad_request, no_such, not_allowed
from .rules import check_button_action, check_start_parameter, checked_markup
from .sending import contact_of, preview_of, venue_of
from .shapes import Json, picked
from .state import Post, Question, World

LIFE = 10
CHOICE = 3600
PREPARED = 86_400
MAX_QUERY = 256
MAX_RESULTS = 50
MAX_CACHED = 500
_CACHED = {
    "photo_file_id": "photo",
    "document_file_id": "document",
    "gif_file_id": "animation",
    "mpeg4_file_id": "animation",
    "video_file_id": "video",
    "audio_file_id": "audio",
    "voice_file_id": "voice",
}
_SHOWN = ("type", "id", "title", "description", "url", "thumbnail_url", "first_name", "phone_number", "address")
# People have no private chats with each other here.
_PLACES: dict[str, tuple[str, ...]] = {
    "allow_user_chats": (),
    "allow_bot_chats": ("private",),
    "allow_group_chats": ("group", "supergroup"),
    "allow_channel_chats": ("channel",),
}
_CAPTION = ("caption", "parse_mode", "caption_entities", "show_caption_above_media")


# ---------------------------------------------------------------- what a bot offers


def offered(world: World, result: Json) -> Json:
    """A result as it is kept: what people are shown of it, and the message it will be."""
    if not 1 <= len(result["id"].encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    content, facts = _content(world, result)
    markup = checked_markup(result.get("reply_markup"), private=False, inline_only=True)
    if "invoice" in content:
        markup, facts = payments.checked_pay_keyboard(facts["invoice"], markup)
    if markup:
        content["reply_markup"] = markup
    shown = picked(result, _SHOWN)
    for name in _CACHED:
        shown |= {"file_id": result[name]} if name in result else {}
    return {"id": result["id"], "shown": shown, "content": content, "facts": facts | {"inline": result["id"]}}


def _content(world: World, result: Json) -> tuple[Json, Json]:
    """The message that a result will be, and what belongs to it without being part of it."""
    said = result.get("input_message_content")
    if said is not None:
        return _said(world, said)
    for name, kind in _CACHED.items():
        if name in result:
            call = Call(world, picked(result, _CAPTION))
            return files.shown(file_of(call, kind, result[name]), kind) | caption_of(call), {}
    if result["type"] in ("contact", "location", "venue"):
        return _said(world, result)
    if result["type"] in ("article", "game"):
        raise bad_request("SEND_MESSAGE_TYPE_INVALID" if result["type"] == "article" else "GAME_BOT_INVALID")
    raise bad_request("failed to get HTTP URL content")


def _said(world: World, said: Json) -> tuple[Json, Json]:
    call = Call(world, said)
    if "message_text" in said:
        text, entities = text_of(call, said["message_text"])
        return {"text": text, **({"entities": entities} if entities else {}), **preview_of(call)}, {}
    if "rich_message" in said:
        return {"rich_message": rich_of(call)}, {}
    if "phone_number" in said:
        return contact_of(said), {}
    if "payload" in said:
        invoice = payments.invoice_of(said)
        return payments.shown(invoice), {"invoice": invoice}
    return venue_of(said), {}


def answer_inline_query(call: Call) -> Result:
    world, values = call.world, call.values
    results, offset = values["results"], values.get("next_offset", "")
    if len(results) > MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    if len({result["id"] for result in results}) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    if len(offset.encode()) > 64:
        raise bad_request("NEXT_OFFSET_INVALID")
    answer: Json = {"results": [offered(world, result) for result in results], "next_offset": offset}
    answer |= {"button": _checked_button(values["button"])} if "button" in values else {}
    question = world.answered("inline", values["inline_query_id"], answer)
    _remember(world, question, values.get("cache_time", 300), personal=bool(values.get("is_personal")))
    return True


def _checked_button(button: Json) -> Json:
    if ("web_app" in button) == ("start_parameter" in button):
        raise bad_request("can't parse inline query results button: exactly one of the optional fields must be used")
    check_button_action(picked(button, ("web_app",)))
    if "start_parameter" in button:
        check_start_parameter(button["start_parameter"])
    return button


def _remember(world: World, question: Question, seconds: int, *, personal: bool) -> None:
    """Telegram keeps an answer for everybody, or for the one who asked, and asks the bot no second time."""
    if seconds > 0:
        name = _cache_name(question.facts, question.person if personal else 0)
        world.inline_cache[name] = (world.clock() + seconds, question.answer or {})
        while len(world.inline_cache) > MAX_CACHED:
            world.inline_cache.pop(next(iter(world.inline_cache)))


def _cache_name(facts: Json, person: int) -> tuple[str, str, int]:
    return facts["query"], facts["offset"], person


def save_prepared(call: Call) -> Result:
    """A message that a Mini App lets its user send on."""
    world, person = call.world, call.values["user_id"]
    if person not in world.people:
        raise bad_request("user not found")
    kept, allowed = offered(world, call.values["result"]), [name for name in _PLACES if call.values.get(name)]
    question = world.ask("prepared", person, person, {"result": kept, "allowed": allowed}, PREPARED)
    return {"id": question.id, "expiration_date": world.now() + PREPARED}


def _may_go(allowed: list[str], kind: str) -> bool:
    """Whether a prepared message may be sent into such a chat; without a word, into any."""
    return not allowed or any(kind in _PLACES[name] for name in allowed)


# ---------------------------------------------------------------- what people do


def ask(world: World, person: int, chat_id: int | None, query: str, offset: str, place: Json | None) -> Question:
    """Type `@bot query` somewhere. An answer that is remembered is there at once."""
    if not world.settings.get("botfather", {}).get("inline"):
        raise not_allowed("Inline mode of this bot is off.")
    chat = own_chat(world, person, chat_id)
    if place:
        venue_of(place)
    if utf16(query) > MAX_QUERY or len(offset.encode()) > 64:
        raise bad_act(f"A query has at most {MAX_QUERY} characters.")
    facts: Json = {"query": query, "offset": offset, **({"location": place} if place else {})}
    question = world.ask("inline", person, chat.id, facts, LIFE)
    for who in (person, 0):
        until, answer = world.inline_cache.get(_cache_name(facts, who), (0.0, {}))
        if until > world.clock() and not place:
            question.answer = answer
            world.keep_question(question)
            return question
    asked: Json = {"id": question.id, "from": world.user(person), **facts}
    world.updates.put("inline_query", {**asked, "chat_type": "sender" if chat.private else chat.type})
    return question


def choose(world: World, person: int, chat_id: int | None, query_id: str, result_id: str, manner: Manner) -> Post:
    """Send a result that the bot offered, through the bot."""
    question = world.questions.get(query_id)
    if question is None or question.person != person or question.kind not in ("inline", "prepared"):
        raise no_such("query")
    if question.time < world.clock() - (CHOICE if question.kind == "inline" else PREPARED):
        raise no_such("query")
    if question.kind == "prepared":
        chat = own_chat(world, person, chat_id)
        if not _may_go(question.facts["allowed"], chat.type):
            raise not_allowed("This message is not meant for such a chat.")
        return through_bot(world, person, chat_id, question.facts["result"], manner)
    found = [result for result in (question.answer or {}).get("results", []) if result["id"] == result_id]
    if not found:
        raise no_such("result")
    post = through_bot(world, person, question.chat_id if chat_id is None else chat_id, found[0], manner)
    if world.settings.get("botfather", {}).get("inline_feedback", True):
        chosen: Json = {"result_id": result_id, "from": world.user(person), "query": question.facts["query"]}
        chosen |= picked(question.facts, ("location",))
        chosen |= {"inline_message_id": inline_id(post)} if "reply_markup" in post.message else {}
        world.updates.put("chosen_inline_result", chosen)
    return post


def through_bot(world: World, person: int, chat_id: int | None, result: Json, manner: Manner) -> Post:
    chat = writing_chat(world, person, chat_id)
    return write(world, chat, person, {**result["content"], "via_bot": world.bot}, manner, result["facts"])


PLAYED: dict[str, Handler] = {
    "answerInlineQuery": answer_inline_query,
    "savePreparedInlineMessage": save_prepared,
}
