"""A text that somebody accepted keeps its fingerprint, and which one is in force is one moment for everybody."""
from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from handlers import legal
from handlers.legal import Document, LegalText, Names
from tests.handlers.legal.shelf import LIBRARY, PLAIN_BODY, SHANGHAI, each_document, each_text, loaded, written

PUBLISHED = {
    ("user-agreement", "en"): "5f90f762b42cd388b2c9438d1948492b3c25157245e8055cabddd57cccc9c82c",
    ("user-agreement", "zh_CN"): "866e1df8aaa98e80c9622dbcfe54e7601e99363646daff7983e2e381ef8853cb",
    ("payment-service-agreement", "en"): "6087f639555172afbe487bb688f81f001e1ad3a04f92a6d7d6149837f000006e",
    ("payment-service-agreement", "zh_CN"): "1f69dd4f0139978c7d59218bf38bc8c98b3a3305df0f4cbef0fdb0ffbb7af56e",
    ("privacy-policy", "en"): "9e2f41cdda2a478210f5a1f9a5b98dcef950a89eb16e3ca5feb6cd4b4cf3c9f8",
    ("privacy-policy", "zh_CN"): "622590add74ddf556b275e73d9f567d4290c869ac49bbe4a1f91cbbecf55df51",
    ("account-rules", "en"): "cf0e571720ed4f37e27129b5859bb67b7d7fa44a45962edf477aa74dbcde8940",
    ("account-rules", "zh_CN"): "a232d9a5a17f67700b12b02e2e66b9bbfb73c933cf144c1a95540c55a784e055",
    ("red-envelope-rules", "en"): "7f9e50bd7694fc4a341a02a02cebb65941ec4cc5e78218174e8a98d5ec61006b",
    ("red-envelope-rules", "zh_CN"): "7c5be56c26afbb515e25d2f68cfc036043c4e3a7b17dd26bd0a6dd97855eed16",
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
