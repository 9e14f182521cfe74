"""How anybody can see that the shares of a red envelope were settled before the first of them was opened.

Guards: nothing is computed from a seed before its envelope has ended. The program that people are given is the one on
the page about it, needs nothing but Python, and finds what the wallet found.
"""
from __future__ import annotations

from html import escape
from typing import Final

from handlers.texts import Code, Fact, Html, Lines, Moment, Money, _
from wallet import ids, shares
from wallet.rows import LUCKY
from wallet.views import EnvelopeView

PROGRAM: Final = '''\
from hashlib import sha256
seed, amount, count = "{seed}", {amount}, {count}
digests = (sha256(f"{{seed}}/{{block}}".encode()).digest() for block in range(10**6))
numbers = (int.from_bytes(digest[at:at + 8], "big") for digest in digests for at in (0, 8, 16, 24))
below = lambda n: next(number for number in numbers if number < 2**64 - 2**64 % n) % n
shares, spare = [], amount - count
for heads in range(count, 1, -1):
    shares.append(1 + below(2 * spare // heads + 1))
    spare -= shares[-1] - 1
shares.append(1 + spare)
for last in range(count - 1, 0, -1):
    other = below(last + 1)
    shares[last], shares[other] = shares[other], shares[last]
text = ",".join(map(str, shares))
print(text, sha256(f"{{seed}}:{{text}}".encode()).hexdigest(), sep="\\n")
'''
"""Prints the shares in the order of opening, and their fingerprint."""


def program(seed: str, amount: int, count: int) -> str:
    """The same for one envelope."""
    return PROGRAM.format(seed=seed, amount=amount, count=count)


def proof(view: EnvelopeView) -> Fact:
    """What somebody reads who wants an envelope checked."""
    code = Code(ids.code(view.transfer))
    if view.shares == 1:
        return _("🧧 Red envelope {code}: it is one share of {each}, so there is no chance in it and nothing to be "
                 "checked.", code=code, each=Money(view.amount))
    if view.kind != LUCKY:
        return _("🧧 Red envelope {code}: all shares are {each} each, so there was no chance in it and there is "
                 "nothing to be checked.", code=code, each=Money(view.amount // view.shares))
    if not view.seed:
        return _("🧧 Red envelope {code} can be checked once it has ended: when all of it is opened, or on {at}. Until "
                 "then compare the fingerprint on its card: {fingerprint}", code=code,
                 at=Moment.of_microseconds(view.expires_at), fingerprint=Code(view.fingerprint))
    drawn = shares.draw(view.seed, view.amount, view.shares)
    right = (shares.fingerprint(view.seed, drawn) == view.fingerprint
             and drawn[:len(view.taken)] == tuple(share.amount for share in view.taken))
    return Lines((
        _("✅ Red envelope {code} is right: its seed gives exactly the shares that were opened, and the fingerprint "
          "that stood on its card beforehand.", code=code) if right else
        _("❌ Red envelope {code} is <b>not</b> right: its seed gives other shares than those that were opened, or "
          "another fingerprint. Please tell us; /help says how.", code=code),
        _("Seed: {seed}", seed=Code(view.seed)),
        _("Shares in the order of opening, in the smallest unit: {shares}", shares=Code(shares.listed(drawn))),
        _("Fingerprint: {fingerprint}", fingerprint=Code(shares.fingerprint(view.seed, drawn))),
        _("Don't take my word for it: this Python program computes the same."),
        Html(f'<pre><code class="language-python">{escape(program(view.seed, view.amount, view.shares), quote=False)}'
             "</code></pre>")))
