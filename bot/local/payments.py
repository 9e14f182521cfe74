"""Telegram's payments: invoices, what is asked before they are paid, and the message that says it was done.

Guards: an invoice is paid only after the bot said yes to its pre-checkout query in time, and each payment has a
charge id of its own. No real money is anywhere.
"""

import re
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

from .acts import own_chat, seen_post
from .calls import Call, Handler, Result, sent, target_of, tell_message
from .errors import ActError, bad_act, bad_request, no_such
from .rules import check_start_parameter
from .shapes import Json, picked
from .state import Chat, Post, Question, World

LIFE = 10
LINK_LIFE = 10 * 365 * 86_400
STARS = "XTR"
MAX_TOTAL = 10**9
MAX_PRICES = 100
MAX_OPTIONS = 50
_FLAGS = ("need_name", "need_phone_number", "need_email", "need_shipping_address", "is_flexible")
_NEEDED = {"need_name": "name", "need_phone_number": "phone_number", "need_email": "email"}
_ADDRESS = ("country_code", "state", "city", "street_line1", "street_line2", "post_code")
_KEPT = ("title", "description", "payload", "currency", "prices", "max_tip_amount", "suggested_tip_amounts")


# ---------------------------------------------------------------- invoices


def invoice_of(values: Json) -> Json:
    """Everything about an invoice, checked by Telegram's rules."""
    _check_words(values)
    currency, prices = values["currency"].upper(), values["prices"]
    stars = currency == STARS
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise bad_request("CURRENCY_INVALID")
    if not 1 <= len(prices) <= MAX_PRICES or (stars and len(prices) != 1):
        raise bad_request("prices must be non-empty" if not prices else "PRICES_INVALID")
    if stars == bool(values.get("provider_token")):
        raise bad_request("STARS_INVOICE_INVALID" if stars else "PAYMENT_PROVIDER_INVALID")
    if not 1 <= sum(price["amount"] for price in prices) <= MAX_TOTAL:
        raise bad_request("CURRENCY_TOTAL_AMOUNT_INVALID")
    _check_tips(values)
    if values.get("is_flexible") and stars:
        raise bad_request("STARS_INVOICE_INVALID")
    flags = {name: True for name in _FLAGS if values.get(name)}
    kept = {**picked(values, _KEPT), "currency": currency, "start_parameter": values.get("start_parameter", "")}
    return kept | flags


def _check_words(values: Json) -> None:
    if not 1 <= len(values["title"].strip()) <= 32:
        raise bad_request("invoice title must be 1-32 characters long")
    if not 1 <= len(values["description"].strip()) <= 255:
        raise bad_request("invoice description must be 1-255 characters long")
    if not 1 <= len(values["payload"].encode()) <= 128:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    if values.get("start_parameter"):
        check_start_parameter(values["start_parameter"])


def _check_tips(values: Json) -> None:
    tips, most = values.get("suggested_tip_amounts", []), values.get("max_tip_amount", 0)
    rising = all(low < high for low, high in zip([0, *tips], tips, strict=False))
    if len(tips) > 4 or not rising or (tips and tips[-1] > most) or most < 0:
        raise bad_request("SUGGESTED_TIP_AMOUNTS_INVALID")


def _total(invoice: Json) -> int:
    return sum(int(price["amount"]) for price in invoice["prices"])


def shown(invoice: Json) -> Json:
    """An invoice as the content of a message."""
    named = picked(invoice, ("title", "description", "start_parameter", "currency"))
    return {"invoice": {**named, "total_amount": _total(invoice)}}


def checked_pay_keyboard(invoice: Json, markup: Json | None) -> tuple[Json, Json]:
    """The keyboard of an invoice begins with its pay button; without one there is only that, and people are shown it
    in their own language. With it comes what is kept of the invoice."""
    if not markup:
        only: Json = {"inline_keyboard": [[{"text": f"Pay {_price(invoice)}", "pay": True}]]}
        return only, {"invoice": invoice, "pay_key": only}
    if not markup["inline_keyboard"][0][0].get("pay"):
        raise bad_request("BUTTON_POS_INVALID")
    return markup, {"invoice": invoice}


