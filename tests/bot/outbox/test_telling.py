"""Who is told what, when, in which language, and how often."""
from __future__ import annotations

from aiogram.methods import EditMessageText, SendMessage
from sqlalchemy import update

from bot.telling import BELIEVED
from storage.tables import drafts
from storage.tables import members as members_table
from tests.bot.outbox.post import ALICE, BOB, CAROL, DAVE, GROUP, Post, expire, until
from tests.wallet.bank import Bank
from wallet.drafts import ExpireDraft, PlaceDraft
from wallet.events import Event, HoldWithdrawn, MoneyCame, NewVersions, PinWasLocked
from wallet.holds import PlaceHold, PlaceOffer
from wallet.rows import Notice


async def test_the_receiver_is_told_and_the_row_is_gone(post: Post) -> None:
    post.people.see(ALICE, "Alice")
    await post.bank.pays(ALICE, BOB, amount=2_000, note="lunch")
    assert await post.rows() == {"pending": 1}
    await post.delivers()
    [text] = post.sent_to(BOB)
    assert "Alice" in text
    assert "20.00" in text
    assert "lunch" in text
    assert await post.rows() == {}


async def test_a_notice_speaks_its_readers_language_at_delivery(post: Post) -> None:
    await post.bank.pays(ALICE, BOB, amount=2_000)
    await speaks(post.bank, BOB, "zh_CN")
    await post.delivers()
    assert post.sent_to(BOB)[0].startswith("[zh_CN]")


async def test_a_language_chosen_meanwhile_is_known_at_once_here_and_soon_elsewhere(post: Post) -> None:
    for language in ("en", "zh_CN", "en"):
        await speaks(post.bank, BOB, language)
        post.teller.forget(post.bank.members[BOB])
        await post.bank.pays(ALICE, BOB, amount=2_000)
        await post.delivers()
        assert post.sent_to(BOB)[-1].startswith(f"[{language}]")
    await speaks(post.bank, BOB, "zh_CN")
    await post.clock.advance(BELIEVED)
    await post.bank.pays(ALICE, BOB, amount=2_000)
    await post.delivers()
    assert post.sent_to(BOB)[-1].startswith("[zh_CN]")


async def speaks(bank: Bank, telegram_id: int, language: str) -> None:
    """Another process has set somebody's language."""
    assert bank.database is not None
    chosen = update(members_table).where(members_table.c.telegram_id == telegram_id).values(language=language)
    await bank.database.write(lambda connection: connection.execute(chosen))


async def test_a_stranger_is_told_in_the_language_that_telegram_says(post: Post) -> None:
    post.people.see(DAVE, "Dave", "zh-hans")
    await post.bank.pays(ALICE, DAVE, amount=500)
    await post.delivers()
    [text] = post.sent_to(DAVE)
    assert text.startswith("[zh_CN]")


async def test_where_money_is_offered_is_remembered_and_the_offer_ends_with_it(post: Post) -> None:
    sent = await post.bank.pays(ALICE, DAVE, amount=500)
    await post.delivers()
    [(hold, message)] = post.offers
    assert hold == sent.holds[0]
    await post.bank.run(PlaceOffer(key=post.bank.key(), payer=post.bank.members[ALICE], hold=hold, message=message))
    await expire(post.bank, hold)
    await post.delivers()
    [edit] = post.session.of(EditMessageText)
    assert (edit.chat_id, edit.message_id, edit.reply_markup) == (DAVE, message, None)
    assert "5.00" in (edit.text or "")
    assert await post.rows() == {}


async def test_a_card_in_a_chat_that_its_group_left_is_let_be(post: Post) -> None:
    sent = await post.bank.pays(ALICE, DAVE, amount=500)
    await post.bank.run(PlaceHold(key=post.bank.key(), payer=post.bank.members[ALICE], hold=sent.holds[0], chat=GROUP,
                                  message=7))
    post.session.moved[GROUP] = -1009
    await expire(post.bank, sent.holds[0])
    await post.delivers()
    assert len(post.session.of(EditMessageText)) == 1
    assert "is back in your wallet" in post.sent_to(ALICE)[-1]
    assert await post.rows() == {}


