"""A text that somebody accepted keeps its fingerprint, and which one is in force is one moment for everybody."""
from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from handlers import legal
from handlers.legal import Document, LegalText, Names
from tests.handlers.legal.shelf import LIBRARY, PLAIN_BODY, SHANGHAI, each_document, each_text, loaded, written

PUBLISHED = {
    ("user-agreement", "en"): "d62945bfedfd37d3604c9f9132d55ba1df4108d2fb5c7beead1619b90ff72a7a",
    ("user-agreement", "zh_CN"): "500041f7a2473206fb80cbaa0911697beaec6dd85d1f69fe1c478c3e41d1cc4a",
    ("payment-service-agreement", "en"): "8b0ecb10a3723f938ff712eaf3b463d950ffdb81ef31a82e8588d8e4d9f1fc70",
    ("payment-service-agreement", "zh_CN"): "902e3ee3280e0d6dc123fcdf22dd323d79cbcbc2bb4fc149fe5d141d8749f061",
    ("privacy-policy", "en"): "da17031a6dc91a92a9b9d40eee8e28e0d8e71f82375e10fc0b0da568596e4847",
    ("privacy-policy", "zh_CN"): "2e2d7efbf0a33145964903335fc3772e69e44c688c43a258c96070426161a247",
    ("account-rules", "en"): "dc7e04014346fa3ed32a63cc30a8941d9e940f6d6855ed6126dc1e89f9e8cd7a",
    ("account-rules", "zh_CN"): "ee6a71630b37c86ceb0b5e28694bc7b42395c2638703325bf2fa3aa317629354",
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
