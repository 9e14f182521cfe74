"""What people type, as typed requests.

Guards: no amount and no receiver is guessed. Whatever could be read in two ways that differ in money is unclear, and
its sentence is made elsewhere, from facts. Every text is answered, in time linear to its length.
"""

from __future__ import annotations

from handlers.parsing.amounts import amount_said, ends_like_a_delay
from handlers.parsing.months import month_of
from handlers.parsing.people import MAX_RECEIVERS
from handlers.parsing.requests import (
    AmountAsked,
    Argument,
    Asked,
    CardAsked,
    CodeAsked,
    CollectAsked,
    Entity,
    EnvelopeRequest,
    Every,
    Mentioned,
    MonthAsked,
    ParseProblem,
    PersonAsked,
    PhoneNumber,
    Receiver,
    Replied,
    Said,
    SendRequest,
    SplitRequest,
    Unclear,
    Username,
    VoucherRequest,
    WordsAsked,
)
from handlers.parsing.splits import heads_said
from handlers.parsing.understanding import (
    parse_card,
    parse_collection,
    parse_receivers,
    parse_send,
    parse_voucher,
    shares_said,
    understand,
    word_said,
)

__all__ = ["MAX_RECEIVERS", "AmountAsked", "Argument", "Asked", "CardAsked", "CodeAsked", "CollectAsked", "Entity",
           "EnvelopeRequest", "Every", "Mentioned", "MonthAsked", "ParseProblem", "PersonAsked", "PhoneNumber",
           "Receiver", "Replied", "Said", "SendRequest", "SplitRequest", "Unclear", "Username", "VoucherRequest",
           "WordsAsked", "amount_said", "ends_like_a_delay", "heads_said", "month_of", "parse_card", "parse_collection",
           "parse_receivers", "parse_send", "parse_voucher", "shares_said", "understand", "word_said"]
