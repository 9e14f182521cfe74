"""The agreements: their words, their pages, their versions."""
