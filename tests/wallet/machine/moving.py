"""A wallet that moves to another Telegram account in the machine, and a service that closes and goes on after all.

Guards: the same as the machine, of which this is a chapter. What was asked for, answered and signed in whatever order:
the account that lost its wallet is somebody who has only begun to join, and pays nobody; what is owed is stated as the
ledger has it.
"""
from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.wallet.machine.ground import pick, yes
from tests.wallet.machine.identity import Identities, digest_of
from tests.wallet.machine.proposals import CHIEF
from tests.wallet.machine.three import ACCOUNTS, ANYBODY, GROUP, LATECOMERS, PEOPLE, RULES
from wallet import ids, owed, refusals
from wallet.commands import Command
from wallet.envelopes import AskEnvelope
from wallet.funding import TopUp
from wallet.members import Meet
from wallet.money import plain_amount
from wallet.movements import AccountKind
from wallet.moving import LIFE, OPEN, SETTLES, WAIT, AskMove, EndMove, MoveDeed, ObjectToMove, RejectMove
from wallet.operators import AppointOwners
from wallet.refusals import Refusal
from wallet.rows import LUCKY, Account, Envelope, Member, Move, Switch, Voucher, WindDown
from wallet.views.operators import SetAside
from wallet.winding_down import DAY, NOTICE, CallOffDeed, Stated, StateOwed, TellOfWindDown, WindDownDeed

STEPS: Final = ("pay", "pay", "set_aside", "object", "reject", "reject_as_nobody", "day", "day", "day", "week", "sign",
                "sign", "sign", "ready", "ready", "end", "minute", "again", "forged")
CLOSING: Final = ("pay", "set_aside", "top_up", "join", "envelope", "state", "tell", "tell", "again",
                  "call_off_wrongly")
GRANTED: Final = ["day", "pay", "sign", "pay", "minute", "end", "pay"]
steps = st.one_of(st.just(GRANTED), st.lists(st.sampled_from(STEPS), min_size=1, max_size=6))


