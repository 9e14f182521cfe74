"""The business: who may move which money, and what follows. No Telegram, no HTTP, no SQL, no language."""
