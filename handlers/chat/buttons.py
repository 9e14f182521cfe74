"""The buttons about money: what they carry and how they look.

Guards: a button carries ids only, within 64 bytes, and proves nothing by itself: whoever presses is checked against
the state that it names. Numbers are bounded, because anybody can forge what a button carries.
"""
from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Final
from urllib.parse import urlencode

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    KeyboardButtonRequestChat,
    KeyboardButtonRequestUsers,
    ReplyKeyboardMarkup,
)
from pydantic import Field

from handlers.ground import Config
from handlers.keyboards import LABEL_MOST, Open, button, copies, deep_link, keyboard, link
from handlers.texts import Fact, Money, Month, Speaker, Text, _
from wallet import ids
from wallet.rows import TO_ACCEPT, TO_ARRIVE, TO_CLAIM

Number = Annotated[int, Field(ge=0, lt=2**53)]
"""Our own numbers and Telegram's, as far as a button may carry them."""

MOST_PAGES: Final = 250
"""So far an endless list is turned."""
PICK_REQUEST: Final = 1
"""Names Telegram's user picker in what it answers."""
CHAT_REQUEST: Final = 2
"""The same for its chat picker."""
MOST_PICKED: Final = 10
"""Telegram's picker gives ten people at most."""


class DraftAct(StrEnum):
    """What the owner of a draft says."""

    CONFIRM = "y"
    CANCEL = "n"


class DraftButton(CallbackData, prefix="md"):
    """Authorises or cancels a draft; the token is the draft's and works once."""

    act: DraftAct
    token: Annotated[str, Field(min_length=16, max_length=32)]


class HoldAct(StrEnum):
    """What one does with money that waits."""

    CLAIM = "c"
    """Or accept it, where it waits for a member's word."""
    DECLINE = "d"
    TAKE_BACK = "t"
    TAKE_FROM_LIST = "l"
    """Taken back in a list, which stays a list."""


class HoldButton(CallbackData, prefix="mw"):
    """Claims waiting money, declines it or takes it back; the wallet checks who may."""

    act: HoldAct
    hold: Number


class EnvelopeButton(CallbackData, prefix="eo"):
    """Opens a share; the wallet checks who may, and where."""

    envelope: Number


class EnvelopesButton(CallbackData, prefix="el"):
    """A page of somebody's envelopes of a year."""

    owner: Number
    year: Annotated[int, Field(ge=0, le=9_999)]
    sent: bool
    page: Annotated[int, Field(ge=0, le=MOST_PAGES)]


class StoryButton(CallbackData, prefix="es"):
    """Tells of one envelope, to whoever sent it or has a share of it; the transfer is theirs."""

    transfer: Number


class RequestAct(StrEnum):
    """What one does with a request for money."""

    PAY = "p"
    DECLINE = "d"
    TAKE_BACK = "t"
    TAKE_FROM_LIST = "l"
    """Taken back in a list, which stays a list."""


class RequestButton(CallbackData, prefix="rq"):
    """Pays a request, declines it or takes it back; the wallet checks who may."""

    act: RequestAct
    request: Number


class AskedBefore(CallbackData, prefix="rp"):
    """Names somebody who was paid before, as the one to be asked."""

    member: Number


class VoucherLink(CallbackData, prefix="vl"):
    """Redeems a voucher: what its link says. Whoever reads the card may."""

    voucher: Number
    link: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{22}$")]


class VoucherAct(StrEnum):
    """What one does with a voucher of one's own."""

    SHOW = "s"
    TAKE_BACK = "t"
    TAKE_FROM_LIST = "l"
    """Taken back in a list, which stays a list."""


class VoucherButton(CallbackData, prefix="vo"):
    """Shows a voucher again or takes it back; whose it is the wallet checks."""

    act: VoucherAct
    voucher: Number


class SplitAct(StrEnum):
    """What one does with a split."""

    PAY = "p"
    REMIND = "r"
    CLOSE = "c"
    SHOW = "s"
    """Looks at one of one's own again."""


