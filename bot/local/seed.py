"""The world of the first start: four people and the group in which they meet the bot; and, where nobody else is named,
two operators with a group of their own.

Guards: ids never change between versions, so a wallet that was opened by Alice stays Alice's.
"""

from .shapes import Json

GROUP_ID = -1001000000001
GROUP_TITLE = "周五饭局 · Friday dinner"
BOT_USERNAME = "ikmpay_bot"

# Telegram's own accounts: who stands at a message of an anonymous administrator, at one of a channel in a group, and
# at what a channel forwards into its group.
GROUP_BOT: Json = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
CHANNEL_BOT: Json = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
TELEGRAM: Json = {"id": 777000, "is_bot": False, "first_name": "Telegram"}

PEOPLE: tuple[Json, ...] = (
    {
        "id": 1000001,
        "first_name": "Alice",
        "last_name": "Chen",
        "username": "alice",
        "language_code": "en",
        "phone_number": "+447400123456",
    },
    {
        "id": 1000002,
        "first_name": "李明",
        "username": "liming",
        "language_code": "zh-hans",
        "phone_number": "+8613812345678",
    },
    {
        "id": 1000003,
        "first_name": "Bob",
        "last_name": "Smith",
        "username": "bob",
        "language_code": "en",
        "phone_number": "+447911123456",
    },
    {
        "id": 1000004,
        "first_name": "王芳",
        "username": "wangfang",
        "language_code": "zh-hans",
        "phone_number": "+8613987654321",
    },
)

OPERATORS_GROUP_ID = -1001900000001
OPERATORS_GROUP_TITLE = "运营群 · Operators"

OPERATORS: tuple[Json, ...] = (
    {
        "id": 1000101,
        "first_name": "Grace",
        "last_name": "Lin",
        "username": "grace",
        "language_code": "en",
        "phone_number": "+447700900101",
    },
    {
        "id": 1000102,
        "first_name": "周杰",
        "username": "zhoujie",
        "language_code": "zh-hans",
        "phone_number": "+8613700000102",
    },
)
