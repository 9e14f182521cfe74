"""What is refused to those who write to the operators."""
from __future__ import annotations

from handlers.chat.buttons import DeskAct, DeskButton, TicketAct, TicketButton
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, name_of
from wallet import refusals
from wallet.operators import AppointOwners
from wallet.reports import MOST_A_DAY
from wallet.tickets import LONGEST, MOST_OPEN, MOST_PICTURES, MOST_UNANSWERED, AnswerTicket, OpenTicket, Said


async def _asks(town: Town, person: int = 0, pictures: int = 0) -> tuple[int, int]:
    """Somebody wrote, and goes on with it; returns them and the ticket."""
    person = person or await town.resident()
    said = await town.run(OpenTicket(key=town.key(), member=await town.member(person), category="other", digest="d",
                                     pictures=pictures, sealed=b""))
    assert isinstance(said, Said)
    await town.forges(person, TicketButton(act=TicketAct.WRITE, ticket=said.ticket).pack())
    return person, said.ticket


@meets(refusals.TooManyTickets)
async def somebody_asks_and_asks(town: Town) -> None:
    person = await town.resident()
    for _ in range(MOST_OPEN):
        await _asks(town, person)
    await town.says(person, "/support it is me again")
    await town.taps(person, "Something else", "其他")


@meets(refusals.TicketUnknown)
async def a_stranger_goes_on_with_it(town: Town) -> None:
    _, ticket = await _asks(town)
    await town.forges(town.bob, TicketButton(act=TicketAct.SHOW, ticket=ticket).pack())


@meets(refusals.TicketWaits)
async def somebody_writes_and_writes(town: Town) -> None:
    person, _ = await _asks(town)
    for _ in range(MOST_UNANSWERED):
        await town.says(person, "hello?")


@meets(refusals.TicketFull)
async def somebody_sends_one_more_picture(town: Town) -> None:
    person, _ = await _asks(town, pictures=MOST_PICTURES)
    photo = {"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}
    await town.says(person, "", photo=[photo])


@meets(refusals.TicketOver)
async def an_answer_comes_after_the_end(town: Town) -> None:
    owner, (_, ticket) = await town.resident(), await _asks(town)
    await town.run(AppointOwners(key=town.key(), telegram_ids=(owner,)))
    await town.run(AnswerTicket(key=town.key(), operator=owner, ticket=ticket, close=True, closing="solved"))
    await town.forges(owner, DeskButton(act=DeskAct.TAKE, ticket=ticket).pack())


@meets(refusals.WordsTooLong)
async def somebody_writes_a_novel(town: Town) -> None:
    person, _ = await _asks(town)
    await town.says(person, "a" * (LONGEST + 1))


@meets(refusals.WordsMissing)
async def somebody_says_nothing(town: Town) -> None:
    person, _ = await _asks(town)
    await town.says(person, "\u200b\u2060")


@meets(refusals.ReportedAlready)
async def somebody_is_reported_again(town: Town) -> None:
    person = await town.resident()
    for _ in range(2):
        await town.says(person, "/report he sells my number", group=True, reply_to=town.bob)


@meets(refusals.ReportsOneself)
async def somebody_reports_themselves(town: Town) -> None:
    await town.says(town.bob, f"/report @{name_of(town.bob)} it was me")


@meets(refusals.TooManyReports)
async def somebody_reports_everybody(town: Town) -> None:
    person = await town.resident()
    for _ in range(MOST_A_DAY + 1):
        await town.says(person, "/report spam", group=True, reply_to=await town.resident(gates=("join",)))
