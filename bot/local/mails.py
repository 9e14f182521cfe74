"""The mail that a bot of the local chat sends: it goes nowhere but onto a page.

Guards: no mail leaves the machine. The newest are kept in memory, as text, and are shown as text.
"""

from collections import deque
from html import escape

from aiohttp import web

from .shapes import Json

MOST = 50
_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>Mail 邮件</title><h1>Mail · 邮件</h1>{mails}</html>"
)
_MAIL = "<article><h2>{subject}</h2><p>→ {address}</p><pre>{text}</pre></article><hr>"
_NONE = "<p>No mail yet. 还没有邮件。</p>"


class Mails:
    """A sink: what is sent is shown at `/mail`, the newest first."""

    def __init__(self) -> None:
        self.sent: deque[Json] = deque(maxlen=MOST)

    async def send(self, address: str, subject: str, text: str) -> None:
        """Keep one."""
        self.sent.appendleft({"address": address, "subject": subject, "text": text})

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/mail", self._page)
        app.router.add_get("/local/mail", self._list)

    async def _page(self, _: web.Request) -> web.Response:
        shown = "".join(_MAIL.format(**{name: escape(said) for name, said in mail.items()}) for mail in self.sent)
        return web.Response(text=_PAGE.format(mails=shown or _NONE), content_type="text/html")

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": {"mails": list(self.sent)}})