class SplitButton(CallbackData, prefix="sp"):
    """Pays a share of a split, or goes on with one's own; the wallet checks who may, and where."""

    act: SplitAct
    split: Number


class AnswerButton(CallbackData, prefix="ea"):
    """Answers the question that somebody was asked before a share opens; the wallet knows whom it asked what."""

    envelope: Number
    answer: Annotated[int, Field(ge=0, le=99)]
    proof: Annotated[str, Field(min_length=16, max_length=16)]


class ScheduleButton(CallbackData, prefix="sx"):
    """Stops a payment that comes again; the wallet checks whose it is."""

    schedule: Number


class RedChoice(StrEnum):
    """What one chooses by a button while filling an envelope step by step. Covers are called as their themes."""

    LUCKY = "lucky"
    EQUAL = "equal"
    ONE = "one"
    WORD = "word"
    CLASSIC = "classic"
    NEW_YEAR = "new_year"
    BIRTHDAY = "birthday"
    WEDDING = "wedding"
    SKIP = "skip"
    CANCEL = "cancel"


class RedButton(CallbackData, prefix="rw"):
    """An answer to a step of that."""

    step: Annotated[str, Field(pattern="^(kind|greeting|cover)$")]
    choice: RedChoice


class SplitChoice(StrEnum):
    """What one chooses by a button while a bill is split step by step."""

    EQUAL = "equal"
    OWN = "own"
    PLACES = "places"
    ENOUGH = "enough"
    """Nobody else is named."""
    WITH_ME = "me"
    THEY_ALONE = "they"
    SKIP = "skip"
    HERE = "here"
    """The card stays in the private chat."""
    DONE = "done"
    CANCEL = "cancel"


class SplitStepButton(CallbackData, prefix="ss"):
    """An answer to a step of that."""

    step: Annotated[str, Field(pattern="^(way|people|me|note|group|word)$")]
    choice: SplitChoice


class ShareOf(CallbackData, prefix="so"):
    """Names somebody who was paid before, as one of those who pay a share."""

    member: Number


class HistoryButton(CallbackData, prefix="mh"):
    """A page of somebody's history."""

    owner: Number
    month: Annotated[int, Field(ge=0, le=999_912)]
    """Year × 100 + month; 0 for everything."""
    direction: Annotated[str, Field(pattern="^(in|out|all)$")]
    before: Number
    """Turn to what is numbered below this, 0 for the newest."""
    after: Number
    """Turn back to what is numbered above this, 0 for not."""


class StatementButton(CallbackData, prefix="mm"):
    """Opens the statement of a month."""

    month: Annotated[int, Field(ge=0, le=999_912)]
    """Year × 100 + month; 0 for this one."""


class Form(StrEnum):
    """In which form one keeps a statement; also how its file's name ends."""

    DOCUMENT = "pdf"
    TABLE = "csv"


class StatementFile(CallbackData, prefix="mf"):
    """Sends the statement of a month as a file, in the private chat."""

    form: Form
    month: Annotated[int, Field(ge=1, le=999_912)]


class ReceiptButton(CallbackData, prefix="mr"):
    """Opens a receipt, for whoever had a side in it."""

    transfer: Number


class GivebackButton(CallbackData, prefix="mg"):
    """Asks whether a payment shall be given back, for whoever received it."""

    transfer: Number


class GivebackWord(CallbackData, prefix="my"):
    """Gives it back, or not; the token is the question's and works once."""

    act: DraftAct
    token: Annotated[str, Field(min_length=16, max_length=32)]


class TopUpButton(CallbackData, prefix="mt"):
    """Adds play money, in the private chat."""

    amount: Number


class PickButton(CallbackData, prefix="mp"):
    """Names somebody who was paid before, in the wizard."""

    member: Number


class WizardAct(StrEnum):
    """What else one can do in the wizard."""

    SKIP = "s"
    CANCEL = "x"


