"""What a group's administrators chose: narrower than the deployment's own bounds, audited, and taken along."""
from __future__ import annotations

import pytest

from tests.wallet.bank import ALICE, GROUP, Bank
from tests.wallet.test_envelopes import wish, yes
from wallet import refusals
from wallet.drafts import Asked
from wallet.groups import ENVELOPES, FEATURE, LANGUAGE, MoveGroup, SetGroupRule
from wallet.rows import Audit, GroupRules

ELSEWHERE = GROUP - 1


async def sets(bank: Bank, rule: str, value: int, chat: int = GROUP) -> None:
    await bank.run(SetGroupRule(key=bank.key(), administrator=7, chat=chat, rule=rule, value=value))


def audited(bank: Bank) -> list[tuple[str, str]]:
    return [(row.act, row.facts) for row in bank.store.all(Audit) if row.act.startswith("group_")]  # type: ignore[attr-defined]


async def test_the_caps_of_a_group_bound_its_envelopes_and_no_others(bank: Bank) -> None:
    await sets(bank, "shares", 3)
    await sets(bank, "average", 100)
    with pytest.raises(refusals.SharesOutOfRange) as too_many:
        await bank.run(wish(bank, amount=300, count=4))
    assert too_many.value.most == 3
    with pytest.raises(refusals.EnvelopeOutOfRange) as too_much:
        await bank.run(wish(bank, amount=301, count=3))
    assert too_much.value.highest == 300
    assert isinstance(await bank.run(wish(bank, amount=300, count=3)), Asked)
    await sets(bank, "shares", 0)
    await sets(bank, "average", 0)
    assert isinstance(await bank.run(wish(bank, amount=20_000, count=4)), Asked)


async def test_a_cap_never_widens_what_the_deployment_allows(bank: Bank) -> None:
    await sets(bank, "shares", 5_000)
    await sets(bank, "average", 2**40)
    with pytest.raises(refusals.SharesOutOfRange) as too_many:
        await bank.run(wish(bank, amount=1_000, count=101))
    assert too_many.value.most == 100
    with pytest.raises(refusals.EnvelopeOutOfRange):
        await bank.run(wish(bank, amount=20_001, count=1))


async def test_where_envelopes_are_off_none_is_asked_for_and_none_is_confirmed(bank: Bank) -> None:
    draft = await bank.run(wish(bank))
    assert isinstance(draft, Asked)
    await sets(bank, f"{FEATURE}{ENVELOPES}", 0)
    for command in (wish(bank), yes(bank, draft.token)):
        with pytest.raises(refusals.FeatureOff) as off:
            await bank.run(command)
        assert off.value.feature == ENVELOPES
    assert await bank.balance(ALICE) == 100_000
    await sets(bank, f"{FEATURE}{ENVELOPES}", 1)
    assert isinstance(await bank.run(wish(bank)), Asked)


async def test_what_was_filled_before_is_opened_and_comes_back_as_it_would(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=1_000, shares=4)
    await sets(bank, f"{FEATURE}{ENVELOPES}", 0)
    await sets(bank, "shares", 1)
    assert (await bank.opens(envelope.envelope, ALICE)).amount > 0


async def test_each_change_is_audited_with_who_made_it(bank: Bank) -> None:
    await sets(bank, "delay", 60)
    await sets(bank, "feature:transfers", 0)
    await sets(bank, LANGUAGE, 1)
    assert audited(bank) == [("group_rule", f"{GROUP} {said} by 7") for said in (
        "delay 60", "feature:transfers 0", "language 1")]
    assert bank.row(GroupRules, GROUP) == GroupRules(GROUP, "transfers", 0, 0, 0, 60, 0)


async def test_a_group_that_becomes_another_chat_takes_its_rules_along_once(bank: Bank) -> None:
    await sets(bank, "shares", 3)
    for _ in range(2):  # Telegram says it in both chats.
        await bank.run(MoveGroup(key=bank.key(), before=GROUP, chat=ELSEWHERE))
        await sets(bank, "average", 100, ELSEWHERE)
    assert bank.row(GroupRules, ELSEWHERE) == GroupRules(ELSEWHERE, "", 100, 3, 0, 0, 0)
    assert audited(bank).count(("group_moved", f"{GROUP} {ELSEWHERE}")) == 1


async def test_a_group_without_rules_moves_without_a_trace(bank: Bank) -> None:
    await bank.run(MoveGroup(key=bank.key(), before=GROUP, chat=ELSEWHERE))
    assert bank.store.all(GroupRules) == []  # type: ignore[attr-defined]
    assert audited(bank) == []
