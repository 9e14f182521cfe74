"""A QQ number is stated by its owner alone, replaced and taken away, and stands nowhere but sealed."""
from __future__ import annotations

import pytest

from tests.fakes.store import FakeStore
from tests.wallet.bank import ALICE, Bank
from wallet import refusals
from wallet.members import Meet, Met
from wallet.qq import RemoveQQ, StateQQ, read_qq
from wallet.rows import Audit, Contact


def states(bank: Bank, member: int, sealed: bytes = b"sealed") -> StateQQ:
    return StateQQ(key=bank.key(), member=member, digest="d" * 64, sealed=sealed)


@pytest.mark.parametrize(("typed", "read"), [
    ("12345", "12345"), ("12345678901", "12345678901"), (" 10001 ", "10001"), ("１２３４５６", "123456"),
    ("1234", None), ("123456789012", None), ("012345", None), ("12 345", None), ("+12345", None), ("", None),
    ("12345a", None), ("١٢٣٤٥", None), ("12345\n", "12345")])
def test_a_number_has_five_to_eleven_digits_and_no_zero_in_front(typed: str, read: str | None) -> None:
    assert read_qq(typed) == read


async def test_it_is_stated_replaced_and_taken_away(bank: Bank) -> None:
    member = bank.members[ALICE]
    with pytest.raises(refusals.QQMissing):
        await bank.run(RemoveQQ(key=bank.key(), member=member))
    for sealed in (b"one", b"another"):
        await bank.run(states(bank, member, sealed))
        assert bank.row(Contact, member).qq == sealed
    await bank.run(RemoveQQ(key=bank.key(), member=member))
    assert bank.row(Contact, member).qq == b""
    with pytest.raises(refusals.QQMissing):
        await bank.run(RemoveQQ(key=bank.key(), member=member))
    assert isinstance(bank.store, FakeStore)
    written = [(row.act, row.facts) for row in bank.store.all(Audit) if row.member == member and "qq" in row.act]
    assert written == [("qq_stated", ""), ("qq_stated", ""), ("qq_removed", "")]


async def test_whoever_has_not_joined_states_none(bank: Bank) -> None:
    met = await bank.run(Meet(key=bank.key(), telegram_id=777, language="en"))
    assert isinstance(met, Met)
    for command in (states(bank, met.member), RemoveQQ(key=bank.key(), member=met.member)):
        with pytest.raises(refusals.NotAMember):
            await bank.run(command)
