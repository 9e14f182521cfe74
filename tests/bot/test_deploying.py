"""What is shipped for running it: nothing is open that need not be, and what is said of it holds."""

from __future__ import annotations

import re
from pathlib import Path

from storage import purge
from storage.purge import DAY

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy/ikmpay.service").read_text(encoding="utf-8")


def services() -> dict[str, str]:
    """The services of the compose file, as text."""
    whole = COMPOSE.partition("\nservices:\n")[2].partition("\nnetworks:\n")[0]
    parts = re.split(r"^  ([a-z]+):$", whole, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_only_the_bots_port_is_published_and_only_to_this_machine() -> None:
    published = {name: re.findall(r"- \"([^\"]+:[0-9]+)\"", text) for name, text in services().items()
                 if "ports:" in text}
    assert published == {"bot": ["127.0.0.1:${PORT:-8080}:8080"]}


def test_every_service_may_as_little_as_it_can() -> None:
    assert set(services()) == {"migrate", "bot", "postgres", "valkey"}
    for name, text in services().items():
        assert re.search(r"<<: \*(narrow|bot)$", text, re.MULTILINE), name
        assert "mem_limit" in text or "<<: *bot" in text, name
        assert ("outside" in text) == (name == "bot"), name
    assert "cap_drop: [ALL]" in COMPOSE
    assert "no-new-privileges:true" in COMPOSE


def test_every_service_that_stays_up_is_looked_after() -> None:
    assert {name for name, text in services().items() if "healthcheck:" in text} == {"bot", "postgres", "valkey"}
    assert "/healthz" in services()["bot"]


def test_the_unit_keeps_secrets_in_memory_and_nothing_else_in_reach() -> None:
    for line in ("LimitCORE=0", "MemoryDenyWriteExecute=yes", "NoNewPrivileges=yes", "ProtectSystem=strict",
                 "DynamicUser=yes", "CapabilityBoundingSet="):
        assert f"\n{line}\n" in UNIT


def test_what_is_said_to_be_forgotten_is() -> None:
    said = " ".join((ROOT / "deploy/README.md").read_text(encoding="utf-8").split())
    for words in (f"updates {purge.BODIES // DAY} days", f"({purge.DEAD_BODIES // DAY} when they could not be)",
                  f"keys and what they led to after {purge.OPERATIONS // DAY} days",
                  f"unconfirmed payments after {purge.DRAFTS // DAY}", f"be told after {purge.NOTICES // DAY}",
                  f"never joined after {purge.PEOPLE // DAY}", f"speaks after {purge.GROUPS // DAY}"):
        assert words in said