class Moving(Identities):
    """Whose wallet it is, and until when there are any."""

    @rule(which=pick, money=st.integers(1, 390), then=steps,
          at_once=yes, stays=pick)
    def ask_for_a_wallet(self, which: int, money: int, then: list[str], at_once: bool, stays: int) -> None:
        holder, wallet = self._holder()
        others = [one for one in ACCOUNTS if one != holder]
        asker = others[which % len(others)]
        self.ask(AppointOwners(key=self.key(), telegram_ids=(CHIEF,)), self._asks(asker))
        together: list[Command] = []
        for step in then:
            together += self._about_a_move(step, holder, asker, wallet, money)
            if together and (not at_once or step == "sign"):
                self._decides(wallet, together)
                together = []
        if together:
            self._decides(wallet, together)
        self.ask(*[Meet(key=self.key(), telegram_id=one, language="zh_CN") for one in ACCOUNTS])
        assert sum(not self.row(Member, self.members[one]).step for one in ACCOUNTS) == 1, "one of them has the wallet"
        heard = self.ask(*[self.paying(self.members[one], [PEOPLE[0]], money, "", True, False) for one in ACCOUNTS
                           if self.members[one] != wallet])
        assert heard == [refusals.NotAMember()] * 2, f"who has no wallet heard {heard}"
        if stays % 8 and self._asked(wallet):  # Whoever is to do more in this machine has to have their money.
            self.three.now += SETTLES
            self.ask(RejectMove(key=self.key(), operator=CHIEF, member=wallet), EndMove(key=self.key(), member=wallet))

    def _holder(self) -> tuple[int, int]:
        """The account that has the wallet now, and its number. The first time it is opened."""
        self.ask(*[Meet(key=self.key(), telegram_id=one, language="zh_CN") for one in ACCOUNTS])
        joined = [one for one in ACCOUNTS if not self.row(Member, self.members[one]).step]
        holder = joined[0] if joined else ACCOUNTS[0]
        wallet = self.fit(holder)
        if not joined:
            self.gives_identity(holder)
        return holder, wallet

    def _asks(self, asker: int, *, forged: bool = False) -> AskMove:
        number = digest_of(PEOPLE[0] if forged else ACCOUNTS[0])
        return AskMove(key=self.key(), member=self.members[asker], phone=f"{ACCOUNTS[0]:064x}", number=number)

    def _asked(self, wallet: int) -> bool:
        return (Move, wallet) in self.three.memory.rows and self.row(Move, wallet).state in OPEN

    def _granted(self, holder: int, asker: int, wallet: int) -> MoveDeed:
        return MoveDeed(wallet, holder, self.members[asker], asker, "by their papers")

    def _about_a_move(self, step: str, holder: int, asker: int, wallet: int, money: int) -> list[Command]:
        """Do something about it; what is ready to be said is returned."""
        key = self.key()
        if step in ("pay", "set_aside"):
            return [self.paying(wallet, [PEOPLE[0] if step == "pay" else ANYBODY[-1]], money, "", True, False)]
        if step in ("day", "week", "minute"):
            self.three.now += {"day": WAIT, "week": LIFE, "minute": SETTLES}[step]
        elif step == "object":
            return [ObjectToMove(key=key, member=wallet)]
        elif step == "reject":
            return [RejectMove(key=key, operator=CHIEF, member=wallet)]
        elif step == "reject_as_nobody":
            assert isinstance(self.ask(RejectMove(key=key, operator=asker, member=wallet))[0], refusals.NotAllowed)
        elif step == "forged":
            assert isinstance(self.ask(self._asks(asker, forged=True))[0], Refusal)
        elif step == "again":
            return [self._asks(asker), self._asks(next(one for one in ACCOUNTS if one not in (holder, asker)))]
        elif step == "sign":
            self.both_sign(self._granted(holder, asker, wallet))
        elif step == "ready":
            proposal = self.first_signs(self._granted(holder, asker, wallet))
            return self.ready_to_sign(proposal) if proposal else []
        else:
            return [EndMove(key=key, member=wallet)]
        return []

    def _decides(self, wallet: int, commands: list[Command]) -> None:
        """A move is decided once, whoever has a word in it at the same moment."""
        before, (state, account) = self._total(wallet), self._stands(wallet)
        heard = self.ask(*commands)
        ended = [one for one, answer in zip(commands, heard, strict=True) if not isinstance(answer, Refusal)
                 and isinstance(one, ObjectToMove | RejectMove)]
        assert len(ended) <= 1
        if self._stands(wallet)[1] != account:
            assert state == "asked"
            assert not ended
            assert self._total(wallet) == before, "a wallet moves with all that is in it"

    def _stands(self, wallet: int) -> tuple[str, int]:
        state = self.row(Move, wallet).state if (Move, wallet) in self.three.memory.rows else ""
        return state, self.row(Member, wallet).telegram_id

    def _total(self, member: int) -> int:
        return sum(self.row(Account, ids.account(member, kind)).balance
                   for kind in (AccountKind.AVAILABLE, AccountKind.HELD))

    # ------------------------------------------------------------------------------------------- closing
    @rule(person=st.sampled_from(PEOPLE[2:]), late=st.sampled_from(LATECOMERS), money=st.integers(1, 390),
          then=st.lists(st.sampled_from(CLOSING), min_size=1, max_size=5), at_once=yes)
    def close_and_go_on_after_all(self, person: int, late: int, money: int, then: list[str], at_once: bool) -> None:
        member, closes_at = self.fit(person), self.three.now + NOTICE + DAY
        envelope = self._fills(member, money)
        if not self.both_sign(WindDownDeed(closes_at)):
            return
        for step in then:
            self._while_it_closes(step, person, late, money)
        if at_once:
            heard = self.ask(TopUp(key=self.key(), member=member, amount=5), envelope, self._fills(member, money))
            assert all(isinstance(one, refusals.WindingDown) for one in heard), heard
        self.both_sign(CallOffDeed(closes_at))
        self._tells()

    def _fills(self, member: int, money: int) -> AskEnvelope:
        key = self.key()
        return AskEnvelope(key=key, payer=member, kind=LUCKY, amount=money, shares=1, seed=f"{next(self.keys):064x}",
                           token=f"token {key}", chat=GROUP)

    def _while_it_closes(self, step: str, person: int, late: int, money: int) -> None:
        member = self.members[person]
        closes_at = self.row(Switch, 1).winds_down
        if step in ("pay", "set_aside"):
            self.ask(self.paying(member, [PEOPLE[0] if step == "pay" else ANYBODY[-1]], money, "", True, False))
        elif step == "top_up":
            assert self.ask(TopUp(key=self.key(), member=member, amount=5)) == [refusals.WindingDown(closes_at)]
        elif step == "join":
            self.join_wholly(late)
        elif step == "envelope":
            assert self.ask(self._fills(member, money)) == [refusals.WindingDown(closes_at)]
        elif step == "again":
            assert not self.both_sign(WindDownDeed(self.three.now + NOTICE + DAY))
        elif step == "call_off_wrongly":
            assert not self.both_sign(CallOffDeed(closes_at + 1))
        elif step == "tell":
            self._tells()
        else:
            self._states(member)

    def _states(self, member: int) -> None:
        """What is owed is what the ledger has, with what nobody took yet of what they made."""
        aside = self._aside(member)
        stated = self.ask(StateOwed(key=self.key(), member=member, envelopes=aside.envelopes,
                                    vouchers=aside.vouchers))[0]
        assert isinstance(stated, Stated)
        statement, key, signature = owed.opened(stated.statement)
        made = [*((number, AccountKind.ENVELOPE) for number in aside.envelopes),
                *((number, AccountKind.VOUCHER) for number in aside.vouchers)]
        total = self._total(member) + sum(self.row(Account, ids.account(*one)).balance for one in made)
        assert owed.is_signed(statement, signature, key)
        assert not owed.miscounted(statement, RULES.currency)
        assert statement["owed"]["CNY"]["total"] == plain_amount(total, RULES.currency)

    def _aside(self, member: int) -> SetAside:
        """What they made and is open."""
        found = [tuple(row.id for row in self.three.memory.all(kind) if row.member == member and row.state == "open")
                 for kind in (Envelope, Voucher)]
        return SetAside(*found)

    def _tells(self) -> None:
        """The next ones hear of it, from two processes at once."""
        for row in [one for one in self.three.memory.all(WindDown) if one.state == "open"]:
            to = tuple(sorted(one.id for one in self.three.memory.all(Member) if one.joined_at and one.id > row.after))
            aside = [self._aside(one) for one in to[:4]]
            self.ask(*[TellOfWindDown(key=self.key(), wind_down=row.id, after=row.after, to=to[:4],
                                      envelopes=tuple(one.envelopes for one in aside),
                                      vouchers=tuple(one.vouchers for one in aside)) for _ in range(2)])
