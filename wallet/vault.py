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
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE: Final = 12
SECRET: Final = 32
"""Bytes of a deployment's secret, at least."""


class Unreadable(Exception):
    """What was sealed cannot be opened: another secret, or changed by hand."""


class BadSecret(Exception):
    """The file that should hold the secret holds none. Making another would lose what the lost one sealed."""


class Vault:
    """Seals with AES-256-GCM; digests with HMAC-SHA-256. Every use has a key of its own, derived from the secret."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < SECRET:
            raise ValueError(f"the deployment's secret needs at least {SECRET} bytes")
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
        return self.seal_data_for(wrapped_key, text.encode())

    def open_for(self, wrapped_key: bytes, sealed: bytes) -> str:
        """The text behind a sealed field. Raises `Unreadable`."""
        return self.open_data_for(wrapped_key, sealed).decode()

    def seal_data_for(self, wrapped_key: bytes, data: bytes) -> bytes:
        """Seal a picture with a member's key."""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._unwrapped(wrapped_key)).encrypt(nonce, data, b"")

    def open_data_for(self, wrapped_key: bytes, sealed: bytes) -> bytes:
        """The picture behind what was sealed. Raises `Unreadable`."""
        try:
            return AESGCM(self._unwrapped(wrapped_key)).decrypt(sealed[:NONCE], sealed[NONCE:], b"")
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


def kept_secret(folder: Path) -> bytes | None:
    """The secret kept in a folder, or None when there is none. Raises `BadSecret`."""
    path = folder / "secret.key"
    try:
        text = path.read_text("ascii").strip()
        secret = bytes.fromhex(text)
    except FileNotFoundError:
        return None
    except ValueError:
        secret = b""
    if len(secret) < SECRET:
        raise BadSecret(f"{path} holds no secret: put it back from a backup, or delete it if nobody has joined yet")
    return secret


def secret_in(folder: Path) -> bytes:
    """The secret kept in a folder, made at the first call; readable by its owner only. Raises `BadSecret`.

    It is there whole or not at all, and stays after a crash: what it seals is lost without it.
    """
    kept = kept_secret(folder)
    if kept is not None:
        return kept
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(".new", "secret.key.", folder)  # For its owner only.
    new = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_bytes(SECRET).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # Another process was quicker, and its secret is ours.
            os.link(new, folder / "secret.key")
    finally:
        new.unlink()
    _on_disk(folder)
    made = kept_secret(folder)
    assert made is not None
    return made


def _on_disk(folder: Path) -> None:
    """A file's name outlasts a crash only when its folder was written as well."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