def _price(invoice: Json) -> str:
    total, currency = _total(invoice), invoice["currency"]
    if currency == STARS:
        return f"⭐️{total}"
    return format_currency(Decimal(total).scaleb(-get_currency_precision(currency)), currency, locale="en")


def send_invoice(call: Call) -> Result:
    invoice, target = invoice_of(call.values), target_of(call)
    if target.markup is not None and "inline_keyboard" not in target.markup:
        raise bad_request("inline keyboard expected")
    markup, facts = checked_pay_keyboard(invoice, target.markup)
    return sent(call, target.with_markup(markup), shown(invoice), facts)


def create_invoice_link(call: Call) -> Result:
    invoice = invoice_of(call.values)
    link = call.world.ask("invoice_link", 0, 0, {"invoice": invoice}, LINK_LIFE)
    return f"https://t.me/$local{link.id}"


# ---------------------------------------------------------------- paying


def _meant(world: World, person: int, chat_id: int | None, given: Json) -> tuple[Chat, Json, Post | None]:
    """The invoice that somebody means: that of a message, or that behind a link."""
    link = given.get("link")
    if isinstance(link, str):
        question = world.questions.get(link.rpartition("$local")[2])
        if question is None or question.kind != "invoice_link":
            raise no_such("invoice")
        return own_chat(world, person, None), question.facts["invoice"], None
    chat = own_chat(world, person, chat_id)
    post = seen_post(chat, person, str(given.get("key")))
    if not post.facts or "invoice" not in post.facts:
        raise no_such("invoice")
    return chat, post.facts["invoice"], post


def _is_paid(post: Post | None, person: int) -> bool:
    """Nobody pays a message twice; a link has no memory."""
    return post is not None and person in (post.facts or {}).get("paid_by", [])


def _payable(world: World, person: int, chat_id: int | None, given: Json) -> tuple[Chat, Json, Post | None]:
    chat, invoice, post = _meant(world, person, chat_id, given)
    if _is_paid(post, person):
        raise ActError(409, "conflict", "This invoice is paid.")
    return chat, invoice, post


def asked_for(world: World, person: int, chat_id: int | None, given: Json) -> Json:
    """What the sheet shows before it is paid."""
    _, invoice, post = _meant(world, person, chat_id, given)
    return {"invoice": invoice, "paid": _is_paid(post, person)}


def _order_info(invoice: Json, given: Json) -> Json:
    """What the invoice wants to know of who pays."""
    order, found = given.get("order_info") or {}, Json()
    for flag, name in _NEEDED.items():
        if invoice.get(flag):
            if not isinstance(order.get(name), str) or not order[name].strip():
                raise bad_act(f"This invoice asks for order_info.{name}.")
            found[name] = order[name].strip()[:256]
    if invoice.get("need_shipping_address") or invoice.get("is_flexible"):
        found["shipping_address"] = _address(order)
    return found


def _address(order: Json) -> Json:
    given = order.get("shipping_address")
    if not isinstance(given, dict) or not re.fullmatch(r"[A-Z]{2}", str(given.get("country_code"))):
        raise bad_act("This invoice asks for order_info.shipping_address with a country_code.")
    return {name: str(given.get(name, ""))[:256] for name in _ADDRESS}


def ask_shipping(world: World, person: int, chat_id: int | None, given: Json) -> Question:
    """Ask the bot for the ways of delivery to an address."""
    chat, invoice, _ = _payable(world, person, chat_id, given)
    if not invoice.get("is_flexible"):
        raise bad_act("The price of this invoice does not depend on the delivery.")
    address = _address(given.get("order_info") or {})
    question = world.ask("shipping", person, chat.id, {"shipping_address": address}, LIFE)
    asked = {"id": question.id, "from": world.user(person), "invoice_payload": invoice["payload"]}
    world.updates.put("shipping_query", {**asked, "shipping_address": address})
    return question


