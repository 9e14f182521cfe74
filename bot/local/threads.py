"""Where in a chat a message stands: in which topic of a forum, in which thread of replies.

Guards: people and bots come by the same rules into the same threads; a message of the general topic carries no
thread, as on Telegram.
"""

from .shapes import Json
from .state import Chat, Post

GENERAL = 1


def without_reply(message: Json) -> Json:
    return {name: value for name, value in message.items() if name != "reply_to_message"}


def general(chat: Chat) -> Json:
    """The general topic, which every forum has."""
    return chat.topics.get(GENERAL, {"name": "General", "icon_color": 0x6FB9F0, "is_closed": False})


def placed(chat: Chat, thread: int | None, replied: Post | None) -> Json | None:
    """The fields that say where a message stands; none when there is no such thread."""
    if chat.forum:
        return _in_forum(chat, thread, replied)
    if chat.type != "supergroup":
        return {} if thread is None else None
    if thread is not None:
        return {"message_thread_id": thread} if f"m{thread}" in chat.posts else None
    if replied is None or not replied.message["message_id"]:
        return {}
    return {"message_thread_id": replied.message.get("message_thread_id", replied.message["message_id"])}


def _in_forum(chat: Chat, thread: int | None, replied: Post | None) -> Json | None:
    if thread is None and replied is not None:
        thread = replied.message.get("message_thread_id")
    if thread is None:
        return {}
    if thread == GENERAL or thread not in chat.topics:
        return None
    head: Json = {"message_thread_id": thread, "is_topic_message": True}
    root = chat.posts.get(f"m{thread}")
    if replied is None and root is not None:
        head["reply_to_message"] = without_reply(root.message)
    return head


def is_closed(chat: Chat, head: Json) -> bool:
    """Whether the topic of these fields takes messages from administrators only."""
    if not chat.forum:
        return False
    topic = chat.topics.get(head.get("message_thread_id", 0)) or general(chat)
    return bool(topic["is_closed"])
