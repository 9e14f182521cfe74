"""Whole stories: people write and tap in the local chat, the bot answers through everything it has."""