def pay(world: World, person: int, chat_id: int | None, given: Json) -> Question:
    """Press Pay on the sheet: the bot is asked whether it still agrees."""
    chat, invoice, post = _payable(world, person, chat_id, given)
    order, tip = _order_info(invoice, given), given.get("tip_amount", 0)
    if not 0 <= tip <= invoice.get("max_tip_amount", 0):
        raise bad_act("tip_amount is between 0 and max_tip_amount.")
    total, facts = _total(invoice) + tip, Json()
    if invoice.get("is_flexible"):
        option = _option(world, person, given)
        total += sum(int(price["amount"]) for price in option["prices"])
        facts["shipping_option_id"] = option["id"]
    facts |= {"order_info": order} if order else {}
    said = {"currency": invoice["currency"], "total_amount": total, "invoice_payload": invoice["payload"], **facts}
    kept = {"payment": said, "key": post.key if post else None}
    question = world.ask("pre_checkout", person, chat.id, kept, LIFE)
    world.updates.put("pre_checkout_query", {"id": question.id, "from": world.user(person), **said})
    return question


def _option(world: World, person: int, given: Json) -> Json:
    """The way of delivery that was chosen among those the bot offered."""
    question = world.questions.get(str(given.get("shipping_query_id")))
    if question is None or question.kind != "shipping" or question.person != person:
        raise bad_act("Ask for the ways of delivery first (shipping_query_id).")
    for option in (question.answer or {}).get("shipping_options", []):
        if option["id"] == given.get("shipping_option_id"):
            found: Json = option
            return found
    raise no_such("shipping option")


# ---------------------------------------------------------------- what the bot says to it


def _verdict(call: Call) -> Json:
    """Yes, or no with a reason."""
    values = call.values
    if not values["ok"] and not values.get("error_message", "").strip():
        raise bad_request("error message must be non-empty")
    return {"ok": values["ok"], **({} if values["ok"] else {"error_message": values["error_message"]})}


def answer_shipping_query(call: Call) -> Result:
    answer, options = _verdict(call), call.values.get("shipping_options", [])
    if answer["ok"]:
        good = all(option["prices"] and option["title"].strip() for option in options)
        if not 1 <= len(options) <= MAX_OPTIONS or not good:
            raise bad_request("SHIPPING_OPTIONS_INVALID" if options else "shipping options must be non-empty")
        answer["shipping_options"] = options
    call.world.answered("shipping", call.values["shipping_query_id"], answer)
    return True


def answer_pre_checkout_query(call: Call) -> Result:
    answer = _verdict(call)
    question = call.world.answered("pre_checkout", call.values["pre_checkout_query_id"], answer)
    if answer["ok"]:
        _complete(call.world, question)
    return True


def _complete(world: World, question: Question) -> None:
    """Say in the chat that it is paid; the bot hears it as a message of who paid."""
    chat, number = world.chats[question.chat_id], world.count("charge")
    charge = f"{world.bot_id}_{question.person}_{world.now()}_{number}"
    paid = {**question.facts["payment"], "telegram_payment_charge_id": charge}
    paid["provider_payment_charge_id"] = f"local_{world.now()}_{number}"
    post = chat.posts.get(question.facts["key"] or "")
    if post is not None and post.facts is not None:
        paid_by = [*post.facts.get("paid_by", []), question.person]
        world.change(post, post.message, facts={**post.facts, "paid_by": paid_by})
    said = world.post(chat, question.person, {"successful_payment": paid})
    tell_message(world, chat, said.message)


PLAYED: dict[str, Handler] = {
    "sendInvoice": send_invoice,
    "createInvoiceLink": create_invoice_link,
    "answerShippingQuery": answer_shipping_query,
    "answerPreCheckoutQuery": answer_pre_checkout_query,
}
