"""What is said when the way in itself refuses, before the wallet is asked."""
from __future__ import annotations

from typing import Final

from handlers.commands import Feature
from handlers.refusals.table import Sentences, entry
from handlers.texts import Person, Text, _
from wallet import refusals


def _person_unknown(refusal: refusals.PersonUnknown) -> Text:
    if refusal.name.startswith("+"):
        return _("Nobody opened a wallet with {phone}. No money moved. Please check the number, or reply to a message "
                 "of theirs with /send.", phone=refusal.name)
    return _("I haven't seen {name} lately, so I can't tell who that is. No money moved. Reply to a message of theirs "
             "in a group, or ask them to write there, or to me, first.", name=Person(refusal.name))


SAID: Final[Sentences] = dict((
    entry(refusals.NotInGroup, 403, lambda _r: _(
        "We have to be in that group both, you and I, and we are not. No money moved. Please pick another group, or "
        "add me there first.")),
    entry(refusals.PersonUnknown, 404, _person_unknown),
    entry(refusals.NumbersByThemselves, 422, lambda _r: _(
        "Phone numbers and people named otherwise can't be paid in one message. No money moved. Please send to the "
        "phone numbers by themselves.")),
    entry(refusals.TooManyNumbers, 429, lambda r: _(
        "You can name {most} phone numbers a day, and these are used up. No money moved. Please name the person by "
        "user name, or try again tomorrow.", most=r.most)),
    entry(refusals.ReceiverIsNotAPerson, 422, lambda _r: _(
        "Bots, channels and anonymous administrators can't be paid. No money moved. Please name a person.")),
    entry(refusals.MessageTooOld, 409, lambda _r: _(
        "This message is more than 5 minutes old, so I did nothing and no money moved. If you still want it, please "
        "send it again.")),
    entry(refusals.MessageEdited, 409, lambda _r: _(
        "Editing a message moves no money; what happened before the edit stands. If you want it, please send it again "
        "as a new message.")),
    entry(refusals.MessageForwarded, 409, lambda _r: _(
        "A message that was forwarded, or written by another bot, moves no money, so nothing happened. If you want "
        "it, please type it yourself.")),
    entry(refusals.SenderIsNotAPerson, 403, lambda _r: _(
        "I can't tell who you are when you write as a channel or an anonymous administrator. No money moved. Please "
        "write as yourself.")),
    entry(refusals.ButtonStale, 409, lambda _r: _(
        "This button is out of date, so nothing happened and no money moved. Please send the command again.")),
    entry(refusals.PrivateOnly, 403, lambda _r: _(
        "This works only in a private chat with me. Nothing happened and no money moved. Please send it there.")),
    entry(refusals.GroupOnly, 403, lambda _r: _(
        "This works only in a group. Nothing happened and no money moved. Please send it in the group that you mean.")),
    entry(refusals.NotAnAdministrator, 403, lambda _r: _(
        "Only this group's administrators can do this. Nothing was changed and no money moved. Please ask one of "
        "them.")),
    entry(refusals.FeatureOff, 403, lambda r: _(
        "The administrators of this group have switched off: {feature}. No money moved. In our private chat, and in "
        "other groups, it works as before.", feature=Feature(r.feature).called)),
    entry(refusals.LevelNeeded, 403, lambda r: _(
        "This needs identity level {level}. No money moved. Please prove who you are first, then send it again.",
        level=r.level)),
))
