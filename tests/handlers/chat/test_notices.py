"""Notices say what happened in the reader's language, once for many, and never more than Telegram takes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final, Literal

import pytest

from handlers.ground import Seen
from handlers.legal import Document, LegalText, Library
from handlers.notices import MOST_MERGED, Context, Edit, Rendered, render
from handlers.texts import Language
from tests.fakes.announcements import NoAnnouncements
from tests.fakes.tickets import NoTickets
from tests.handlers.chat.world import GROUP, LIBRARY, SPEAKERS, ZONE
from wallet import events, ids
from wallet.adjustments import AdjustDeed
from wallet.applications import DOCUMENTS, ENTERPRISE
from wallet.events import Event
from wallet.owed import FORMAT
from wallet.plain import compact
from wallet.rows import Notice
from wallet.views import (
    AnnouncementView,
    EnvelopeView,
    HoldView,
    MemberView,
    Party,
    RequestView,
    ShareView,
    SplitShareView,
    SplitView,
    VoucherView,
)

ALICE, BOB = Party(64, 1001, "爱丽丝"), Party(128, 1002, "Bobby")
OWED = compact({"statement": {"format": FORMAT, "member": 64, "at": "2026-12-01T04:00:00Z",
                              "entries": [["available", 1024, 3, 500], ["held", 1025, 1, 20]]},
                "key": "ab" * 32, "signature": "cd" * 64})
NOON = int(datetime(2026, 12, 1, 4, tzinfo=UTC).timestamp()) * 1_000_000
DAY = date(2026, 12, 5).toordinal()
LONG = "\"" * 100
HAN = re.compile("[\u3400-\u9fff]")


class Names:
    """Alice was seen lately, Bob only has a nickname, and 1003 is somebody who has not joined."""

    def __init__(self, name: str = "Alice") -> None:
        self.seen = {1001: Seen(1001, "", name, "", False), 1003: Seen(1003, "", "Eve", "", False)}

    async def party(self, member: int) -> Party | None:
        return {64: ALICE, 128: BOB}.get(member)

    async def hold(self, hold: int) -> HoldView | None:
        found = HoldView(hold, ALICE, 1003, 500, "", 7, "expired", NOON, GROUP, 77, "claim", False, 8)
        return found if hold == 9 else None

    async def envelope(self, envelope: int) -> EnvelopeView | None:
        return EnvelopeView(envelope, ALICE, "lucky", 1_000, 5, "expired", "good luck", "f" * 64, "5" * 64, 7, NOON,
                            NOON, GROUP, 79, (ShareView(BOB, 250, NOON),))

    async def request(self, request: int) -> RequestView | None:
        found = RequestView(request, ALICE, 1003, False, 500, "rent", "declined", NOON, 0, GROUP, 81, 12)
        return found if request == 11 else None

    async def voucher(self, voucher: int) -> VoucherView | None:
        return VoucherView(voucher, ALICE, 500, 3, 1, "expired", 0, "n" * 32, False, 7, NOON, GROUP, 81)

    async def split(self, split: int) -> SplitView | None:
        shares = (SplitShareView(BOB, 4_000, 7, NOON, 11), SplitShareView(Party(0, 1003, ""), 4_000, 0, 0, 12))
        return SplitView(split, ALICE, "named", 12_000, 3, 2, 8_000, 1, 4_000, "open", NOON, NOON, 0, GROUP, 80, "taxi",
                         shares)

    async def member(self, telegram_id: int) -> MemberView | None:
        return None

    async def by_username(self, username: str) -> Seen | None:
        raise AssertionError("no notice knows a user name")

    async def by_ids(self, telegram_ids: Sequence[int]) -> Mapping[int, Seen]:
        return self.seen


class Announced(NoAnnouncements):
    """One announcement, 15, and what is said of an incident."""

    async def said(self, announcement: int) -> AnnouncementView | None:
        kind, parts = ("news", 1) if announcement == 15 else ("incident", 3)
        return AnnouncementView(announcement, kind, "members", (), ("<b>Bob</b>\n\nand & more",) * parts,
                                ("维护",) * parts, "open", 1, 0, 0, NOON, 0)


async def told(*said: Event, language: Language = "en", name: str = "Alice") -> Rendered:
    names = Names(name)
    notices = [Notice(number, 1, 0, type(event).__name__, event.facts(), NOON, 0) for number, event in enumerate(said)]
    return await render(notices, Context(names, names, SPEAKERS[language], LIBRARY, NoTickets(), Announced()))


ADJUST: Final = AdjustDeed(64, -500, "counted twice", 7).text()
EVERY: tuple[Event, ...] = (
    events.MoneyCame(7, 64, 2000, "lunch", GROUP),
    events.MoneyWent(7, 128, 1002, 2000, "lunch", 0),
    events.MoneyWent(7, 0, 1003, 2000, "", 9),
    events.MoneyWaits(9, 7, 64, 500, "coffee", NOON),
    events.HoldSettled(9, 7, 128, 500),
    events.HoldReturned(9, 7, 500, "expired"),
    events.HoldReturned(9, 7, 500, "released"),
    events.HoldReturned(10, 7, 500, "expired"),
    events.MoneyWent(7, 128, 1002, 2000, "", 9, False, "accept"),
    events.MoneyWaits(9, 7, 64, 500, "coffee", NOON, "accept"),
    events.HoldSettled(9, 7, 128, 500, "accept"),
    events.HoldReturned(9, 7, 500, "declined", "accept"),
    events.HoldReturned(9, 7, 500, "expired", "accept"),
    events.HoldWithdrawn(9, 64, 500, "released"),
    events.HoldWithdrawn(9, 64, 500, "expired"),
    events.PinWasLocked(NOON),
    events.PinWasSet(True),
    events.PinWasSet(False),
    events.InvariantBroke("all accounts sum to zero; no balance is below zero"),
    events.AnchorPosted(12, NOON, "ab" * 32),
    events.AttackStopped(64, 1002, "buttons", 30, 5),
    events.AttackStopped(64, 1002, "codes", 30, 0),
    events.AttackStopped(64, 1002, "pins", 3, 5),
    events.RoleChanged("risk", 7),
    events.RoleChanged("", 7),
    events.EmailBound(),
    events.PinResetAsked(NOON, False),
    events.PinResetAsked(NOON, True),
    events.IdentityReset(),
    events.ApplicationCame(7, DOCUMENTS, 64),
    *(events.ApplicationDecided(7, kind, reason) for kind in (DOCUMENTS, ENTERPRISE) for reason in ("", "unreadable")),
    events.MoveAsked(NOON),
    events.MoveWaits(64, 998, NOON),
    *(events.MoveEnded(state) for state in ("granted", "objected", "rejected", "expired", "done")),
    events.WordsRemoved("note", 7, "fraud", NOON),
    events.WordsRemoved("greeting", 7, "content", NOON),
    events.WordsRemoved("nickname", 0, "impersonation", NOON),
    events.WordsRemoved("nickname", 0, "impersonation", NOON, True),
    events.TicketWaits(14, "payment", 64),
    events.TicketAnswered(14, "payment", 2, False, ""),
    events.ProposalWaits(21, ADJUST, 1003, NOON),
    events.ProposalEnded(21, ADJUST, "approved", 1003, ""),
    events.ProposalEnded(21, ADJUST, "rejected", 1003, "no receipt"),
    events.ProposalEnded(21, ADJUST, "expired", 0, ""),
    events.BalanceAdjusted(22, 500, "counted twice", 7),
    events.BalanceAdjusted(22, -500, "counted twice", 0),
    events.MaintenanceSoon(NOON, NOON),
    events.WindDownCame(NOON, OWED),
    events.WindDownCalledOff(NOON),
    events.TicketAnswered(14, "appeal", 2, True, ""),
    events.TicketAnswered(14, "appeal", 0, True, "solved"),
    events.AnnouncementCame(15),
    events.IncidentCame(16),
    events.DormancyNear(30, DAY, 4000),
    events.DormancyNear(1, DAY, 0),
    events.FellAsleep(4000),
    events.GuardianAnswered(2, True, True),
    events.GuardianAnswered(2, True, False),
    events.GuardianAnswered(2, False, True),
    *(events.WardRulesChanged(what, value) for what in ("payment", "day", "month") for value in (0, 5000)),
    events.WardRulesChanged("stopped", 1),
    events.WardRulesChanged("stopped", 0),
    events.GuardianLeft(1, 2, True),
    events.GuardianLeft(2, 1, False),
    events.GuardianStands(1, True),
    events.GuardianStands(1, False),
    events.FoundUnderAge(DAY),
    events.NameListed(2, 1002, "SAMPLE-1 SAMPLE-2", 64),
    events.MinorFound(2, ""),
    events.MinorFound(2, "risk"),
    events.AgeShown(2, DAY),
    events.CameOfAge(1, True),
    events.CameOfAge(2, False),
    events.DraftRanOut(GROUP, 78, 4000),
    events.DraftRanOut(1003, 0, 4000, "card"),
    events.DraftRanOut(1003, 0, 4000, "card", True),
    events.MoneyGivenBack(9, 7, 128, 500),
    events.EnvelopeWent(7, 9, "lucky", 1000, 5, "good luck", NOON),
    events.EnvelopeWent(7, 9, "equal", 1000, 1, "", NOON),
    events.ShareCame(7, 9, 64, 250),
    events.EnvelopeEmptied(7, 9, 1000, 5),
    events.EnvelopeReturned(8, 9, 7, 750, 1, 5),
    events.RequestCame(11, 64, 500, "rent", NOON),
    events.RequestReminder(11, 64, 500, "rent", NOON),
    events.RequestPaid(11, 7, 128, 500, "rent"),
    events.RequestEnded(11, 500, "declined"),
    events.RequestEnded(12, 500, "expired"),
    events.RequestClosed(11, 64, 500, "withdrawn"),
    events.RequestClosed(12, 64, 500, "expired"),
    events.HoldSettled(9, 7, 128, 500, "delay"),
    events.MoneyArrived(9, 7, 64, 500, 0),
    events.MoneyArrived(9, 7, 64, 500, NOON),
    events.MoneyWaits(9, 7, 64, 500, "coffee", NOON, "delay"),
    events.MoneyWent(7, 128, 1002, 2000, "", 9, False, "delay", NOON),
    events.HoldReturned(9, 7, 500, "expired", "delay"),
    events.MoneyWaits(9, 7, 64, 500, "coffee", NOON, "frozen"),
    events.MoneyWent(7, 128, 1002, 2000, "", 9, False, "frozen"),
    events.HoldLasts(9, 7, 500, NOON),
    events.HoldSettled(9, 7, 128, 500, "frozen"),
    events.HoldReturned(9, 7, 500, "declined", "frozen"),
    events.PaymentStopped(7, 384, 103, 90_000, "drain", "amount=90000 count=3 first=0"),
    events.PaymentStopped(0, 384, 0, 90_000, "flood", "amount=90000"),
    events.ChecksWait(1),
    events.ChecksWait(2),
    events.PaymentChecked(9, 7, 90_000, "held"),
    events.PaymentChecked(9, 7, 90_000, "cools"),
    events.PaymentChecked(9, 7, 90_000, "released"),
    events.PaymentChecked(9, 7, 90_000, "sent_back"),
    events.PenaltyGiven(9, "warning", "", "other", 0, NOON),
    events.PenaltyGiven(9, "limited", "sending", "fraud", NOON, NOON),
    events.PenaltyGiven(9, "limited", "receiving", "fraud", 0, NOON),
    events.PenaltyGiven(9, "limited", "envelopes", "fraud", 0, NOON),
    events.PenaltyGiven(9, "frozen", "", "theft", 0, NOON),
    events.PenaltyGiven(9, "banned", "", "laundering", NOON, NOON),
    events.PenaltyEnded(9, "limited", "envelopes", True),
    *(events.EndedByBan(what, 9) for what in ("hold", "voucher", "split", "request")),
    events.EndedByBan("request", 11),
    events.PenaltyEnded(9, "banned", "", False),
    events.LegalHoldPlaced(9, "Court", "(2026) 123", DAY, 0, 0),
    events.LegalHoldPlaced(9, "Court", "(2026) 123", DAY, 50_000, NOON),
    events.LegalHoldEnded(9, "Court", "(2026) 123", True),
    events.LegalHoldEnded(9, "Court", "(2026) 123", False),
    events.LegalHoldRanOut(9, "Court", "(2026) 123", 64),
    events.VoucherWent(7, 9, 500, 3, NOON),
    events.VoucherCame(8, 9, 64, 500),
    events.VoucherRedeemed(9, 8, 128, 500, 1, 3),
    events.VoucherReturned(10, 9, 1000, 1, 3),
    events.VoucherGuessed(9, 7),
    events.ShareAsked(9, 64, 1003, False),
    events.ShareAsked(9, 64, 1003, True),
    events.ShareClosed(9, 64, 1003, 4_000, "closed"),
    events.ShareClosed(9, 64, 1003, 4_000, "expired"),
    *(events.OfferClosed(9, 64, 1003, 13, state) for state in ("complete", "closed", "expired")),
    events.ShareWent(7, 9, 64, 4_000, "taxi"),
    events.SharePaidIn(7, 9, 128, 4_000, "taxi", 1, 2),
    events.SharePaidIn(7, 9, 128, 4_000, "taxi", 2, 2),
    events.SplitLags(9, 1, 2, 4_000),
    events.SplitEnded(9, 1, 2, 4_000),
    events.ScheduleSoon(13, 1003, 500, "rent", False, DAY),
    events.ScheduleRan(13, 7, 128, 500, "rent", 0, False, DAY, DAY + 7, 0),
    events.ScheduleRan(13, 7, 128, 500, "", 9, True, DAY, 0, 2),
    events.ScheduleFailed(13, 1003, 500, False, DAY, "balance", DAY + 1, False, 0),
    events.ScheduleFailed(13, 1003, 500, False, DAY, "waiting", DAY + 7, True, 1),
    events.ScheduleFailed(13, 1003, 500, False, DAY, "agreements", 0, True, 0),
    events.ScheduleFailed(13, 1003, 500, False, DAY, "frozen", DAY + 1, False, 0),
    events.ScheduleFailed(13, 1003, 500, False, DAY, "restricted", DAY + 1, False, 0),
    events.ScheduleEnded(13, 1003, 500, False, "payer"),
    events.ScheduleEnded(13, 1003, 500, False, "receiver"),
    events.ScheduleEnded(13, 1003, 500, False, "balance"),
    events.ScheduleEnded(13, 1003, 500, False, "frozen"),
    events.NewVersions("user-agreement@2026-11-22", "privacy-policy@2026-11-22 account-rules@1999-01-01"),
)


def test_every_event_is_told_here() -> None:
    assert {type(event).__name__ for event in EVERY} == set(events.ALL)


@pytest.mark.parametrize("event", EVERY, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_each_event_has_words_in_both_languages(event: Event, language: Language) -> None:
    rendered = await told(event, language=language)
    assert rendered.urgent == type(event).URGENT
    if isinstance(event, events.DraftRanOut | events.RequestClosed | events.ShareClosed | events.OfferClosed
                  | events.EndedByBan):
        assert rendered.text == ""
        return
    assert bool(HAN.search(rendered.text)) == (language == "zh_CN")


async def test_money_that_came_names_who_how_much_and_the_receipt() -> None:
    rendered = await told(EVERY[0])
    assert rendered.text == f"💰 Alice sent you <b>¥20.00</b>.\nNote: lunch\nReceipt: <code>{ids.code(7)}</code>"
    assert rendered.markup is not None
    assert [button.text for row in rendered.markup.inline_keyboard for button in row] == ["Receipt", "💰 Balance"]


async def test_what_operators_announce_is_text_with_its_lines() -> None:
    said = (await told(events.AnnouncementCame(15))).text
    assert said == "📣 <b>An announcement from ikmPay</b>\n\n&lt;b&gt;Bob&lt;/b&gt;\n\nand &amp; more"


async def test_somebody_who_was_not_seen_goes_by_their_nickname() -> None:
    assert "Bobby" in (await told(events.HoldSettled(9, 7, 128, 500))).text


async def test_what_ran_out_changes_its_card_in_the_group() -> None:
    rendered = await told(events.HoldReturned(9, 7, 500, "expired"))
    edit, = rendered.edits
    assert edit == Edit(GROUP, 77, edit.text)
    assert SPEAKERS["en"].say(edit.text) == "⌛ Eve did not claim ¥5.00 within 24 hours, so it went back to Alice."


async def test_a_payment_that_nobody_confirmed_changes_its_card_and_tells_nobody_else() -> None:
    rendered = await told(events.DraftRanOut(GROUP, 78, 4000))
    edit, = rendered.edits
    assert edit == Edit(GROUP, 78, edit.text, passing=True)
    assert SPEAKERS["en"].say(edit.text) == (
        "⌛ Not confirmed within 10 minutes: ¥40.00 was not sent. No money moved.")
    assert (rendered.text, rendered.markup) == ("", None)


async def test_a_card_that_nobody_confirmed_or_paid_says_so_where_it_was_sent() -> None:
    for asked, words in ((False, "⌛ Not confirmed within 10 minutes"), (True, "⌛ Nobody paid the ¥40.00")):
        edit, = (await told(events.DraftRanOut(1003, 0, 4000, "card", asked))).edits
        assert (edit.chat, edit.card, edit.passing) == (1003, "card", False)
        assert SPEAKERS["en"].say(edit.text).startswith(words)


async def test_a_request_that_ended_changes_its_card_and_the_message_that_asked() -> None:
    for event, chat, message, words in (
            (events.RequestPaid(11, 7, 128, 500, "rent"), GROUP, 81, "✅ Eve paid Alice the ¥5.00"),
            (events.RequestEnded(11, 500, "declined"), GROUP, 81, "✖️ Eve declined: Alice had asked for ¥5.00."),
            (events.RequestClosed(11, 64, 500, "withdrawn"), 1003, 12, "↩️ Alice took back the request for ¥5.00.")):
        edit, = (await told(event)).edits
        assert (edit.chat, edit.message) == (chat, message)
        assert SPEAKERS["en"].say(edit.text).startswith(words)


async def test_a_share_that_nobody_need_pay_any_more_changes_the_message_that_asked() -> None:
    for event, chat, message, words in (
            (events.ShareWent(7, 9, 64, 4_000, "taxi"), BOB.telegram_id, 11, "✅ You paid your share of ¥40.00 to"),
            (events.ShareClosed(9, 64, 1003, 4_000, "closed"), 1003, 12, "⏹ Alice closed the split"),
            (events.OfferClosed(9, 64, 1003, 13, "complete"), 1003, 13, "🎉 Others took all the shares of what Alice"),
            (events.OfferClosed(9, 64, 1003, 13, "closed"), 1003, 13, "⏹ Alice closed the split"),
            (events.OfferClosed(9, 64, 1003, 13, "expired"), 1003, 13, "⌛ After 7 days what Alice split is over"),
            (events.ShareClosed(9, 64, 1003, 4_000, "expired"), 1003, 12, "⌛ Alice had asked you for your share")):
        edit, = (await told(event)).edits
        assert (edit.chat, edit.message) == (chat, message)
        assert SPEAKERS["en"].say(edit.text).startswith(words)


async def test_what_is_not_said_leaves_the_rest_as_it_is() -> None:
    rendered = await told(events.DraftRanOut(GROUP, 78, 4000), EVERY[0], events.DraftRanOut(GROUP, 79, 100))
    assert rendered.text == (await told(EVERY[0])).text
    assert [edit.message for edit in rendered.edits] == [78, 79]


async def test_several_notices_become_one_message_in_their_order() -> None:
    rendered = await told(EVERY[0], EVERY[1], EVERY[5])
    first, second, third = rendered.text.split("\n\n")
    assert (first[:1], second[:1], third[:1]) == ("💰", "✅", "⌛")
    assert len(rendered.edits) == 1


async def test_a_crowd_of_notices_is_counted_and_fits_into_one_message() -> None:
    crowd = [events.MoneyCame(number, 64, 10**14, LONG, GROUP) for number in range(500)]
    rendered = await told(*crowd, name="&" * 300)
    assert rendered.text.endswith(f"… and {500 - MOST_MERGED} more; see /history.")
    shown = rendered.text.replace("&quot;", "\"").replace("&amp;", "&")
    assert len(shown.encode("utf-16-le")) // 2 <= 4096


async def test_a_hostile_name_is_only_a_name() -> None:
    rendered = await told(EVERY[0], name="<b>\u202e{0.__class__}</b>")
    assert "&lt;b&gt;{0.__class__}&lt;/b&gt; sent you" in rendered.text


def paper(name: str, version: str, kind: Literal["minor", "significant"], changes: str = "") -> Document:
    """One version of a document; its words don't matter here."""
    texts = {language: LegalText(language, f"The {name} & more", "", "", (), "", "", changes)
             for language in ("en", "zh_CN")}
    return Document(name, version, date.fromisoformat(version), kind, frozenset({"payment"}), texts)


