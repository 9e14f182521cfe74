"""What people do with money in the chat, and who sees what of it."""
