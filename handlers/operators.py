"""What operators are called, how their roles are typed, and what they call what they see.

Guards: every role of the wallet and every state of a member has a name here, in both languages.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.texts import Text, _
from wallet.operators import ADMIN, AUDITOR, OWNER, RISK, ROLES, SUPPORT

_CALLED: Final[Mapping[str, Text]] = {
    OWNER: _("owner"), ADMIN: _("administrator"), RISK: _("risk officer"), SUPPORT: _("support"),
    AUDITOR: _("auditor"), "": _("no operator")}
assert set(ROLES) < set(_CALLED)

STATES: Final[Mapping[str, Text]] = {
    "joining": _("still joining"), "active": _("in order"), "frozen": _("frozen"), "banned": _("banned"),
    "dormant": _("dormant"), "closed": _("closed")}
"""What may be said of a member's wallet."""

_TYPED: Final[Mapping[str, str]] = {
    **{role: role for role in ROLES}, "none": "",
    "所有者": OWNER, "管理员": ADMIN, "风控": RISK, "客服": SUPPORT, "审计": AUDITOR, "无": ""}


def called(role: str) -> Text:
    """What people call a role; "" is nobody's."""
    return _CALLED[role]


def role_named(words: str) -> str | None:
    """The role that somebody typed, "" for none, or nothing where it is no role's name."""
    return _TYPED.get(words.strip().lower())
