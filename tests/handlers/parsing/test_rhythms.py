"""On which days a payment shall come again, in both languages, and what is none."""
from __future__ import annotations

from datetime import date

import pytest

from handlers.parsing import Asked, Every, ParseProblem, Said, SendRequest, Unclear, understand
from wallet.money import CNY


def sent(text: str) -> SendRequest:
    found = understand(Said(text), CNY)
    assert isinstance(found, Asked), found
    assert isinstance(found.argument, SendRequest)
    return found.argument


@pytest.mark.parametrize(("words", "every"), [
    ("every month on 5", Every("month", 5)), ("every month on the 5th", Every("month", 5)),
    ("every 5th of the month", Every("month", 5)), ("every month on day 31", Every("month", 31)),
    ("every month on the last day", Every("month", 31)), ("Every Week on Monday", Every("week", 0)),
    ("every sunday", Every("week", 6)), ("every day", Every("day")),
    ("every month on 5 until 2027-06-30", Every("month", 5, date(2027, 6, 30))),
    ("每月5日", Every("month", 5)), ("每月5号", Every("month", 5)),
    ("每月 5 号", Every("month", 5)), ("每个月１５号", Every("month", 15)),
    ("每月最后一天", Every("month", 31)), ("每月底", Every("month", 31)), ("每周一", Every("week", 0)),
    ("每星期天", Every("week", 6)), ("每週日", Every("week", 6)), ("每天", Every("day")), ("每日", Every("day")),
    ("每月5号到2027年6月30日", Every("month", 5, date(2027, 6, 30))),
])
@pytest.mark.parametrize("form", ["/send @bob 20 {}", "/send @bob 20 rent {}", "/send @bob 20 {} rent",
                                  "转账 @bob 20元 rent，{}"])
def test_days_stand_before_the_note_or_behind_it(words: str, every: Every, form: str) -> None:
    request = sent(form.format(words))
    assert (request.every, request.note, request.minor_units) == (every, "rent" if "rent" in form else None, 2_000)


@pytest.mark.parametrize("text", [
    "/send @bob 20 rent every month", "/send @bob 20 rent every week on", "/send @bob 20 every month on 32",
    "/send @bob 20 every month on 0", "/send @bob 20 房租 每月", "/send @bob 20 每周", "/send @bob 20 每月0号",
    "/send @bob 20 every day rent every month on 5", "/send @bob 20 every day until 2027-02-30"])
def test_days_that_cannot_be_or_are_open_are_unclear(text: str) -> None:
    found = understand(Said(text), CNY)
    assert isinstance(found, Unclear)
    assert found.problem is ParseProblem.RHYTHM


@pytest.mark.parametrize("note", ["thanks for every day we had", "每天一杯咖啡", "每月房租", "for everyday things",
                                  "每周一杯茶"])
def test_words_inside_a_note_stay_a_note(note: str) -> None:
    request = sent(f"/send @bob 20 {note}")
    assert (request.every, request.note) == (None, note)


def test_one_person_at_a_time() -> None:
    found = understand(Said("/send @bob @eve 20 each every day"), CNY)
    assert isinstance(found, Unclear)
    assert found.problem is ParseProblem.RHYTHM_FOR_ONE


def test_a_request_knows_no_days() -> None:
    found = understand(Said("/request @bob 20 every day"), CNY)
    assert isinstance(found, Asked)
    assert found.argument == SendRequest(sent("/send @bob 20").receivers, 2_000, note="every day")
