"""The sentences about red envelopes that chats, notices and cards share.

Guards: a card tells nobody what is still inside, and nothing of the seed before the envelope has ended; a greeting is
shown as plain text.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from handlers.payments import with_greeting
from handlers.pictures.cover import Theme
from handlers.pictures.covers import Finished, OpenedShare
from handlers.pictures.seasons import theme_of
from handlers.texts import Code, Fact, Lines, Moment, Money, Person, Speaker, Text, _
from wallet import ids
from wallet.envelopes import EnvelopeIntent
from wallet.rows import LUCKY
from wallet.views import EnvelopeView, ShareView

MOST_LISTED: Final = 100
"""So many who opened one stand on its card; their names are cut, so that all of them fit into one message."""
LONGEST_LISTED: Final = 14
"""Characters of a name in that list."""
CAPTION: Final = 1_024
"""What stands under a picture is no longer, in the units that Telegram counts."""
_ENDING: Final = 290
"""So much the lines that come with the end add at most: how it ended, the crown, the seed, how to check it."""
_LINE: Final = 24 + 2 * LONGEST_LISTED
"""So much a line of the list takes at most: a number, a name in the widest signs, an amount."""


def _size(what: EnvelopeIntent | EnvelopeView) -> Text:
    """What is in an envelope."""
    amount, shares = what.amount, what.shares
    if shares == 1:
        return _("<b>{amount}</b> for whoever comes first", amount=Money(amount))
    if what.kind == LUCKY:
        return _("<b>{amount}</b> in {n} share by chance", "<b>{amount}</b> in {n} shares by chance", n=shares,
                 amount=Money(amount))
    return _("<b>{amount}</b> in {n} share", "<b>{amount}</b> in {n} shares of {each}", n=shares,
             amount=Money(amount), each=Money(amount // shares))


def question(intent: EnvelopeIntent, name: Fact | None, payer: Fact | None) -> Lines:
    """What a maker is asked before money goes. `name` is whoever alone may open it; `payer` names the maker where
    others read along."""
    if intent.card:
        line = _("🧧 Fill your red envelope: {size}?", size=_size(intent))
    elif name is not None:
        line = _("🧧 Send a red envelope of <b>{amount}</b> to {name} alone?", amount=Money(intent.amount), name=name)
    elif intent.title:
        line = _("🧧 Send a red envelope to the group {group}: {size}?", group=Person(intent.title), size=_size(intent))
    else:
        line = _("🧧 Send a red envelope to this group: {size}?", size=_size(intent))
    more = [_("Its card stands in the group {group}.", group=Person(intent.title))] if name and intent.title else []
    if intent.word:
        more.append(_("🔑 Its word: {word}", word=Code(intent.word)))
    if payer is not None:
        more.append(_("Only {payer} can confirm this.", payer=payer))
    return with_greeting(line, intent.greeting, *more)


def waiting_line(intent: EnvelopeIntent, name: Fact | None, payer: Fact) -> Lines:
    """That an envelope waits for its maker's PIN."""
    if name is None:
        line = _("Waiting for {payer} to confirm a red envelope: {size}.", payer=payer, size=_size(intent))
    else:
        line = _("Waiting for {payer} to confirm a red envelope of <b>{amount}</b> for {name}.", payer=payer,
                 amount=Money(intent.amount), name=name)
    return with_greeting(line, intent.greeting)


def cancelled_line(amount: int) -> Text:
    """That an envelope was called off."""
    return _("Cancelled: the red envelope of {amount} was not sent. No money moved.", amount=Money(amount))


def card(view: EnvelopeView, names: Mapping[int, Person]) -> Lines:
    """The card in its group, as the envelope is now."""
    maker = names[view.maker.telegram_id]
    if view.beneficiary is not None:
        return _card_for_one(view, maker, names[view.beneficiary.telegram_id])
    line = _("🧧 {name} sent a red envelope: {size}.", name=maker, size=_size(view))
    if view.state == "open":
        how = [_("🔑 Reply to this card with {word} to open it. Where I can read what is said, saying it here is "
                 "enough.", word=Code(view.word))] if view.word else []
        opened = [_("{opened} of {n} share opened", "{opened} of {n} shares opened", n=view.shares,
                    opened=len(view.taken))] if view.shares > 1 else []
        return with_greeting(line, view.greeting, *how, *opened, *_proof(view))
    return with_greeting(line, view.greeting, _ending(view), *_list(view, names), *_proof(view))