class WizardButton(CallbackData, prefix="ms"):
    """Goes on without a note, or leaves."""

    act: WizardAct


# --------------------------------------------------------------------------------------------- keyboards
def ask_confirm(speaker: Speaker, token: str) -> InlineKeyboardMarkup:
    """Confirm and Cancel for a draft."""
    yes, no = DraftButton(act=DraftAct.CONFIRM, token=token), DraftButton(act=DraftAct.CANCEL, token=token)
    return keyboard([button(speaker, _("Confirm"), yes, ButtonStyle.SUCCESS),
                     button(speaker, _("Cancel"), no, ButtonStyle.DANGER)])


def open_envelope(speaker: Speaker, envelope: int) -> InlineKeyboardMarkup:
    """Under an envelope's card."""
    return keyboard([button(speaker, _("🧧 Open"), EnvelopeButton(envelope=envelope), ButtonStyle.DANGER)])


def answers(speaker: Speaker, envelope: int, offered: Sequence[int], proof: str) -> InlineKeyboardMarkup:
    """Under a question: what may be the answer."""
    return keyboard([button(speaker, number, AnswerButton(envelope=envelope, answer=number, proof=proof))
                     for number in offered])


def redeem_voucher(speaker: Speaker, voucher: int, link: str) -> InlineKeyboardMarkup:
    """Under a voucher's card in a group."""
    return keyboard([button(speaker, _("🎟 Redeem"), VoucherLink(voucher=voucher, link=link), ButtonStyle.SUCCESS),
                     _take_voucher_back(speaker, voucher)])


def own_voucher(speaker: Speaker, voucher: int, url: str, words: str) -> InlineKeyboardMarkup:
    """Under one's own card of a voucher: its link for the clipboard and for any chat, and the way back."""
    share = f"https://t.me/share/url?{urlencode({'url': url, 'text': words})}"
    return keyboard([copies(speaker, _("Copy the link"), url), link(speaker, _("Share"), share)],
                    [_take_voucher_back(speaker, voucher)])


def show_voucher(speaker: Speaker, voucher: int) -> InlineKeyboardMarkup:
    """The way to one's own card of a voucher."""
    return keyboard([button(speaker, _("🎟 Show the voucher"), VoucherButton(act=VoucherAct.SHOW, voucher=voucher))])


def own_vouchers(speaker: Speaker, open_ones: Sequence[tuple[int, int, int]]) -> InlineKeyboardMarkup:
    """For each (its place in the list, the voucher, what is left in it) its card and the way back; and a new one."""
    rows = [[button(speaker, _("{n}. Show", n=place), VoucherButton(act=VoucherAct.SHOW, voucher=voucher)),
             button(speaker, _("Take back {amount}", amount=Money(left)),
                    VoucherButton(act=VoucherAct.TAKE_FROM_LIST, voucher=voucher))]
            for place, voucher, left in open_ones]
    return keyboard(*rows, [button(speaker, _("➕ New voucher"), Open(what="voucher"), ButtonStyle.PRIMARY)])


def _take_voucher_back(speaker: Speaker, voucher: int) -> InlineKeyboardButton:
    return button(speaker, _("Take back"), VoucherButton(act=VoucherAct.TAKE_BACK, voucher=voucher))


def under_split(speaker: Speaker, split: int) -> InlineKeyboardMarkup:
    """Under the card of an open split in its group."""
    return keyboard([_pay_share(speaker, split)], _own_split(speaker, split))


def pay_share(speaker: Speaker, split: int) -> InlineKeyboardMarkup:
    """For somebody who is asked for a share."""
    return keyboard([_pay_share(speaker, split)])


def own_split(speaker: Speaker, config: Config, split: int) -> InlineKeyboardMarkup:
    """For whoever collects, in private."""
    return keyboard(_own_split(speaker, split),
                    [copies(speaker, _("Copy the link"), deep_link(config, split_payload(split)))])


