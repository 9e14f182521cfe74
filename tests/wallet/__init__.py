"""What the wallet promises, without a database or a chat."""
