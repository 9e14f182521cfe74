"""The control API for a bot's services: inline mode, the pay sheet, Mini Apps, and what BotFather sets.

Guards: whoever asks waits for the bot only as long as they said, and hears of a late answer by an event.
"""

import asyncio

from . import inline, mini_apps, payments, profile, views
from .errors import bad_act
from .given import Act, Given
from .rules import is_app_address
from .shapes import Json
from .state import Press, Question, World

MAX_WAIT = 60.0
_SWITCHES = ("inline", "inline_feedback", "guest", "reads_all", "limits")


async def answered(world: World, asked: Press | Question, timeout: float) -> Json | None:
    """The bot's answer, if it comes in time; what was asked is on disk before."""
    await world.journal.saved()
    loop = asyncio.get_running_loop()
    end = loop.time() + min(timeout, MAX_WAIT)
    while asked.answer is None and loop.time() < end and not world.events.closed:
        await world.events.changed(world.events.cursor, end - loop.time())
    return asked.answer


class Services:
    """Acts of people that a bot answers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.acts: dict[str, Act] = {
            "inline": self._inline,
            "choose": self._choose,
            "invoice": self._invoice,
            "shipping": self._shipping,
            "pay": self._pay,
            "web_app": self._web_app,
            "web_app_data": self._web_app_data,
            "write_access": self._write_access,
            "bot": self._bot,
        }

    async def _inline(self, given: Given) -> Json:
        place = {name: given.number(name) for name in ("latitude", "longitude")} if given.has("latitude") else None
        person, query, offset = given.integer("as"), given.text("query", ""), given.text("offset", "")
        question = inline.ask(self.world, person, given.chat_id(), query, offset, place)
        answer = await answered(self.world, question, given.number("timeout", 10.0))
        result: Json = {"query_id": question.id, "answered": answer is not None}
        if answer is not None:
            result |= {**answer, "results": [offer["shown"] for offer in answer["results"]]}
        return result

    def _choose(self, given: Given) -> Json:
        person, query, result = given.integer("as"), given.text("query_id"), given.text("result_id", "")
        post = inline.choose(self.world, person, given.chat_id(), query, result, given.manner())
        return {"message": self.world.shown(post)}

    def _invoice(self, given: Given) -> Json:
        return payments.asked_for(self.world, given.integer("as"), given.chat_id(), self._sheet(given))

    async def _shipping(self, given: Given) -> Json:
        values = self._sheet(given)
        question = payments.ask_shipping(self.world, given.integer("as"), given.chat_id(), values)
        answer = await answered(self.world, question, given.number("timeout", payments.LIFE))
        return {"shipping_query_id": question.id, "answered": answer is not None, **(answer or {})}

    def _sheet(self, given: Given) -> Json:
        """What somebody filled in: of the right types, and of strings that can be written."""
        values: Json = {"order_info": given.object("order_info"), "tip_amount": given.integer("tip_amount", 0)}
        values |= {"link": given.text("link")} if given.has("link") else {"key": given.key()}
        for name in ("shipping_query_id", "shipping_option_id"):
            values |= {name: given.text(name)} if given.has(name) else {}
        return values

    async def _pay(self, given: Given) -> Json:
        values = self._sheet(given)
        question = payments.pay(self.world, given.integer("as"), given.chat_id(), values)
        answer = await answered(self.world, question, given.number("timeout", payments.LIFE))
        result: Json = {"pre_checkout_query_id": question.id, "answered": answer is not None}
        if answer is None:
            return result
        return {**result, "paid": answer["ok"], **{k: v for k, v in answer.items() if k != "ok"}}

    def _web_app(self, given: Given) -> Json:
        person = self.world.person(given.integer("as")).id
        if given.has("link"):
            return mini_apps.from_link(self.world, person, given.chat_id(), given.text("link"))
        if given.has("inline_query_id"):
            return mini_apps.from_results(self.world, person, given.text("inline_query_id"))
        return mini_apps.from_menu(self.world, person, profile.menu_button(self.world, person))

    def _web_app_data(self, given: Given) -> Json:
        post = mini_apps.send_data(self.world, given.integer("as"), given.text("data"), given.text("button_text", ""))
        return {"message": self.world.shown(post)}

    def _write_access(self, given: Given) -> Json:
        return {"message": self.world.shown(mini_apps.allow_writing(self.world, given.integer("as")))}

    def _bot(self, given: Given) -> Json:
        """What one sets with BotFather."""
        kept = dict(self.world.settings.get("botfather", {}))
        kept |= {name: given.flag(name) for name in _SWITCHES if given.has(name)}
        if "main_web_app" in given.values:
            address = given.text("main_web_app") if given.has("main_web_app") else None
            if address is not None and not is_app_address(address):
                raise bad_act("main_web_app is an https:// address, or an http:// one of this machine.")
            kept["main_web_app"] = address
        self.world.reads_all = kept.get("reads_all", self.world.reads_all)
        self.world.pace.on = bool(kept.get("limits"))
        self.world.setting("botfather", kept)
        self.world.events.tell("bot")
        return {"bot": views.bot_view(self.world, 0), "mini_app_public_key": mini_apps.public_key(self.world)}