def own_splits(speaker: Speaker, lines: Sequence[tuple[int, Fact]]) -> InlineKeyboardMarkup:
    """The open splits of one's own."""
    return keyboard(*([button(speaker, line, SplitButton(act=SplitAct.SHOW, split=split))] for split, line in lines))


def split_payload(split: int) -> str:
    """What stands behind /start in a link to a split."""
    return f"split_{ids.code(split)}"


def _pay_share(speaker: Speaker, split: int) -> InlineKeyboardButton:
    return button(speaker, _("💰 Pay my share"), SplitButton(act=SplitAct.PAY, split=split), ButtonStyle.SUCCESS)


def _own_split(speaker: Speaker, split: int) -> list[InlineKeyboardButton]:
    return [button(speaker, _("⏰ Remind"), SplitButton(act=SplitAct.REMIND, split=split)),
            button(speaker, _("⏹ Close"), SplitButton(act=SplitAct.CLOSE, split=split))]


def open_wallet(speaker: Speaker, config: Config, payload: str) -> InlineKeyboardMarkup:
    """The way to join."""
    return keyboard([link(speaker, _("Open a wallet"), deep_link(config, payload))])


def taking(speaker: Speaker, hold: int, purpose: str) -> InlineKeyboardMarkup:
    """For the one it waits for: claim; or accept and decline. What arrives by itself needs none of them."""
    return keyboard(_taking(speaker, hold, purpose) or [_balance(speaker)])


def waiting_card(speaker: Speaker, hold: int, purpose: str) -> InlineKeyboardMarkup:
    """The same, and take back for the one who sent it."""
    return keyboard([*_taking(speaker, hold, purpose), _take_back(speaker, hold)])


def _taking(speaker: Speaker, hold: int, purpose: str) -> list[InlineKeyboardButton]:
    yes, no = HoldButton(act=HoldAct.CLAIM, hold=hold), HoldButton(act=HoldAct.DECLINE, hold=hold)
    if purpose == TO_ARRIVE:
        return []
    if purpose == TO_ACCEPT:
        return [button(speaker, _("Accept"), yes, ButtonStyle.SUCCESS), button(speaker, _("Decline"), no)]
    return [button(speaker, _("Claim"), yes, ButtonStyle.SUCCESS)]


def _take_back(speaker: Speaker, hold: int) -> InlineKeyboardButton:
    return button(speaker, _("Take back"), HoldButton(act=HoldAct.TAKE_BACK, hold=hold))


def _receipt(speaker: Speaker, transfer: int) -> InlineKeyboardButton:
    return button(speaker, _("Receipt"), ReceiptButton(transfer=transfer))


@lru_cache(maxsize=16)
def _balance(speaker: Speaker) -> InlineKeyboardButton:
    """Under nearly everything and always the same, and making a button is slow."""
    return button(speaker, _("💰 Balance"), Open(what="balance"))


def claim_payload(hold: int) -> str:
    """What stands behind /start in a link to waiting money."""
    return f"claim_{ids.code(hold)}"


def request_payload(request: int) -> str:
    """What stands behind /start in a link to a request for money."""
    return f"req_{ids.code(request)}"


def answering(speaker: Speaker, request: int, amount: int) -> InlineKeyboardMarkup:
    """For whoever is asked: pay, or decline."""
    return keyboard(_answering(speaker, request, amount))


def request_card(speaker: Speaker, request: int, amount: int) -> InlineKeyboardMarkup:
    """The same, and take back for whoever asked."""
    return keyboard(_answering(speaker, request, amount), [_take_request_back(speaker, request)])


def own_request(speaker: Speaker, config: Config, request: int) -> InlineKeyboardMarkup:
    """For whoever asked, in private: take back, and the link to hand on where the bot may not write."""
    return keyboard([_take_request_back(speaker, request),
                     copies(speaker, _("Copy the link"), deep_link(config, request_payload(request)))])


