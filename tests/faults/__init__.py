"""Killing, cutting and filling up on purpose: what must never happen does not happen then either."""
