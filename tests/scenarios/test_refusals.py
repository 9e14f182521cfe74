"""Every no that a member can meet: its own sentence in the reader's language, through the whole process, and no money
moved by it."""
from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, update

from bot.local import acts
from handlers.commands import Verb
from handlers.parsing import ParseProblem, Unclear
from handlers.refusals import about_unclear, sentence
from handlers.texts import Language, Text
from storage.phones import MOST
from storage.tables import members, pins, switch
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, joins, tops_up
from wallet import refusals
from wallet.money import AmountReason
from wallet.refusals import Refusal

LATER: Final = 4_000_000_000_000_000
PIN: Final = "284917"
Said = Refusal | Unclear


class House:
    """One deployment with a payer who has money, in one of the languages."""

    def __init__(self, here: Stage, language: Language) -> None:
        self.here = here
        self.language = language
        self.payer, self.payee = (here.alice, here.bob) if language == "en" else (here.liming, here.wangfang)
        self.words = ENGLISH if language == "en" else CHINESE
        self.name = "bob" if language == "en" else "wangfang"
        self.stranger = here.liming if language == "en" else here.alice
        self.stranger_name = "liming" if language == "en" else "alice"

    def plain(self, said: Said) -> str:
        """As its reader sees it."""
        text: Text = sentence(said) if isinstance(said, Refusal) else about_unclear(said, self.here.app.config.currency)
        return self.here.app.voices[self.language].plain(text)

    async def balance(self, person: Person) -> tuple[int, int]:
        member = await self.here.app.reads.member(person.id)
        assert member is not None
        view = await self.here.app.reads.balance(member.id)
        return view.available, view.held

    async def change(self, person: Person, **values: Any) -> None:
        """What an operator will do by command one day."""
        await self.here.app.database.write(lambda connection: connection.execute(
            update(members).where(members.c.telegram_id == person.id).values(**values)))

    async def refuses(self, text: str, said: Said, *, where: int | None = None, reply_to: str | None = None) -> None:
        """What is typed is refused by this sentence, newly said to the payer alone, and no money moves."""
        before, money = len(self.payer.sees(where)), await self.balance(self.payer)
        public = self.here.wangfang if self.payer is self.here.alice else self.here.bob
        others = len(public.sees(where)) if where else 0
        await self.payer.says(text, where, reply_to=reply_to)
        new = self.payer.sees(where)[before:]
        assert [self.plain(said)] == new, text
        assert await self.balance(self.payer) == money
        if where:
            assert len(public.sees(where)) == others, "the group reads nothing of it"


