"""Links that ask for money: they say what they were made for, and nobody else makes one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import links
from handlers.links import Collecting, NoRoom
from wallet.vault import Vault

VAULT = Vault(b"s" * 32)


@given(st.integers(1, 10**9), st.integers(1, 10**15), st.text(max_size=30))
def test_a_link_says_what_it_was_made_for(member: int, amount: int, note: str) -> None:
    asked = Collecting(member, amount, note.encode("utf-8", "ignore").decode())
    try:
        payload = links.payload_for(asked, VAULT)
    except NoRoom:
        assert len(asked.note.encode("gb18030")) > 20
        return
    assert len(payload) <= 64
    assert links.read(payload.removeprefix("to_"), VAULT) == asked


@pytest.mark.parametrize("asked", [Collecting(64), Collecting(64, 5000), Collecting(64, 5000, "午饭 lunch")])
def test_no_sign_of_a_link_can_be_changed(asked: Collecting) -> None:
    rest = links.payload_for(asked, VAULT).removeprefix("to_")
    for place in range(len(rest)):
        for sign in "2zA_":
            forged = rest[:place] + sign + rest[place + 1:]
            assert links.read(forged, VAULT) in (None, asked if forged == rest else None)
        assert links.read(rest[:place], VAULT) is None


@given(st.text(max_size=80))
def test_whatever_stands_in_a_link_is_answered(rest: str) -> None:
    assert links.read(rest, VAULT) is None


def test_a_link_of_another_deployment_is_none_of_ours() -> None:
    rest = links.payload_for(Collecting(64, 100, "x"), Vault(b"t" * 32)).removeprefix("to_")
    assert links.read(rest, VAULT) is None


def test_a_note_has_its_room() -> None:
    assert links.payload_for(Collecting(64, 5000, "好" * 14), VAULT)
    assert links.payload_for(Collecting(64, 5000, "x" * 28), VAULT)
    with pytest.raises(NoRoom):
        links.payload_for(Collecting(64, 5000, "好" * 30), VAULT)
