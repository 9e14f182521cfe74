"""Search as one person may: chats by title, people by name, messages by their words, the old ones too.

Guards: nothing is found that this person could not read by scrolling there.
"""

from collections.abc import Iterator
from heapq import merge

from . import views
from .acts import own_chat
from .shapes import Json
from .state import Chat, Post, World, full_name

MOST_NAMES = 8
MOST_WORDS = 8
MOST_MESSAGES = 100
# Where a message, and a rich one in all its depth, keeps what is read.
_READ = ("text", "caption", "rich_message", "blocks", "items", "cells", "summary", "credit", "label")
_READ_TOO = ("document", "file_name", "contact", "first_name", "last_name", "phone_number", "venue", "title", "address")


def search(world: World, person: int, query: str, *, chat_id: int | None, before: int | None, limit: int) -> Json:
    """What has all the words of the query; messages from the newest back, before a place when one is given."""
    words = query.casefold().split()[:MOST_WORDS]
    everywhere = chat_id is None and before is None
    chats = views.chats_of(world, person) if chat_id is None else [own_chat(world, person, chat_id)]
    limit = min(max(limit, 1), MOST_MESSAGES)
    found = list[Post]()
    for post in _from_the_newest(chats, person, before) if words else ():
        if _has(words, " ".join(_said(post.message)).casefold()):
            found.append(post)
            if len(found) > limit:
                break
    return {
        "chats": _chats(world, words, chats) if everywhere and words else [],
        "people": _people(world, words) if everywhere and words else [],
        "messages": [world.shown(post, person) for post in found[:limit]],
        "more": len(found) > limit,
    }


def _has(words: list[str], text: str) -> bool:
    return all(word in text for word in words)


def _chats(world: World, words: list[str], chats: list[Chat]) -> list[int]:
    titled = ((chat.id, chat.title or str(world.bot["first_name"])) for chat in chats)
    return [number for number, title in titled if _has(words, title.casefold())][:MOST_NAMES]


def _people(world: World, words: list[str]) -> list[int]:
    named = ((one.id, f"{full_name(one.user)} @{one.user.get('username', '')}") for one in world.people.values())
    return [number for number, name in named if _has(words, name.casefold())][:MOST_NAMES]


def _from_the_newest(chats: list[Chat], person: int, before: int | None) -> Iterator[Post]:
    """The posts of all these chats in one order; `n` rises over all chats."""
    each = (reversed(chat.posts.values()) for chat in chats)
    for post in merge(*each, key=lambda post: -post.n):
        if (before is None or post.n < before) and post.seen_by(person):
            yield post


def _said(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, list):
        for one in part:
            yield from _said(one)
    elif isinstance(part, dict):
        for name in (*_READ, *_READ_TOO):
            if name in part:
                yield from _said(part[name])
