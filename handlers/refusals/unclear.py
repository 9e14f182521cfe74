"""What is said to somebody whose words could not be read: requests, amounts and notes."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from handlers.commands import COMMANDS, Takes, Verb
from handlers.parsing import ParseProblem, Unclear
from handlers.refusals.paying import too_many_receivers
from handlers.texts import Text, _
from wallet.money import AmountReason, AmountRefused, Currency
from wallet.text import TextReason, TextRefused


def about_unclear(unclear: Unclear, currency: Currency) -> Text:
    """What a person reads whose request could not be read to its end."""
    if unclear.problem is ParseProblem.AMOUNT:
        assert unclear.amount is not None
        return _AMOUNTS[unclear.amount](currency, unclear.currency or "")
    if unclear.problem is ParseProblem.MONTH:
        return _("I don't know that month. Nothing happened and no money moved. Write it like {command} 2026-11, or "
                 "just {command}.", command=f"/{unclear.verb}")
    if COMMANDS[unclear.verb].takes is Takes.PERSON:
        return _("I can't tell whom you mean. Nothing happened and no money moved. Reply to somebody's message, or "
                 "write it like {command} @bob.", command=f"/{unclear.verb}")
    if unclear.verb is Verb.COLLECT and unclear.problem is ParseProblem.RECEIVER_AFTER_AMOUNT:
        return _("A code is for whoever sees it and names nobody. Nothing happened and no money moved. Write it like "
                 "/collect 50 lunch.")
    if unclear.verb is Verb.REQUEST and unclear.problem in _ASKING:
        return _ASKING[unclear.problem]()
    if unclear.verb is Verb.RED and unclear.problem in _OF_ONE:
        return _PROBLEMS[ParseProblem.FOR_ONE](0)
    if unclear.verb is Verb.SPLIT and unclear.problem in _HOW_TO_SPLIT:
        return _PROBLEMS[ParseProblem.SPLIT](0)
    return _PROBLEMS[unclear.problem](unclear.limit or 0)


def about_amount(refused: AmountRefused) -> Text:
    """What a person reads who wrote an amount that is none."""
    return _AMOUNTS[refused.reason](refused.currency, refused.named or "")


def about_note(refused: TextRefused) -> Text:
    """What a person reads whose note can't be kept."""
    if refused.reason is TextReason.TOO_LONG:
        return _long_note(refused.most)
    if refused.reason is TextReason.OFFENSIVE:
        return _offensive_note()
    if refused.reason is TextReason.BAD_LINK:
        return _bad_link()
    return _("That note can't be kept as it is. No money moved. Please send it again with other words, or without "
             "a note.")


def _long_note(most: int) -> Text:
    return _("That note is too long: {most} characters at most. No money moved. Please send it again with a shorter "
             "one.", most=most)


def _offensive_note() -> Text:
    return _("That note has a word in it that insults people, so no money moved. Please send it again with other "
             "words, or without a note.")


def _bad_link() -> Text:
    return _("That note leads to a page by which people are cheated, so no money moved. If somebody asked you to send "
             "it, don't pay them: /report tells us. Otherwise send it again without the link.")


def _decimals(currency: Currency, _named: str) -> Text:
    if not currency.digits:
        return _("Amounts in {currency} have no decimals. No money moved. Write it like 20.", currency=currency.code)
    return _("Amounts in {currency} have {most} decimals at most. No money moved. Write it like 20 or 20.50.",
             currency=currency.code, most=currency.digits)


_AMOUNTS: Final[Mapping[AmountReason, Callable[[Currency, str], Text]]] = {
    AmountReason.EMPTY: lambda _c, _n: _("There is no amount. No money moved. Write it like 20 or 20.50."),
    AmountReason.ZERO: lambda _c, _n: _("The amount is zero, so no money moved. Please name one above zero."),
    AmountReason.NEGATIVE: lambda _c, _n: _("An amount can't be negative. No money moved. Write it like 20 or 20.50."),
    AmountReason.DECIMALS: _decimals,
    AmountReason.DIGITS: lambda _c, _n: _("That number is too long for an amount. No money moved. Please name a "
                                          "smaller one."),
    AmountReason.EXPONENT: lambda _c, _n: _("Amounts can't be written with an exponent. No money moved. Write all "
                                            "digits, like 1,000."),
    AmountReason.CURRENCY: lambda currency, named: _(
        "{named} isn't used here, only {currency}. No money moved. Please name the amount in {currency}.",
        named=named, currency=currency.code),
    AmountReason.GROUPING: lambda _c, _n: _("The commas in that number are in odd places. No money moved. Write it "
                                            "like 1,000.50."),
    AmountReason.MALFORMED: lambda _c, _n: _("I can't read that as an amount. No money moved. Write it like 20 or "
                                             "20.50."),
}


_OF_ONE: Final = (ParseProblem.NO_AMOUNT, ParseProblem.SPACE_MISSING, ParseProblem.RECEIVER_AFTER_AMOUNT)
"""What is wrong with a payment to somebody; with an envelope it is said in its own words."""

_HOW_TO_SPLIT: Final = frozenset({
    ParseProblem.NO_RECEIVER, ParseProblem.NO_AMOUNT, ParseProblem.SPACE_MISSING, ParseProblem.EACH_MISSING,
    ParseProblem.AMOUNT_UNCLEAR, ParseProblem.RECEIVER_AFTER_AMOUNT})
