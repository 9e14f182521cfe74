"""A text that somebody accepted keeps its fingerprint, and which one is in force is one moment for everybody."""
from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from handlers import legal
from handlers.legal import Document, LegalText, Names
from tests.handlers.legal.shelf import LIBRARY, PLAIN_BODY, SHANGHAI, each_document, each_text, loaded, written

PUBLISHED = {
    ("user-agreement", "en"): "9e2ee1ee4e8396fae5a01a9dfc90f0d11fbdecffb903407b2c3e11a05d4380eb",
    ("user-agreement", "zh_CN"): "09e01af116aec0cec4bfb9b9a28892ddf66a406613b2d8d904bdf3ddeaa23440",
    ("payment-service-agreement", "en"): "05f1409162fd97e5aea53da8008c40d2234c760a897b31cc654b37ae985308a4",
    ("payment-service-agreement", "zh_CN"): "ff3c567b0fff29afce6922194362a5e070c2f5296f0ab6248e624e129be004f0",
    ("privacy-policy", "en"): "6a927cff705eb6b20c4d5f1f7b75f8044ea2fefe28004d3067266d3b69daf3ac",
    ("privacy-policy", "zh_CN"): "da48187a4327848ce7c96112cc493b2855a540367098a54318fd6ef7be3dcff9",
    ("account-rules", "en"): "284454f906dfefef1f32e3d0371d2c57557639dfe841f7a62d1353488c766fb1",
    ("account-rules", "zh_CN"): "bcbe580608cd949826d8d9683d1aba7df49dfd8c667c54c244350986afb6a1f3",
    ("red-envelope-rules", "en"): "52db18ff4b871802927b84a52ec97ab831b0211651a5e4a521aefc13c9a9fc07",
    ("red-envelope-rules", "zh_CN"): "f6533f75c2e134822f4c6101cbce82fc773ad5ada2758beec380e579156144cd",
    ("merchant-agreement", "en"): "1a723a2d6becbc47b7e05267f0ff74756d649178e57cbd978dcd18cc888a405d",
    ("merchant-agreement", "zh_CN"): "a9d3d724ecf5f5fe1627f10168ae6ebaaa00a908036e891adb5c6ab3bbcf7e75",
}
"""Fingerprints of the texts of 2026-11-22, with the names of the shelf filled in."""


@each_document
def test_a_published_text_never_changes(document: Document) -> None:
    for language, text in document.texts.items():
        assert document.version == "2026-11-22"
        assert text.sha256 == PUBLISHED[document.name, language]


@each_text
def test_the_fingerprint_is_of_the_very_characters_that_are_read(text: LegalText) -> None:
    assert hashlib.sha256(text.plain.encode()).hexdigest() == text.sha256


def test_loading_again_gives_the_same_and_another_brand_another_fingerprint() -> None:
    again, other = loaded(), loaded(Names(brand="Otherpay", currency="CNY"))
    assert again == LIBRARY
    for ours, theirs in zip(LIBRARY.documents, other.documents, strict=True):
        for language in legal.LANGUAGES:
            assert ours.texts[language].sha256 != theirs.texts[language].sha256


def test_a_version_is_in_force_from_midnight_of_the_services_zone(tmp_path: Path) -> None:
    written(tmp_path, PLAIN_BODY, PLAIN_BODY)
    library = written(tmp_path, PLAIN_BODY, PLAIN_BODY, version="2027-01-10", effective="2027-02-01")
    midnight = datetime(2027, 2, 1, tzinfo=SHANGHAI)
    before, after = midnight - timedelta(microseconds=1), midnight.astimezone(UTC)
    assert library.in_force(before)["paper"].version == "2026-11-22"
    assert library.in_force(after)["paper"].version == "2027-01-10"
    assert library.in_force(after)["paper"].effective == date(2027, 2, 1)
    assert not library.in_force(datetime(2026, 11, 21, tzinfo=SHANGHAI))


def test_the_wallet_sees_the_same_documents_in_force(tmp_path: Path) -> None:
    written(tmp_path, PLAIN_BODY, PLAIN_BODY)
    library = written(tmp_path, PLAIN_BODY, PLAIN_BODY, version="2027-01-10", effective="2027-02-01")
    for moment in (datetime(2027, 1, 31, 23, 59, tzinfo=SHANGHAI), datetime(2027, 2, 1, tzinfo=SHANGHAI)):
        seen = library.terms().in_force("join", int(moment.timestamp()) * 1_000_000)
        ours = library.in_force(moment)["paper"]
        assert [(d.name, d.version, d.significant) for d in seen] == [("paper", ours.version, True)]
        assert dict(seen[0].hashes) == {language: text.sha256 for language, text in ours.texts.items()}