async def news(event: events.NewVersions, *documents: Document) -> Rendered:
    names = Names()
    notice = Notice(1, 1, 0, "NewVersions", event.facts(), NOON, 0)
    return await render([notice], Context(names, names, SPEAKERS["en"], Library(documents, ZONE), NoTickets(),
                                          NoAnnouncements()))


async def test_a_significant_version_is_told_with_what_it_changes_and_what_follows() -> None:
    rendered = await news(events.NewVersions("paper@2026-12-09", ""), paper("paper", "2026-11-22", "significant"),
                          paper("paper", "2026-12-09", "significant", "Fees < 1."))
    assert rendered.text == (
        "📣 <b>Important: what you agreed to is changing</b>\n\n"
        "<b>The paper &amp; more</b>\nVersion 2026-12-09, in force from Dec 9, 2026\n"
        "<blockquote>Fees &lt; 1.</blockquote>\n\n"
        "From that day on, money still reaches you, but you can send none until you have accepted the new version. You "
        "can read and accept it now.")
    assert rendered.markup is not None
    assert [button.text for row in rendered.markup.inline_keyboard for button in row] == [
        "📖 The paper & more", "🔍 What changed", "Read and accept"]


async def test_a_minor_version_is_told_in_short_and_asks_for_nothing() -> None:
    rendered = await news(events.NewVersions("", "paper@2026-12-09"), paper("paper", "2026-11-22", "significant"),
                          paper("paper", "2026-12-09", "minor", "A comma."))
    assert rendered.text.startswith("📄 <b>A small change in what you agreed to</b>")
    assert rendered.text.endswith("if you go on using ikmPay after that day, you accept it.")
    assert rendered.markup is not None
    assert "Read and accept" not in [button.text for row in rendered.markup.inline_keyboard for button in row]


async def test_versions_of_several_days_are_not_told_as_of_one() -> None:
    told = events.NewVersions("paper@2026-12-09 other@2026-12-10", "third@2026-12-09 fourth@2026-12-10")
    rendered = await news(told, paper("paper", "2026-12-09", "significant", "All."),
                          paper("other", "2026-12-10", "significant", "All."),
                          paper("third", "2026-12-09", "minor", "All."), paper("fourth", "2026-12-10", "minor", "All."))
    assert "From each of those days on, money still reaches you" in rendered.text
    assert rendered.text.endswith("if you go on using ikmPay after those days, you accept them.")


async def test_however_many_versions_there_are_they_fit_into_one_message() -> None:
    letters = "abcdefghijklmnopqrst"
    crowd = [paper(letter * 25, "2026-12-09", "significant", "<&>" * 200) for letter in letters]
    rendered = await news(events.NewVersions(" ".join(f"{one.name}@{one.version}" for one in crowd), ""), *crowd)
    assert len(rendered.text.encode("utf-16-le")) // 2 <= 4096


async def test_a_version_whose_file_was_taken_back_is_not_told() -> None:
    assert (await news(events.NewVersions("paper@2026-12-09", ""))).text == ""
