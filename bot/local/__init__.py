"""The local chat: a Telegram stand-in that speaks the HTTP Bot API, and a page to be people in.

Guards: a bot can't tell it from Telegram by what it answers, refuses or delivers. `docs/local-chat.md` is its
protocol.
"""