def _card_for_one(view: EnvelopeView, maker: Fact, name: Fact) -> Lines:
    """A card of which one person alone has anything."""
    line = _("🧧 {maker} sent {name} a red envelope of <b>{amount}</b>.", maker=maker, name=name,
             amount=Money(view.amount))
    if view.state == "open":
        said = _("Only {name} can open it, within 24 hours.", name=name)
    elif view.state == "expired":
        said = _("⌛ {name} did not open it within 24 hours, so it went back.", name=name)
    else:
        said = _("✅ Opened after {time}.", time=_took(view))
    return with_greeting(line, view.greeting, said)


def fits_under_a_picture(view: EnvelopeView, card: str) -> bool:
    """Whether there is room under a picture for a card as it is now and as it can become, everybody on its list."""
    return len(card.encode("utf-16-le")) // 2 + _ENDING + _LINE * min(view.shares, MOST_LISTED) <= CAPTION


def theme(view: EnvelopeView, voice: Speaker) -> Theme:
    """What its pictures are for."""
    return theme_of(view.theme, voice.calendar.date_of(Moment.of_microseconds(view.made_at).at))


def finished(view: EnvelopeView, names: Mapping[int, Person], voice: Speaker) -> Finished | None:
    """What the picture above a card shows in the end. There is none where the words stand alone, below the cover: that
    stays, and they tell it all."""
    young = replace(view, state="open", taken=(), seed="")
    if not fits_under_a_picture(view, voice.plain(card(young, names))):
        return None
    crowned = _crowned(view)
    shares = tuple(OpenedShare(names[share.party.telegram_id].name, share.amount, best=share is crowned)
                   for share in view.taken)
    return Finished(view.greeting, names[view.maker.telegram_id].name, _sums(view), shares, theme(view, voice))


def _sums(view: EnvelopeView) -> Text:
    """In the line of a picture, what it held and how it ended."""
    if view.state == "expired" and not view.taken:
        return _("Nobody opened it: {amount} went back", amount=Money(view.amount))
    if view.state == "expired":
        given = sum(share.amount for share in view.taken)
        return _("{opened} of {n} share opened, {amount} went back",
                 "{opened} of {n} shares opened, {amount} went back", n=view.shares, opened=len(view.taken),
                 amount=Money(view.amount - given))
    if view.shares == 1:
        return _("{amount}, opened after {time}", amount=Money(view.amount), time=_took(view))
    return _("{amount} in {n} share, opened in {time}", "{amount} in {n} shares, all opened in {time}", n=view.shares,
             amount=Money(view.amount), time=_took(view))


def _ending(view: EnvelopeView) -> Text:
    """How it ended."""
    if view.state == "expired" and view.shares == 1:
        return _("⌛ Nobody opened it within 24 hours, so {amount} went back.", amount=Money(view.amount))
    if view.state == "expired":
        given = sum(share.amount for share in view.taken)
        return _("⌛ Over after 24 hours: {opened} of {n} share opened, {amount} went back.",
                 "⌛ Over after 24 hours: {opened} of {n} shares opened, {amount} went back.", n=view.shares,
                 opened=len(view.taken), amount=Money(view.amount - given))
    if view.shares == 1:
        return _("✅ Opened after {time}.", time=_took(view))
    return _("✅ All opened in {time}.", time=_took(view))


def _took(view: EnvelopeView) -> Text:
    """How long it was until the last share was opened."""
    return lasted(view.taken[-1].at - view.made_at)