"""What /split is told in its own words."""

_PROBLEMS: Final[Mapping[ParseProblem, Callable[[int], Text]]] = {
    ParseProblem.SURPLUS: lambda _n: _("I don't understand what follows that word, so nothing happened and no money "
                                       "moved. Send the word alone, or look into /help."),
    ParseProblem.NO_RECEIVER: lambda _n: _("I can't tell whom to pay. No money moved. Reply to somebody's message, or "
                                           "write it like /send @bob 20 lunch."),
    ParseProblem.NO_AMOUNT: lambda _n: _("There is no amount. No money moved. Write it like /send @bob 20 lunch."),
    ParseProblem.SPACE_MISSING: lambda _n: _("There is no amount, or a space is missing between the name and the "
                                             "amount. No money moved. Write it like /send @bob 20 lunch."),
    ParseProblem.AMOUNT_UNCLEAR: lambda _n: _("I can't tell which amount you mean. No money moved. Write it in digits "
                                              "without spaces, like 1000 or 20.50, and don't begin the note with a "
                                              "number or a unit."),
    ParseProblem.EACH_MISSING: lambda _n: _("For several people, say that the amount is for each. No money moved. "
                                            "Write it like /send @bob @eve 20 each."),
    ParseProblem.RECEIVER_AFTER_AMOUNT: lambda _n: _("Somebody is named after the amount. No money moved. Put "
                                                     "everybody before it, like /send @bob @eve 20 each."),
    ParseProblem.TOO_MANY_RECEIVERS: too_many_receivers,
    ParseProblem.SHARES: lambda _n: _("I need an amount and a number of shares. No money moved. In a group, write it "
                                      "like /red 100 10 good luck, or /red =5 10 for shares of 5 each."),
    ParseProblem.USES: lambda _n: _("I need an amount, and behind it at most for how many people, a password and one "
                                    "person. No money moved. Write it like /voucher 50, /voucher 50 3 !word or "
                                    "/voucher 50 @bob."),
    ParseProblem.PASSWORD: lambda n: _("A password is one word of 1 to {n} characters behind “!”. No money moved. "
                                       "Write it like /voucher 50 !word.", n=n),
    ParseProblem.PASSWORD_SHOWN: lambda _n: _("Everybody here can read that password now. No money moved. Please "
                                              "make a voucher with a password in our private chat, and choose another "
                                              "one."),
    ParseProblem.ONE_PERSON: lambda _n: _("A voucher that is for somebody in particular is for one person, once. No "
                                          "money moved. Write it like /voucher 50 @bob."),
    ParseProblem.SPLIT: lambda _n: _("I can't tell who shall pay how much. No money moved. Write it like /split 120 4 "
                                     "hot pot, /split 100 @bob @eve, or /split @bob 20 @eve 35."),
    ParseProblem.NAMES: lambda _n: _("A bill is split among people by user name or mention, not by phone number, which "
                                     "everybody would read. No money moved. Write it like /split 100 @bob @eve."),
    ParseProblem.PHONE: lambda _n: _("No such phone number can exist. No money moved. Please check it and send it "
                                     "again."),
    ParseProblem.NOTE_TOO_LONG: _long_note,
    ParseProblem.NOTE_OFFENSIVE: lambda _n: _offensive_note(),
    ParseProblem.NOTE_BAD_LINK: lambda _n: _bad_link(),
    ParseProblem.FOR_ONE: lambda _n: _(
        "A red envelope for one person needs to know whom, and how much. No money moved. Write it like /red @bob 8.8, "
        "or reply to them with /red 8.8."),
    ParseProblem.WORD: lambda _n: _(
        "That can't be the word of a red envelope: it has 1 to 20 signs without spaces and is no command. No money "
        "moved. Write it like /red 100 10 !cheers."),
    ParseProblem.RHYTHM: lambda _n: _("I can't tell on which days to pay. No money moved. Write it like /send @bob 20 "
                                      "rent every month on 5, every week on Monday, or every day."),
    ParseProblem.RHYTHM_FOR_ONE: lambda _n: _("Only one person at a time can be paid again and again. No money moved. "
                                              "Please set it up for each of them."),
    ParseProblem.CODE: lambda _n: _("That isn't a receipt's code: it has nine letters and digits. No money moved. "
                                    "Please check it, or look into /history."),
}
_ASKING: Final[Mapping[ParseProblem, Callable[[], Text]]] = {
    ParseProblem.NO_RECEIVER: lambda: _("I can't tell whom to ask. Nothing happened and no money moved. Reply to "
                                        "somebody's message, or write it like /request @bob 20 lunch."),
    ParseProblem.NO_AMOUNT: lambda: _("There is no amount. Nothing happened and no money moved. Write it like /request "
                                      "@bob 20 lunch."),
    ParseProblem.SPACE_MISSING: lambda: _("There is no amount, or a space is missing between the name and the amount. "
                                          "No money moved. Write it like /request @bob 20 lunch."),
    ParseProblem.EACH_MISSING: lambda: _("For several people, say that the amount is from each. No money moved. Write "
                                         "it like /request @bob @eve 20 each."),
    ParseProblem.RECEIVER_AFTER_AMOUNT: lambda: _("Somebody is named after the amount. No money moved. Put everybody "
                                                  "before it, like /request @bob @eve 20 each."),
}
"""What is said in another way where somebody asks for money instead of sending it."""
