"""What operators read of the audit's lines: every act in words, in their own language.

Guards: the audit itself keeps short names, which are hashed and never change; whatever may be written down has its
words here. One that a former or a later version wrote is shown by its name.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.texts import Code, Fact, Text, _

ACTS: Final[Mapping[str, Text]] = {
    # A member's own.
    "joined": _("joined"),
    "said_under_18": _("said that they are under 18"),
    "took_back_under_18": _("took back that they are under 18"),
    "nickname": _("changed the nickname"),
    "no_pin_limit": _("changed what goes without a PIN"),
    "confirm_incoming": _("switched confirming what comes in"),
    "usual_delay": _("changed the usual delay"),
    "own_limit_payment": _("changed their limit for a payment"),
    "own_limit_day": _("changed their limit for a day"),
    "locked": _("locked the wallet"),
    "unlocked": _("unlocked the wallet"),
    "blocked": _("blocked somebody"),
    "unblocked": _("unblocked somebody"),
    "email_bound": _("bound an e-mail address"),
    "qq_stated": _("stated a QQ number"),
    "qq_removed": _("took the QQ number away"),
    "pin_set": _("chose a PIN"),
    "pin_locked": _("typed wrong PINs until it was locked"),
    "pin_forgotten": _("asked for another PIN"),
    "pin_reset_stopped": _("stopped that another PIN is chosen"),
    "codes_enrolled": _("began with one-time codes"),
    "codes_on": _("switched one-time codes on"),
    "codes_off": _("switched one-time codes off"),
    "still_used": _("said that the wallet is still used"),
    "woke": _("woke the wallet"),
    "told_of_sleep": _("was warned that the wallet will sleep"),
    "fell_asleep": _("fell asleep: the wallet was not used"),
    "told_of_versions": _("was told of new agreements"),
    "set_aside": _("set money aside"),
    "for_one_alone": _("made an envelope or a voucher for one person"),
    "asked_for": _("asked somebody for money"),
    "schedule": _("set up a recurring payment"),
    "owed_stated": _("was given a statement of what is owed"),
    # Who they are.
    "identity_given": _("gave name and ID number"),
    "identity_not_matched": _("gave a name and number that don't match what is known"),
    "identity_taken": _("gave an ID number that another wallet has"),
    "identity_reviewed": _("was found to be who they say"),
    "enterprise_reviewed": _("was found to act for the company"),
    "age_known": _("is under 18 by the ID number"),
    "found_under_18": _("was found to be under 18"),
    "came_of_age": _("came of age"),
    "guardian_accepted": _("got a guardian"),
    "guardian_declined": _("was declined by a guardian"),
    "guardian_decided": _("has new rules from the guardian"),
    "guardian_left": _("has no guardian any more"),
    "application_begun": _("began an application"),
    "name_cleared": _("approved as somebody else than whom the screening list names"),
    "name_listed": _("gave a name that may stand on the screening list"),
    "paper_given": _("gave a picture of a document"),
    "application_handed_in": _("handed an application in"),
    "application_withdrawn": _("took an application back"),
    "application_abandoned": _("did not finish an application in time"),
    "application_taken": _("application taken by an operator"),
    "application_left": _("application left by its operator"),
    "papers_looked_at": _("documents looked at"),
    "application_approved": _("application approved"),
    "application_rejected": _("application rejected"),
    "move_asked": _("wallet asked for from another account"),
    "move_objected": _("objected to the wallet's move"),
    "move_rejected": _("move of the wallet rejected"),
    "move_expired": _("move of the wallet not decided in time"),
    "move_done": _("move of the wallet is final"),
    "moved": _("wallet moved to another account"),
    # What stops money, and whoever decides about it.
    "attack": _("attack stopped"),
    "intercepted": _("payment held back"),
    "interception_released": _("held payment let go on"),
    "interception_sent_back": _("held payment sent back"),
    "interception_expired": _("held payment went back by itself"),
    "penalised": _("penalty decided"),
    "lifted": _("penalty lifted"),
    "ran_out": _("penalty ran out"),
    "announced": _("announced"),
    "legal_hold": _("money held by order of a court"),
    "legal_hold_lifted": _("order of a court lifted"),
    "legal_hold_over": _("time of a court's order over"),
    "lift_announced": _("announced that a penalty is lifted"),
    "removed": _("words taken away"),
    "exported": _("all about a member exported"),
    "looked_at": _("card looked at"),
    "proposed": _("proposed"),
    "approved": _("proposal approved"),
    "signed": _("signed and done"),
    "rejected": _("proposal rejected"),
    "proposal_expired": _("proposal ran out"),
    # Conversations.
    "ticket_opened": _("ticket opened"),
    "ticket_reopened": _("ticket opened again"),
    "ticket_words": _("wrote in a ticket"),
    "ticket_taken": _("ticket taken"),
    "ticket_read": _("ticket read"),
    "ticket_closed": _("ticket closed"),
    # The house.
    "appointed": _("role changed"),
    "published": _("agreement published"),
    "announcement_stopped": _("announcement stopped"),
    "told_of_incident": _("told of an incident"),
    "group_rule": _("rule of a group changed"),
    "group_moved": _("group became another chat"),
    "money_open": _("money moves again"),
    "money_maintenance": _("maintenance: money rests"),
    "money_read_only": _("money stopped"),
    "wind_down": _("closing of the service decided"),
    "wind_down_called_off": _("closing of the service called off"),
    "anchor_posted": _("anchor posted to the channel"),
}
"""By their names in the audit."""


def act_called(name: str) -> Fact:
    """An act as people read it."""
    return ACTS.get(name) or Code(name)