def _answering(speaker: Speaker, request: int, amount: int) -> list[InlineKeyboardButton]:
    yes, no = (RequestButton(act=act, request=request) for act in (RequestAct.PAY, RequestAct.DECLINE))
    return [button(speaker, _("Pay {amount}", amount=Money(amount)), yes, ButtonStyle.SUCCESS),
            button(speaker, _("Decline"), no)]


def _take_request_back(speaker: Speaker, request: int) -> InlineKeyboardButton:
    return button(speaker, _("Take back"), RequestButton(act=RequestAct.TAKE_BACK, request=request))


def requests_to_take_back(speaker: Speaker, found: Sequence[tuple[int, int, Fact]]) -> InlineKeyboardMarkup:
    """A button for each (request, amount, name of the one who is asked)."""
    return keyboard(*([button(speaker, _("Take back {amount} ({name})", amount=Money(amount), name=name),
                              RequestButton(act=RequestAct.TAKE_FROM_LIST, request=request))]
                      for request, amount, name in found))


def whom_to_ask(speaker: Speaker, people: Sequence[tuple[int, Fact]]) -> InlineKeyboardMarkup:
    """Whom one paid lately, two in a row."""
    named = [InlineKeyboardButton(text=speaker.plain(name)[:LABEL_MOST],
                                  callback_data=AskedBefore(member=number).pack()) for number, name in people]
    return keyboard(*(named[start:start + 2] for start in range(0, len(named), 2)))


def share_payload(envelope: int) -> str:
    """What stands behind /start for somebody for whom a share is kept."""
    return f"share_{ids.code(envelope)}"


def stop_list(speaker: Speaker, found: Sequence[tuple[int, int, Fact]]) -> InlineKeyboardMarkup:
    """A button for each (payment that comes again, amount, name of the receiver)."""
    return keyboard(*([button(speaker, _("Stop {amount} ({name})", amount=Money(amount), name=name),
                              ScheduleButton(schedule=schedule))] for schedule, amount, name in found))


def to_schedules(speaker: Speaker, stop: int = 0) -> InlineKeyboardMarkup:
    """The list of them, and the way to stop the one that is spoken of."""
    return keyboard([button(speaker, _("Stop it"), ScheduleButton(schedule=stop))] if stop else [],
                    [button(speaker, _("📅 Recurring payments"), Open(what="schedules"))])


def after_sending(speaker: Speaker, config: Config, transfers: Sequence[int], holds: Sequence[int],
                  purposes: Sequence[str]) -> InlineKeyboardMarkup:
    """Under a payer's receipt: for one payment its receipt, and what can be done while it waits; for several the way
    to those that wait."""
    if len(transfers) > 1:
        return keyboard([_on_its_way(speaker)] if any(holds) else [], [_balance(speaker)])
    waiting: list[InlineKeyboardButton] = []
    if holds[0]:
        waiting = [_take_back(speaker, holds[0])]
    if purposes[0] == TO_CLAIM:
        waiting.insert(0, copies(speaker, _("Copy claim link"), deep_link(config, claim_payload(holds[0]))))
    return keyboard(waiting, [_receipt(speaker, transfers[0]), _balance(speaker)])


def after_payment(speaker: Speaker, transfer: int, hold: int = 0) -> InlineKeyboardMarkup:
    """Under a notice about one payment."""
    return keyboard([_receipt(speaker, transfer), _balance(speaker)], [_take_back(speaker, hold)] if hold else [])


def wallet_pages(speaker: Speaker, *, waits: bool, offered: bool) -> InlineKeyboardMarkup:
    """Everything that one can do with money; `waits` when payments of one's own are on their way, `offered` when
    somebody's wait for one's own word."""
    return keyboard(
        [button(speaker, _("💸 Send money"), Open(what="send")), button(speaker, _("➕ Top up"), Open(what="topup"))],
        [button(speaker, _("🧾 History"), Open(what="history")), statement(speaker)],
        [button(speaker, _("📲 Get paid"), Open(what="collect")), _requests(speaker)],
        [button(speaker, _("⚙️ Settings"), Open(what="settings"))],
        [_offered(speaker)] if offered else [],
        [_on_its_way(speaker)] if waits else [])