def lasted(microseconds: int) -> Text:
    """How long it took, in the words of a group that counts seconds."""
    seconds = max(1, microseconds // 1_000_000)
    if seconds < 60:
        return _("{n} second", "{n} seconds", n=seconds)
    if seconds < 3_600:
        return _("{n} minute", "{n} minutes", n=seconds // 60)
    if seconds < 172_800:
        return _("{n} hour", "{n} hours", n=seconds // 3_600)
    return _("{n} day", "{n} days", n=seconds // 86_400)


def _list(view: EnvelopeView, names: Mapping[int, Person]) -> list[Fact]:
    """Everybody with their share, and the crown of lucky ones."""
    crowned = _crowned(view)
    said: list[Fact] = []
    for number, share in enumerate(view.taken[:MOST_LISTED], 1):
        name = Person(names[share.party.telegram_id].name[:LONGEST_LISTED])
        if share is crowned:
            said.append(_("{n}. {name} {amount} 👑 best luck", n=number, name=name, amount=Money(share.amount)))
        else:
            said.append(_("{n}. {name} {amount}", n=number, name=name, amount=Money(share.amount)))
    return said


def _crowned(view: EnvelopeView) -> ShareView | None:
    """Who had the best luck, the first of equals; nobody where chance decided nothing."""
    if view.kind != LUCKY or len(view.taken) < 2:
        return None
    return max(view.taken, key=lambda share: share.amount)


def _proof(view: EnvelopeView) -> list[Fact]:
    """The fingerprint beforehand; afterwards the seed as well, by which anybody can compute the shares again."""
    if view.kind != LUCKY or view.shares == 1:
        return []
    shown: list[Fact] = [_("Fingerprint: {fingerprint}", fingerprint=Code(view.fingerprint))]
    if not view.seed:
        return shown
    check = Code(f"/red verify {ids.code(view.transfer)}")
    return [*shown, _("Seed: {seed}", seed=Code(view.seed)), _("To check it: {command}", command=check)]


def own_share_of_one(amount: int, name: Fact) -> Text:
    """To whoever alone could open it."""
    return _("🧧 {amount} from {name}, for you alone! It is in your wallet.", amount=Money(amount), name=name)


def share_taken(number: int, shares: int) -> Text:
    """To a whole group, where whoever said the word can't be told alone."""
    if shares == 1:
        return _("🧧 The red envelope is yours: it is in your wallet.")
    return _("🧧 Share {number} of {shares} is yours. Your receipt in our private chat says what it came to.",
             number=number, shares=shares)


def kept_for_you() -> Text:
    """To somebody without a wallet who tapped."""
    return _("🧧 A share is kept for you for 10 minutes. Open a wallet and it is yours.")


def kept_until(name: Fact, until: int) -> Text:
    """The same in private, before they join."""
    return _("🧧 A share of {name}'s red envelope is kept for you until {until}. Open a wallet and it is yours.",
             name=name, until=Moment.of_microseconds(until))


def none_was_kept() -> Text:
    """To somebody who tapped, has joined since, and for whom nothing could be kept."""
    return _("🧧 No share of the red envelope was kept for you while you joined. If any is left, go back to the group "
             "and tap Open once more.")


def kept_meanwhile(since: int, until: int) -> Text:
    """The same once they have joined, where new wallets have to wait."""
    return _("🧧 In that group new wallets wait a little before they open red envelopes. Your share stays kept: open "
             "it from {since} until {until}.", since=Moment.of_microseconds(since), until=Moment.of_microseconds(until))


def small_sum(first: int, second: int) -> Text:
    """What one answers before a share opens, where the group wants that."""
    return _("🧧 Before it opens: what do {first} and {second} come to?", first=first, second=second)


def signs_asked() -> Text:
    """What one answers under a picture."""
    return _("🧧 Before it opens: which signs do you see?")


def own_share(amount: int, number: int, shares: int, name: Fact) -> Text:
    """To whoever opened one: what their share came to."""
    if shares == 1:
        return _("🧧 {amount} from {name}'s red envelope! It is in your wallet.", amount=Money(amount), name=name)
    return _("🧧 {amount} from {name}'s red envelope! Share {number} of {shares}; it is in your wallet.",
             amount=Money(amount), name=name, number=number, shares=shares)
