"""The questions before a share opens: the same for the same matter, and no answer looks more likely than another."""
from __future__ import annotations

from collections import Counter

from wallet.questions import OFFERED, SIGNS, picture, small_sum

SECRET = b"s" * 32
MANY = range(900)


def test_a_question_is_the_same_as_long_as_it_is_about_the_same() -> None:
    assert small_sum(SECRET, "1:2:0") == small_sum(SECRET, "1:2:0")
    assert picture(SECRET, "1:2:0") == picture(SECRET, "1:2:0")
    assert len({one for number in MANY for one in (small_sum(SECRET, f"{number}").proof,
                                                   picture(SECRET, f"{number}").proof)}) == 2 * len(MANY)
    assert picture(SECRET, "1") != picture(b"t" * 32, "1")


def test_the_right_answer_is_among_those_offered_where_it_says() -> None:
    for number in MANY:
        in_words, drawn = small_sum(SECRET, f"{number}"), picture(SECRET, f"{number}")
        assert in_words.offered[in_words.right] == in_words.first + in_words.second
        assert drawn.offered[drawn.right] == drawn.signs
        assert (len(set(in_words.offered)), len(set(drawn.offered))) == (OFFERED, 9)
        assert len(drawn.signs) == 4
        assert set("".join(drawn.offered)) <= set(SIGNS)
        assert min(in_words.offered) >= 1


def test_every_place_is_right_alike_often() -> None:
    for places, found in ((OFFERED, Counter(small_sum(SECRET, f"{number}").right for number in MANY)),
                          (9, Counter(picture(SECRET, f"{number}").right for number in MANY))):
        expected = len(MANY) / places
        assert all(abs(found[place] - expected) < 5 * expected ** .5 for place in range(places))


def test_no_sign_of_a_picture_stands_out_among_the_answers() -> None:
    # Whoever only reads what is offered finds every half three times, the right ones and the wrong ones alike.
    for number in MANY[:50]:
        drawn = picture(SECRET, f"{number}")
        assert set(Counter(one[:2] for one in drawn.offered).values()) == {3}
        assert set(Counter(one[2:] for one in drawn.offered).values()) == {3}
