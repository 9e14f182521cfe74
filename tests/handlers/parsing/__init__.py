"""What people type, as the parser reads it."""