def to_balance(speaker: Speaker) -> InlineKeyboardMarkup:
    """The way to the balance."""
    return keyboard([_balance(speaker)])


def to_history(speaker: Speaker, *, offered: bool = False, asked: bool = False) -> InlineKeyboardMarkup:
    """The way to the history, to what waits for one's own word, and to what one is asked for."""
    return keyboard([_offered(speaker)] if offered else [], [_requests(speaker)] if asked else [],
                    [button(speaker, _("🧾 History"), Open(what="history"))])


def _on_its_way(speaker: Speaker) -> InlineKeyboardButton:
    return button(speaker, _("⏳ On its way"), Open(what="waiting"))


def _offered(speaker: Speaker) -> InlineKeyboardButton:
    return button(speaker, _("📥 Waiting for you"), Open(what="offered"))


def _requests(speaker: Speaker) -> InlineKeyboardButton:
    return button(speaker, _("📨 Requests"), Open(what="request"))


def statement(speaker: Speaker, month: int = 0) -> InlineKeyboardButton:
    """The statement of a month, of this one by default."""
    return button(speaker, _("📊 Statement"), StatementButton(month=month))


def under_statement(speaker: Speaker, year: int, month: int, *, first: tuple[int, int], this: tuple[int, int],
                    files: bool) -> InlineKeyboardMarkup:
    """The forms in which it can be kept where there is something in it; the months beside it, from the first of a
    wallet to the present one; and the movements one by one."""
    months = [divmod(year * 12 + month - 1 + step, 12) for step in (-1, 1)]
    kept = [(_("📄 PDF"), Form.DOCUMENT), (_("📑 Table (CSV)"), Form.TABLE)] if files else []
    turns = [(sign, year, month + 1) for sign, (year, month) in zip("‹›", months, strict=True)
             if first <= (year, month + 1) <= this]
    return keyboard(
        [button(speaker, label, StatementFile(form=form, month=year * 100 + month)) for label, form in kept],
        [button(speaker, _("‹ {month}", month=Month(year, month)) if sign == "‹" else
                _("{month} ›", month=Month(year, month)), StatementButton(month=year * 100 + month))
         for sign, year, month in turns],
        [button(speaker, _("🧾 History"), Open(what="history"))])


def take_back_list(speaker: Speaker, holds: Sequence[tuple[int, int, Fact]]) -> InlineKeyboardMarkup:
    """A button for each (hold, amount, name of the one it waits for)."""
    return keyboard(*([button(speaker, _("Take back {amount} ({name})", amount=Money(amount), name=name),
                              HoldButton(act=HoldAct.TAKE_FROM_LIST, hold=hold))] for hold, amount, name in holds))


def top_up_choices(speaker: Speaker, amounts: Sequence[int]) -> InlineKeyboardMarkup:
    """A few amounts of play money."""
    return keyboard([InlineKeyboardButton(text=speaker.plain(Money(amount)),
                                          callback_data=TopUpButton(amount=amount).pack()) for amount in amounts])


def history(speaker: Speaker, transfers: Sequence[int], filters: Sequence[tuple[Text, HistoryButton, bool]],
            turns: Sequence[tuple[str, HistoryButton]], month: int) -> InlineKeyboardMarkup:
    """Under a page of history: a number for each line's receipt, the filters (the chosen one ticked), the pages, and
    the month as a statement."""
    numbers = [InlineKeyboardButton(text=str(number), callback_data=ReceiptButton(transfer=transfer).pack())
               for number, transfer in enumerate(transfers, 1)]
    chosen = [InlineKeyboardButton(text=("✓ " if is_chosen else "") + speaker.plain(label), callback_data=data.pack())
              for label, data, is_chosen in filters]
    return keyboard(numbers, chosen, [InlineKeyboardButton(text=sign, callback_data=data.pack())
                                      for sign, data in turns], [statement(speaker, month)])