async def test_the_card_of_a_payment_that_ran_out_is_changed_though_the_process_died_in_between(post: Post) -> None:
    card = await post.bot.send_message(GROUP, "waiting for Alice")
    asked = await post.bank.asks(ALICE, BOB, amount=500)
    await post.bank.run(PlaceDraft(key=post.bank.key(), member=post.bank.members[ALICE], token=asked.token,
                                   chat=GROUP, message=card.message_id))
    assert post.bank.database is not None
    over = update(drafts).where(drafts.c.token == asked.token).values(expires_at=1)
    await post.bank.database.write(lambda connection: connection.execute(over))
    await post.bank.run(ExpireDraft(key=f"draft:{asked.token}:expire", token=asked.token))
    post.crash()
    await post.sender.stop()
    post.sender = post.new_sender("us again")
    await post.start()
    await post.idle()
    [text] = post.sent_to(GROUP)
    assert text.startswith("[zh_CN]")
    assert "5.00" in text
    assert post.sent_to(ALICE) == []
    assert await post.rows() == {}


async def test_notices_that_wait_for_one_person_become_one_message(post: Post) -> None:
    post.session.gate.clear()
    await post.bank.pays(ALICE, BOB, amount=100)
    post.hand_over()
    await until(lambda: post.session.underway)
    for amount in (200, 300, 400):
        await post.bank.pays(ALICE, BOB, amount=amount)
        post.hand_over()
    post.session.gate.set()
    await post.idle()
    first, second = post.sent_to(BOB)
    assert "1.00" in first
    assert all(amount in second for amount in ("2.00", "3.00", "4.00"))
    assert await post.rows() == {}


async def test_news_of_agreements_keep_a_message_of_their_own(post: Post) -> None:
    alice = post.bank.members[ALICE]
    news = NewVersions("user-agreement@2026-11-22", "")
    post.sender.accept([notice(post, BOB, MoneyCame(640, alice, 100, "", 0)), notice(post, BOB, news),
                        notice(post, BOB, MoneyCame(641, alice, 200, "", 0))])
    await post.idle()
    assert sorted("Important" in text for text in post.sent_to(BOB)) == [False, True]


async def test_notices_to_one_person_arrive_in_order(post: Post) -> None:
    for amount in range(101, 111):
        await post.bank.pays(ALICE, BOB, amount=amount)
        await post.delivers()
    assert [f"1.{amount - 100:02d}" in text for amount, text in zip(range(101, 111), post.sent_to(BOB), strict=True)
            ] == [True] * 10


async def test_security_is_told_before_money_when_there_is_a_queue(post: Post) -> None:
    post.sender._at_once = 1
    post.session.gate.clear()
    post.sender.accept([notice(post, CAROL, HoldWithdrawn(1, post.bank.members[ALICE], 5, "expired"))])
    await until(lambda: post.session.underway)
    post.sender.accept([notice(post, BOB, MoneyCame(640, post.bank.members[ALICE], 100, "", 0)),
                        notice(post, ALICE, PinWasLocked(1_770_000_000_000_000))])
    post.session.gate.set()
    await post.idle()
    assert [method.chat_id for method in post.session.of(SendMessage)] == [CAROL, ALICE, BOB]


def notice(post: Post, reader: int, event: Event) -> Notice:
    """A notice as the engine hands it over."""
    post.numbers += 64
    return Notice(post.numbers, post.bank.members[reader], 0, type(event).__name__, event.facts(), 1, 0)


async def test_a_card_loses_its_buttons_when_its_money_went_back(post: Post) -> None:
    sent = await post.bank.pays(ALICE, DAVE, amount=500)
    alice = post.bank.members[ALICE]
    hold = sent.holds[0]
    card = await post.bot.send_message(GROUP, "Dave, claim it")
    await post.bank.run(PlaceHold(key="place", payer=alice, hold=hold, chat=GROUP, message=card.message_id))
    await post.delivers()
    await expire(post.bank, hold)
    await post.delivers()
    [edit] = post.session.of(EditMessageText)
    assert edit.text is not None
    assert edit.text.startswith("[zh_CN]")
    assert (edit.chat_id, edit.message_id, edit.reply_markup) == (GROUP, card.message_id, None)
    assert await post.rows() == {}
