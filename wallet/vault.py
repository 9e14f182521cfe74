"""Secrets at rest: sealing personal fields, digests for looking them up, and the deployment's own secret.

Guards: a phone number in the database is unreadable without the deployment's secret and the member's key; destroying
a member's key makes what it sealed unreadable for ever, in every backup. Digests are keyed, so a stolen database
cannot be searched for a number by trying all of them.
"""
from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE: Final = 12


class Unreadable(Exception):
    """What was sealed cannot be opened: another secret, or changed by hand."""


class Vault:
    """Seals with AES-256-GCM; digests with HMAC-SHA-256. Every use has a key of its own, derived from the secret."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("the deployment's secret needs at least 32 bytes")
        self._secret = secret
        self._wrap = AESGCM(self.derived("member-keys"))
        self._raw = AESGCM(self.derived("raw-updates"))

    def derived(self, purpose: str) -> bytes:
        """A key for one purpose."""
        return hmac.digest(self._secret, b"ikmpay/" + purpose.encode(), "sha256")

    def digest(self, purpose: str, text: str) -> str:
        """A keyed digest as hex: equal texts have equal digests, and nothing else can be told from it."""
        return hmac.digest(self.derived(purpose), text.encode(), hashlib.sha256).hex()

    # --------------------------------------------------------------------------------- a member's own fields
    def new_member_key(self) -> bytes:
        """A fresh key for a member, sealed with the deployment's."""
        nonce = os.urandom(NONCE)
        return nonce + self._wrap.encrypt(nonce, secrets.token_bytes(32), b"")

    def seal_for(self, wrapped_key: bytes, text: str) -> bytes:
        """Seal a text with a member's key."""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._unwrapped(wrapped_key)).encrypt(nonce, text.encode(), b"")

    def open_for(self, wrapped_key: bytes, sealed: bytes) -> str:
        """The text behind a sealed field. Raises `Unreadable`."""
        try:
            return AESGCM(self._unwrapped(wrapped_key)).decrypt(sealed[:NONCE], sealed[NONCE:], b"").decode()
        except InvalidTag as error:
            raise Unreadable from error

    def _unwrapped(self, wrapped_key: bytes) -> bytes:
        try:
            return self._wrap.decrypt(wrapped_key[:NONCE], wrapped_key[NONCE:], b"")
        except InvalidTag as error:
            raise Unreadable from error

    # --------------------------------------------------------------------------------- what only passes through
    def seal(self, data: bytes) -> bytes:
        """Seal what the deployment keeps for a while: raw updates, dialogs."""
        nonce = os.urandom(NONCE)
        return nonce + self._raw.encrypt(nonce, data, b"")

    def open(self, sealed: bytes) -> bytes:
        """The data behind `seal`. Raises `Unreadable`."""
        try:
            return self._raw.decrypt(sealed[:NONCE], sealed[NONCE:], b"")
        except InvalidTag as error:
            raise Unreadable from error


def secret_in(folder: Path) -> bytes:
    """The secret kept in a folder, made at the first call; readable by its owner only."""
    path = folder / "secret.key"
    try:
        return bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        secret = secrets.token_bytes(32)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secret.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        return secret