def my_envelopes(speaker: Speaker, transfers: Sequence[int], here: EnvelopesButton, *, more: bool,
                 years: Sequence[int]) -> InlineKeyboardMarkup:
    """Under a page of one's envelopes: a number for each line's story, the two sides (the chosen one ticked), the
    pages, and the years that there are beside this one."""
    def way(label: str, **other: int) -> InlineKeyboardButton:
        return InlineKeyboardButton(text=label, callback_data=here.model_copy(update=other).pack())

    numbers = [InlineKeyboardButton(text=str(number), callback_data=StoryButton(transfer=transfer).pack())
               for number, transfer in enumerate(transfers, 1)]
    sides = [way(("✓ " if here.sent is sent else "") + speaker.plain(label), sent=sent, page=0)
             for sent, label in ((True, _("I sent")), (False, _("I opened")))]
    turns = [way("‹", page=here.page - 1)] if here.page else []
    if more and here.page < MOST_PAGES:
        turns.append(way("›", page=here.page + 1))
    beside = [way(f"‹ {year}" if year < here.year else f"{year} ›", year=year, page=0) for year in years]
    return keyboard(numbers, sides, turns, beside)


def under_story(speaker: Speaker, transfer: int) -> InlineKeyboardMarkup:
    """Under an envelope's story: one's own part in it, and the way back."""
    return keyboard([_receipt(speaker, transfer), button(speaker, _("🧧 My red envelopes"), Open(what="envelopes"))])


def under_receipt(speaker: Speaker, transfer: int, *, give_back: bool) -> InlineKeyboardMarkup:
    """Its code for the clipboard, the way back, and the way to give back what one received."""
    return keyboard([copies(speaker, _("Copy code"), ids.code(transfer)),
                     button(speaker, _("🧾 History"), Open(what="history"))],
                    [button(speaker, _("↩️ Give it back"), GivebackButton(transfer=transfer))] if give_back else [])


def payment_of(button: InlineKeyboardButton) -> int:
    """The payment for which a button of ours stands, 0 for none."""
    if button.copy_text is not None:
        return ids.from_code(button.copy_text.text) or 0
    for kind in (ReceiptButton, GivebackButton):
        with suppress(TypeError, ValueError):
            return kind.unpack(button.callback_data or "").transfer
    return 0


def receipts(speaker: Speaker, lines: Sequence[tuple[int, Text]]) -> InlineKeyboardMarkup:
    """Movements whose receipt one may want."""
    return keyboard(*([button(speaker, label, ReceiptButton(transfer=transfer))] for transfer, label in lines))


def givebacks(speaker: Speaker, lines: Sequence[tuple[int, Text]]) -> InlineKeyboardMarkup:
    """Payments that one may want to give back."""
    return keyboard(*([button(speaker, label, GivebackButton(transfer=transfer))] for transfer, label in lines))


def ask_giveback(speaker: Speaker, token: str) -> InlineKeyboardMarkup:
    """Yes and no to giving something back."""
    yes, no = GivebackWord(act=DraftAct.CONFIRM, token=token), GivebackWord(act=DraftAct.CANCEL, token=token)
    return keyboard([button(speaker, _("↩️ Give it back"), yes, ButtonStyle.SUCCESS),
                     button(speaker, _("Cancel"), no, ButtonStyle.DANGER)])


# ---------------------------------------------------------------------------------------------- the wizard
def pick_person(speaker: Speaker) -> ReplyKeyboardMarkup:
    """Telegram's own user picker."""
    users = KeyboardButtonRequestUsers(request_id=PICK_REQUEST, user_is_bot=False, max_quantity=MOST_PICKED,
                                       request_name=True, request_username=True)
    label = speaker.plain(_("👤 Pick somebody"))
    return ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text=label, request_users=users)]], resize_keyboard=True,
                               one_time_keyboard=True)


