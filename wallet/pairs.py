"""Who paid whom before, and in which way they were named.

Guards: whoever paid a phone number learns no name by it: not from the transfer, not from being asked less the next
time, and not from whom the list of recent payees names first.
"""
from __future__ import annotations

from wallet import habits
from wallet.books import Books
from wallet.rows import BOTH, BY_NAME, BY_NUMBER, Pair, Transfer, Unnamed


def paid_before(books: Books, payer: int, member: int, *, by_number: bool) -> bool:
    """Whether somebody was paid before in the same way. Who paid a number does not know whose it is, and must not be
    told by a name that needs no word; nor the other way round."""
    pair = books.find(Pair, (payer, member))
    return pair is not None and pair.by_number in (BOTH, BY_NUMBER if by_number else BY_NAME)


def paid(books: Books, transfer: Transfer, payer: int, member: int, *, by_number: bool) -> None:
    """Remember that one paid the other with this transfer, and how they were named."""
    if by_number:
        books.add(Unnamed(transfer.id, payer))
    way, before = BY_NUMBER if by_number else BY_NAME, books.find(Pair, (payer, member))
    if before is None:
        habits.count_came(books, member, transfer.amount)
        books.add(Pair(payer, member, 1, transfer.amount, books.now, way))
    else:
        pair = books.edit(Pair, (payer, member))
        pair.count += 1
        pair.total += transfer.amount
        if not by_number or pair.by_number == BY_NUMBER:
            pair.last_at = books.now
        if pair.by_number != way:
            pair.by_number = BOTH
