"""What minors and their guardians are told, and the operators of them.

Guards: whoever's money stays where it is learns at once that it does, why, and what makes it go again.
"""
from __future__ import annotations

from handlers import family
from handlers.chat import buttons
from handlers.notices.base import Context, Said, member
from handlers.operators import called
from handlers.texts import Fact, Lines, _
from wallet import events


async def answered(event: events.GuardianAnswered, context: Context) -> Said:
    """A guardian said yes or no."""
    name = await member(context, event.guardian)
    if not event.accepted:
        return _("👪 {name} does not answer for you. Your link can be given to somebody else.", name=name), None, None
    if event.joining:
        return _("👪 {name} is your guardian now. You can go on opening your wallet.", name=name), \
            buttons.go_on_joining, None
    return _("👪 {name} is your guardian now. You can pay again; /family shows what they allow.", name=name), \
        buttons.family, None


async def rules_changed(event: events.WardRulesChanged, context: Context) -> Said:
    """A guardian decided something."""
    return family.changed(event.what, event.value), buttons.family, None


async def left(event: events.GuardianLeft, context: Context) -> Said:
    """Nobody answers for a minor any more."""
    if event.by_guardian:
        return _("👪 {name} no longer answers for you. Nothing goes out of your wallet until somebody else does; what "
                 "you have stays yours, and you can still receive. /family gives you a link for somebody else.",
                 name=await member(context, event.guardian)), buttons.family, None
    return _("👪 {name} wants somebody else as their guardian: you no longer answer for them. Nothing goes out of "
             "their wallet until somebody else does.", name=await member(context, event.ward)), None, None


async def stands(event: events.GuardianStands, context: Context) -> Said:
    """A guardian's own wallet is stopped, or is no more."""
    name = await member(context, event.guardian)
    if event.away:
        return _("🛑 Your guardian's own wallet ({name}) is stopped or asleep, so nothing goes out of yours until it "
                 "is in order. What you have stays yours, and you can still receive. /family gives you a link for "
                 "somebody else.", name=name), buttons.family, None
    return _("✅ Your guardian's own wallet ({name}) is in order again, so it does not stop your payments any more.",
             name=name), buttons.family, None


async def found(event: events.FoundUnderAge, context: Context) -> Said:
    """Somebody who said that they are an adult is not."""
    return Lines((_("🛑 <b>By your ID number you are under 18, so nothing goes out of your wallet now.</b> What you "
                    "have stays yours, and you can still receive."),
                  _("An adult who answers for you makes it work again: /family gives you a link for them. From {day} "
                    "on nobody has to.", day=family.free_on(event.free_on)),
                  _("If the number is wrong, write to the operators with /support.")), gap="\n\n"), buttons.family, None


async def minor_found(event: events.MinorFound, context: Context) -> Said:
    """To the operators."""
    lines: list[Fact] = [_("👪 {name} had said that they are 18 or older, and gave the ID number of somebody under 18. "
                           "Nothing goes out of their wallet until a guardian answers for them; /user shows them.",
                           name=await member(context, event.member))]
    if event.role:
        lines.append(_("They were an operator here: {role}. Nobody under 18 is; an owner's role is for people to "
                       "settle.",
                       role=called(event.role)))
    return Lines(tuple(lines)), None, None


async def age_shown(event: events.AgeShown, context: Context) -> Said:
    """To the guardian, and to the operators."""
    return _("👪 By the ID number that {name} gave now they are 18 or older. From {day} on nobody answers for them any "
             "more. If that can't be, write to the operators with /support before then.",
             name=await member(context, event.ward), day=family.free_on(event.free_on)), None, None


async def came_of_age(event: events.CameOfAge, context: Context) -> Said:
    """To both of them."""
    if event.to_ward:
        return _("🎉 Nobody has to answer for you any more: your wallet is all yours, without a guardian's limits. The "
                 "agreements that you accepted bind you alone from now on; /agreement shows them."), None, None
    return _("👪 {name} is of age: you no longer answer for them, and see no more of their wallet.",
             name=await member(context, event.ward)), None, None