def recent(speaker: Speaker, people: Sequence[tuple[int, Fact]]) -> InlineKeyboardMarkup:
    """Whom one paid lately, two in a row."""
    buttons = [InlineKeyboardButton(text=speaker.plain(name)[:LABEL_MOST],
                                    callback_data=PickButton(member=number).pack())
               for number, name in people]
    return keyboard(*(buttons[start:start + 2] for start in range(0, len(buttons), 2)), [_leave(speaker)])


def skip_note(speaker: Speaker) -> InlineKeyboardMarkup:
    """Go on without a note, or leave."""
    return keyboard([button(speaker, _("No note"), WizardButton(act=WizardAct.SKIP), ButtonStyle.PRIMARY),
                     _leave(speaker)])


def red_kinds(speaker: Speaker) -> InlineKeyboardMarkup:
    """The kinds of red envelopes."""
    return _choices(speaker, "kind", ((RedChoice.LUCKY, _("🎲 Lucky shares")), (RedChoice.EQUAL, _("⚖️ Equal shares")),
                                      (RedChoice.ONE, _("👤 For one person")), (RedChoice.WORD, _("🔑 By a word"))))


def red_greeting(speaker: Speaker) -> InlineKeyboardMarkup:
    """Go on without a greeting, or leave."""
    return _choices(speaker, "greeting", ((RedChoice.SKIP, _("No greeting")),))


def red_covers(speaker: Speaker) -> InlineKeyboardMarkup:
    """What the picture above a card is for."""
    return _choices(speaker, "cover", ((RedChoice.CLASSIC, _("🧧 Classic")), (RedChoice.NEW_YEAR, _("🏮 New Year")),
                                       (RedChoice.BIRTHDAY, _("🎂 Birthday")), (RedChoice.WEDDING, _("💍 Wedding"))))


def _choices(speaker: Speaker, step: str, choices: Sequence[tuple[RedChoice, Text]]) -> InlineKeyboardMarkup:
    """Two in a row, and the way to leave."""
    shown = [button(speaker, label, RedButton(step=step, choice=choice)) for choice, label in choices]
    leave = button(speaker, _("Cancel"), RedButton(step=step, choice=RedChoice.CANCEL))
    return keyboard(*(shown[start:start + 2] for start in range(0, len(shown), 2)), [leave])


def pick_group(speaker: Speaker) -> ReplyKeyboardMarkup:
    """Telegram's own chat picker."""
    asked = KeyboardButtonRequestChat(request_id=CHAT_REQUEST, chat_is_channel=False, bot_is_member=True,
                                      request_title=True)
    label = speaker.plain(_("👥 Pick a group"))
    return ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text=label, request_chat=asked)]], resize_keyboard=True,
                               one_time_keyboard=True)


def split_step(speaker: Speaker, step: str, choices: Sequence[tuple[SplitChoice, Text]],
               people: Sequence[tuple[int, Fact]] = ()) -> InlineKeyboardMarkup:
    """What a step of a split can be answered with, each in a row; above that whom one paid lately, two in a row; and
    the way to leave."""
    named = [InlineKeyboardButton(text=speaker.plain(name)[:LABEL_MOST], callback_data=ShareOf(member=number).pack())
             for number, name in people]
    styles = {SplitChoice.DONE: ButtonStyle.SUCCESS, SplitChoice.ENOUGH: ButtonStyle.PRIMARY,
              SplitChoice.SKIP: ButtonStyle.PRIMARY}
    shown = [[button(speaker, label, SplitStepButton(step=step, choice=choice), styles.get(choice))]
             for choice, label in choices]
    leave = button(speaker, _("Cancel"), SplitStepButton(step=step, choice=SplitChoice.CANCEL))
    return keyboard(*(named[start:start + 2] for start in range(0, len(named), 2)), *shown, [leave])


def _leave(speaker: Speaker) -> InlineKeyboardButton:
    return button(speaker, _("Cancel"), WizardButton(act=WizardAct.CANCEL))
