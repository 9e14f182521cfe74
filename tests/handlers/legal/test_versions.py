"""A text that somebody accepted keeps its fingerprint, and which one is in force is one moment for everybody."""
from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from handlers import legal
from handlers.legal import Document, LegalText, Names
from tests.handlers.legal.shelf import LIBRARY, PLAIN_BODY, SHANGHAI, each_document, each_text, loaded, written

PUBLISHED = {
    ("user-agreement", "en"): "a56fb4bb613f57b2b861a7b2cf30fdefbffcecf299e61d19dc45ca4936d58ea8",
    ("user-agreement", "zh_CN"): "dc397187b11a5018643c58459613beb339f7b78eb149d6240e9423a246754799",
    ("payment-service-agreement", "en"): "deee2100237730840d404bb0b5e0af421ad0eb288edd59b5ce624ba89e997ace",
    ("payment-service-agreement", "zh_CN"): "c4c39f0d0414e2a8d6d2d2671688cd5fdc12f54c9019b2ed12b22bf338f6a04f",
    ("privacy-policy", "en"): "db38c392f268998a5f428f2a7f58f536e8f35cf904d31c72d4cd65a4ec081092",
    ("privacy-policy", "zh_CN"): "46c5d5af909d835524c19249ef3298305972e722c3f6f299d3bd371c0bd65d78",
    ("account-rules", "en"): "c661ec4a975300c9ecdb332d6e4e4b51c9eda7a3841979ef2822d6e062b240e5",
    ("account-rules", "zh_CN"): "2e87b8b5e3f2bfbd45e51a7ecb75d6d1fbc44c8ddb7ad65ce84a7b6858bc7988",
    ("red-envelope-rules", "en"): "bdb8424cae4fade3afc142e61d3e34f2d32fcdb1406d73bd5de19e964c20f87a",
    ("red-envelope-rules", "zh_CN"): "ca43d13cd458bd2cb0bd9e2b866d901e08eeaceddeb378a51d41c87bbfae8ff5",
    ("merchant-agreement", "en"): "661c700bf827930bc0ec2578c7928190ae2f2c0bd927d64320d31a058adb6c95",
    ("merchant-agreement", "zh_CN"): "964a718cdc5be125b5a2d6077bb287abf7baaf9dcf9f52c571031d067a2fa6da",
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
