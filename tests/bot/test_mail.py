"""Mail goes out as one message to one address, over TLS unless the server is this machine's own."""
from __future__ import annotations

import asyncio

import pytest

from bot.mail import Smtp
from bot.settings import WrongSettings, read_settings
from handlers.mail import NotMailed


class Server:
    """The little of SMTP that a mail needs."""

    def __init__(self, *, takes: bool = True) -> None:
        self.takes = takes
        self.heard: list[str] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        inside = False
        while line := (await reader.readline()).decode():
            self.heard.append(line.rstrip("\r\n"))
            if inside:
                inside = line != ".\r\n"
                answer = "" if inside else "250 taken"
            elif line.startswith("DATA"):
                inside, answer = True, "354 go on"
            elif line.startswith("RCPT") and not self.takes:
                answer = "550 nobody"
            else:
                answer = "221 bye" if line.startswith("QUIT") else "250 well"
            if answer:
                writer.write(f"{answer}\r\n".encode())
            if line.startswith("QUIT"):
                break
        writer.close()


async def test_a_mail_reaches_one_address_in_words_of_any_language() -> None:
    told = Server()
    server = await asyncio.start_server(told.talk, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        mailer = Smtp(f"smtp://127.0.0.1:{port}", "pay@example.com", "小付")
        await mailer.send("bob@example.com", "验证码", "验证码：012345")
    heads = "\n".join(told.heard)
    assert "RCPT TO:<bob@example.com>" in heads
    assert "To: bob@example.com" in heads
    assert "From: pay@example.com" in heads


async def test_what_a_server_does_not_take_or_nobody_hears_is_refused() -> None:
    told = Server(takes=False)
    server = await asyncio.start_server(told.talk, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        mailer = Smtp(f"smtp://127.0.0.1:{port}", "pay@example.com", "ikmPay")
        with pytest.raises(NotMailed):
            await mailer.send("bob@example.com", "code", "012345")
    with pytest.raises(NotMailed):
        await mailer.send("bob@example.com", "code", "012345")


@pytest.mark.parametrize("wrong", [{"smtp_url": "http://mail.example"}, {"smtp_url": "smtps://mail.example"},
                                   {"smtp_url": "smtps://mail.example", "mail_from": "us"}])
def test_settings_that_send_no_mail_keep_it_from_starting(wrong: dict[str, str]) -> None:
    with pytest.raises(WrongSettings):
        read_settings(wrong)
