"""The chat: one module per chapter of what people can ask the bot."""
