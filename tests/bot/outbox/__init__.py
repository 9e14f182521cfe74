"""The way out: who is told what, when, how often, and what happens when Telegram does not play along."""
