"""Guest mode: a bot that is no member of a group is called by its name there, and answers once.

Guards: a bot hears only the message that calls it, and says only what answers that message.
"""

from . import inline
from .calls import Call, Handler, Result, inline_id
from .shapes import Json
from .threads import without_reply


def answer_guest_query(call: Call) -> Result:
    world = call.world
    kept = inline.offered(world, call.values["result"])
    question = world.answered("guest", call.values["guest_query_id"], {"result": kept["id"]})
    chat = world.chats[question.chat_id]
    calling = chat.posts.get(question.facts["key"])
    content: Json = dict(kept["content"])
    if calling is not None:
        content |= {"reply_to_message": without_reply(calling.message), **_caller(calling.message)}
    post = world.post(chat, world.bot_id, content, author={"from": world.bot}, facts=kept["facts"])
    return {"inline_message_id": inline_id(post)}


def _caller(message: Json) -> Json:
    """Who called the bot: a person, or the group or channel for which somebody spoke."""
    if "sender_chat" in message:
        return {"guest_bot_caller_chat": message["sender_chat"]}
    return {"guest_bot_caller_user": message["from"]}


PLAYED: dict[str, Handler] = {"answerGuestQuery": answer_guest_query}
