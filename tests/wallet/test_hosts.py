"""A note leads nowhere that is listed, however its link is written."""
from __future__ import annotations

import pytest

from wallet.hosts import Hosts, is_bad, watch_for
from wallet.text import TextReason, TextRefused, clean_note

LISTED = Hosts(("# ours", "evil.test", "坏.test  # spelled out", "xn--bcher-kva.example"))


@pytest.mark.parametrize("text", [
    "https://evil.test/win", "look at evil.test", "EVIL.test", "a.b.evil.test:8080", "看evil.test吧",
    "ｅｖｉｌ．ｔｅｓｔ",
    "evil。test", "evil.test。ok", "evil[.]test", "evil (dot) test", "ev\u200bil.test", "坏.test", "xn--7es.test",
    "bücher.example", "http://user@evil.test"])
def test_a_listed_host_is_found(text: str) -> None:
    assert LISTED.named_in(text)


@pytest.mark.parametrize("text", [
    "lunch", "20.50", "notevil.test", "evil.test.org", "evil test", "devil.tests", "A.B.C.", "...", "好。吃饭"])
def test_another_is_not(text: str) -> None:
    assert not LISTED.named_in(text)


@pytest.mark.parametrize("line", ["evil", "https://evil.test", "a b.test", "x" * 300 + ".test"])
def test_what_is_no_host_is_no_list(line: str) -> None:
    with pytest.raises(ValueError, match="is no host"):
        Hosts((line,))


def test_a_note_with_such_a_link_is_refused_and_a_deployment_has_a_list_of_its_own() -> None:
    with pytest.raises(TextRefused) as caught:
        clean_note("win at https://www.phishing.example/now")
    assert caught.value.reason is TextReason.BAD_LINK
    assert clean_note("see evil.test") == "see evil.test"
    watch_for(LISTED)
    try:
        assert is_bad("see evil.test")
        with pytest.raises(TextRefused):
            clean_note("see evil.test")
    finally:
        watch_for(None)