@pytest.fixture(params=["en", "zh_CN"])
async def house(request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with stage(tmp_path, sqlite_url) as here:
        made = House(here, request.param)
        await joins(made.payer, made.words)
        await tops_up(made.payer, made.words, 100)
        await joins(made.payee, made.words)
        yield made


def amount(reason: AmountReason, named: str | None = None) -> Unclear:
    return Unclear(Verb.SEND, ParseProblem.AMOUNT, reason, named)


async def test_whatever_is_wrong_with_an_amount_is_named(house: House) -> None:
    for typed, reason in (("0", AmountReason.ZERO), ("0.00", AmountReason.ZERO), ("-5", AmountReason.NEGATIVE),
                          ("1.234", AmountReason.DECIMALS), ("1234567890123456", AmountReason.DIGITS),
                          ("1e3", AmountReason.EXPONENT), ("1,00", AmountReason.GROUPING)):
        for where in (None, house.here.group):
            await house.refuses(f"/send @{house.name} {typed}", amount(reason), where=where)
    await house.refuses(f"/send @{house.name} USD5", amount(AmountReason.CURRENCY, "USD"))
    await house.refuses(f"/send @{house.name} NaN", amount(AmountReason.MALFORMED))
    await house.refuses("/send @nobody_here 5", refusals.PersonUnknown("@nobody_here"))
    await house.refuses(f"/send @{house.name} 50000.01", refusals.AmountOutOfRange(1, 5_000_000))
    await house.refuses(f"/send @{house.name} 100.01", refusals.NotEnough(10_000, 10_001))
    await house.refuses("/topup 99999", refusals.TopUpOutOfRange(1_000_000))


async def test_whoever_can_not_be_paid_is_named(house: House) -> None:
    own = "alice" if house.language == "en" else "liming"
    phone = house.here.world.people[house.payee.id].phone
    hello = await house.payer.says("hello", house.here.group)
    for where in (None, house.here.group):
        await house.refuses(f"/send @{own} 5", refusals.PayToYourself(), where=where)
        await house.refuses("/send @ikmpay_bot 5", refusals.ReceiverIsNotAPerson(), where=where)
        await house.refuses(f"/send @{house.name} {phone} 5 each", refusals.NumbersByThemselves(), where=where)
    await house.refuses("/send 5", refusals.PayToYourself(), where=house.here.group, reply_to=hello.key)
    await house.refuses("/send +8613800138999 5", refusals.PersonUnknown("+8613800138999"))
    await house.refuses("/send 5", Unclear(Verb.SEND, ParseProblem.NO_RECEIVER))
    await house.refuses(f"/send @{house.name} 5 {'x' * 101}",
                        Unclear(Verb.SEND, ParseProblem.NOTE_TOO_LONG, limit=100))
    for state in ("banned", "dormant"):
        await house.change(house.payee, state=state)
        await house.refuses(f"/send @{house.name} 5", refusals.ReceiverUnavailable())


async def test_who_may_not_pay_is_told_why_and_whom_to_ask(house: House) -> None:
    cases: tuple[tuple[dict[str, Any], Refusal], ...] = (
        ({"state": "frozen"}, refusals.AccountFrozen()), ({"state": "banned"}, refusals.AccountBanned()),
        ({"state": "active", "restrictions": 1}, refusals.DirectionRestricted("sending")),
        ({"restrictions": 1, "restricted_until": LATER}, refusals.DirectionRestricted("sending", LATER)))
    help_label = "Help" if house.language == "en" else "帮助"
    for changes, refusal in cases:
        await house.change(house.payer, **changes)
        for where in (None, house.here.group):
            await house.refuses(f"/send @{house.name} 5", refusal, where=where)
        await house.payer.taps(help_label)
        house.payer.was_told("Reach us" if house.language == "en" else "联系我们")
    private = "Open the private chat" if house.language == "en" else "打开私聊"
    before = len(house.payer.sees())
    await house.payer.taps(private, house.here.group)
    told = "\n".join(house.payer.sees()[before:])
    assert "Reach us" in told or "联系我们" in told


async def test_who_may_not_receive_cannot_claim(house: House) -> None:
    stranger = house.stranger
    await house.payer.says(f"/send @{house.stranger_name} 5", house.here.group)
    await house.payer.taps(house.words.confirm, house.here.group)
    await joins(stranger, house.words)
    await house.change(stranger, restrictions=2)
    await stranger.taps(house.words.claim, house.here.group)
    await stranger.taps("Open the private chat" if house.language == "en" else "打开私聊", house.here.group)
    await stranger.taps(house.words.agree)
    assert stranger.sees()[-1] == house.plain(refusals.DirectionRestricted("receiving"))
    assert (await house.balance(stranger), (await house.balance(house.payer))[1]) == ((0, 0), 500)


async def test_while_money_rests_everybody_reads_when_it_goes_on(house: House) -> None:
    for state, until, refusal in (("maintenance", 0, refusals.Maintenance()), ("read_only", 0, refusals.ReadOnly()),
                                  ("maintenance", LATER, refusals.Maintenance(LATER))):
        statement = update(switch).values(state=state, until=until)
        await house.here.app.database.write(partial(Connection.execute, statement=statement))
        await house.refuses(f"/send @{house.name} 5", refusal)
        await house.refuses("/topup 5", refusal)
        await house.payer.says("/balance")
        assert "100.00" in house.payer.sees()[-1]


async def test_a_pin_that_is_wrong_too_often_is_locked_and_the_payment_is_not_made(house: House) -> None:
    await house.payer.says("/pin")
    await house.payer.types_pin(PIN)
    await house.payer.types_pin(PIN)
    await house.payer.says("/topup 500")
    await house.payer.says(f"/send @{house.name} 300", house.here.group)
    money = await house.balance(house.payer)
    for left in (4, 3, 2, 1):
        await house.payer.types_pin("839201")
        assert house.plain(refusals.PinWrong(left)) in house.payer.sees()[-1]
    await house.payer.types_pin("839201")
    async with house.here.app.database.reading.connect() as connection:
        locked = refusals.PinLocked((await connection.execute(pins.select())).one().locked_until)
    assert house.plain(locked) in house.payer.sees()
    assert await house.balance(house.payer) == money
    await house.payer.says(f"/send @{house.name} 300", house.here.group)
    assert house.plain(locked) in house.payer.sees(house.here.group)
    assert house.plain(locked) not in house.payee.sees(house.here.group)
    assert await house.balance(house.payer) == money


async def test_a_forwarded_payment_and_one_of_somebody_without_a_wallet_move_nothing(house: House) -> None:
    post = await house.payee.says(f"/send @{house.name} 5", house.here.group)
    before = len(house.payer.sees())
    acts.forward(house.here.world, house.payer.id, house.here.group, post.key, None)
    await house.here.settle()
    assert house.payer.sees()[before:] == [house.plain(refusals.MessageForwarded())]
    stranger = house.stranger
    await stranger.says("/send @bob 5", house.here.group)
    other: Language = "zh_CN" if house.language == "en" else "en"
    assert stranger.sees(house.here.group)[-1] == house.here.app.voices[other].plain(sentence(refusals.NotAMember()))
    await house.refuses("/pin", refusals.PrivateOnly(), where=house.here.group)
    await house.refuses("/group", refusals.GroupOnly())
    await house.payee.says("/group", house.here.group)
    assert house.payee.sees(house.here.group)[-1] == house.plain(refusals.NotAnAdministrator())
    await house.refuses("/receipt AAAAAAAAA", Unclear(Verb.RECEIPT, ParseProblem.CODE))
    assert await house.balance(house.payer) == (10_000, 0)


async def test_what_is_too_much_at_once_is_said_with_its_bound(house: House) -> None:
    many = " ".join(f"@somebody_{number}" for number in range(21))
    await house.refuses(f"/send {many} 1 each", Unclear(Verb.SEND, ParseProblem.TOO_MANY_RECEIVERS, limit=20))
    for number in range(MOST):
        phone = f"+86138001380{number:02}"
        await house.refuses(f"/send {phone} 1", refusals.PersonUnknown(phone))
    await house.refuses("/send +8613800138999 1", refusals.TooManyNumbers(MOST))
    await house.change(house.payer, waiting=50)
    await house.refuses(f"/send @{house.stranger_name} 5", refusals.TooManyWaiting(50))


async def test_what_waits_stays_where_it_is_while_its_payer_is_frozen(house: House) -> None:
    stranger, here = house.stranger, house.here
    await house.payer.says(f"/send @{house.stranger_name} 5", here.group)
    await house.payer.taps(house.words.confirm, here.group)
    await joins(stranger, house.words)
    await tops_up(stranger, house.words, 10)
    await house.change(house.payer, state="frozen")
    alert = await stranger.taps(house.words.claim, here.group)
    assert alert == house.plain(refusals.PayerUnavailable())
    assert (await house.balance(stranger), await house.balance(house.payer)) == ((1_000, 0), (9_500, 500))


async def test_where_nobody_can_top_up_it_is_said(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url, play_money=False) as here:
        await joins(here.alice, ENGLISH)
        for said in ("/topup", "/topup 5"):
            await here.alice.says(said)
            if ENGLISH.agree in here.alice.buttons():
                await here.alice.taps(ENGLISH.agree)
            assert here.alice.sees()[-1].startswith("There is no way to top up here yet. Nothing was added.")
