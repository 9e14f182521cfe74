"""Enterprises: members who were found entitled to act for a company.

Guards: a company belongs to one wallet, by a claim on its credit code, made when an operator has seen the licence and
not when somebody types the code; what is known of it is sealed with the member's key. No minor acts for one: not even
with a guardian, who answers for what a minor pays and not for a company.
"""
from __future__ import annotations

from wallet import refusals
from wallet.books import Books
from wallet.gate import Safeguard
from wallet.identity import is_given
from wallet.rows import Application, Claim, Enterprise, Identity, Member


def enterprise_claim(digest: str) -> str:
    """The claim by which a company belongs to one wallet."""
    return f"enterprise:{digest}"


def may_name_a_company(books: Books, member: Member) -> None:
    """Refuses `NotAMember`, `MinorNoEnterprise`, `IdentityMissing` and `ApplicationDone`."""
    if member.step:
        raise refusals.NotAMember
    of_age(member)
    books.need((Identity, member.id), (Enterprise, member.id))
    if not is_given(books, member.id):
        raise refusals.IdentityMissing
    if books.find(Enterprise, member.id) is not None:
        raise refusals.ApplicationDone


def company_approved(books: Books, application: Application) -> None:
    """An operator has found the licence to be in order. Refuses `EnterpriseTaken`, and `MinorNoEnterprise` for
    whoever was found to be under 18 since they handed it in."""
    of_age(books.get(Member, application.member))
    claim = enterprise_claim(application.digest)
    if books.find(Claim, claim) is not None:
        raise refusals.EnterpriseTaken
    books.add(Claim(claim, application.member, books.now))
    books.add(Enterprise(application.member, application.sealed, books.now))
    books.audit(application.member, "enterprise_reviewed")


def of_age(member: Member) -> None:
    """Refuses `MinorNoEnterprise`."""
    if member.safeguards & Safeguard.WARD:
        raise refusals.MinorNoEnterprise
