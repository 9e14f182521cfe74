"""A text that somebody accepted keeps its fingerprint, and which one is in force is one moment for everybody."""
from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from handlers import legal
from handlers.legal import Document, LegalText, Names
from tests.handlers.legal.shelf import LIBRARY, PLAIN_BODY, SHANGHAI, each_document, each_text, loaded, written

PUBLISHED = {
    ("user-agreement", "en"): "ceb617cd4c20e008617d40d2db7ef5b74dc7a525099ef9082dfeb3524054dc47",
    ("user-agreement", "zh_CN"): "66c24dec0af5e1409003a0feabfa855c70ee190cb045e79d4cb77c2decab7b7b",
    ("payment-service-agreement", "en"): "b2adc642507508bab98b8b4f7ed5e9793f26e5e12bc89971a24f86809c94a530",
    ("payment-service-agreement", "zh_CN"): "006500e7a744774ef1c9cd7da870962c038f083d65e1865a6529fd8b28716379",
    ("privacy-policy", "en"): "db38c392f268998a5f428f2a7f58f536e8f35cf904d31c72d4cd65a4ec081092",
    ("privacy-policy", "zh_CN"): "a587fb9e135692d27efa3f18b7edd9026bfb0c401e5f0aa65ef69e735f92dfbd",
    ("account-rules", "en"): "0c89ec20ef5f6eb5cdc6320e2bfdb9da8191df3914e7e9adb25bef6c3804877f",
    ("account-rules", "zh_CN"): "42a5b24c45dc5f9d820e116919d31e5793b4ef7c33bf99048723f93737ecf092",
    ("red-envelope-rules", "en"): "2e3a9c62a8c46f3140c05ed00d71bb2d3cb774ec5fcbea8700a40f77e406c585",
    ("red-envelope-rules", "zh_CN"): "929e8dcf2b55bc1d796aab10cf86f1c35670b194c4c5fe0d1f77d01f3b7937e6",
    ("merchant-agreement", "en"): "661c700bf827930bc0ec2578c7928190ae2f2c0bd927d64320d31a058adb6c95",
    ("merchant-agreement", "zh_CN"): "4748aebd3b566b333fb2e7fcbda2bf121644ecde603279486e026e2e4fcdeb72",
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
