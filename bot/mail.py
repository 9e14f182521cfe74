"""Mail over SMTP.

Guards: what is sent and the password go over TLS, unless the server is on this machine; sending takes a bounded time,
and never more than so many at once.
"""
from __future__ import annotations

import asyncio
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from handlers.mail import NotMailed

TIMEOUT: Final = 15.0
"""Seconds for each answer of the server."""
AT_ONCE: Final = 4
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

log = structlog.get_logger(__name__)


class Smtp:
    """`handlers.mail.Mailer` by a server: `smtps://user:password@host`, or `smtp://` with STARTTLS."""

    def __init__(self, url: str, sender: str, brand: str) -> None:
        parts = urlsplit(url)
        self._host, self._port, self._tls = parts.hostname, parts.port, parts.scheme == "smtps"
        self._user, self._password = unquote(parts.username or "") or None, unquote(parts.password or "") or None
        self._from = f"{brand} <{sender}>" if brand.isascii() and brand.isalnum() else sender
        self._room = asyncio.Semaphore(AT_ONCE)

    async def send(self, address: str, subject: str, text: str) -> None:
        """See `Mailer`."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._from, address, subject
        mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain=self._from.rpartition("@")[2].rstrip(">"))
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text)
        start_tls = None if self._tls or self._host in LOOPBACK else True
        async with self._room:
            try:
                await aiosmtplib.send(mail, hostname=self._host, port=self._port, username=self._user,
                                      password=self._password, use_tls=self._tls, timeout=TIMEOUT,
                                      start_tls=False if self._tls else start_tls)
            except (aiosmtplib.SMTPException, OSError) as error:
                log.warning("mail.not_sent", reason=type(error).__name__)  # Its words may hold the address.
                raise NotMailed from error
