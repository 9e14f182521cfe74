"""Screening: whose name is on the list, however it is written, and whose is not."""
from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.screening import (
    COLUMNS,
    LONGEST,
    MOST_HITS,
    SAMPLE,
    Entry,
    Listed,
    ListWrong,
    allowed,
    distance,
    forms,
    read_list,
    version_of,
)

HEAD = ",".join(COLUMNS) + "\n"


def listed(*names: str) -> Listed:
    return Listed(Entry(name, (), "person", "test", f"T{number}") for number, name in enumerate(names))


@pytest.mark.parametrize(("on_list", "typed"), [
    ("Max Sample-Listed", "max sample listed"), ("Max Sample-Listed", "SAMPLE-LISTED, Max"),
    ("Max Sample-Listed", "Ｍａｘ Ｓａｍｐｌｅ Ｌｉｓｔｅｄ"), ("Max Sample-Listed", "Max Sampel Listed"),
    ("Max Sample-Listed", "Max Sample Listd"), ("Érika Müller", "Erika Muller"), ("O'Brian Example", "OBrian Example"),
    ("Li Xiao Ming", "Xiaoming Li"), ("Xiaoming Li", "LI XIAOMING"), ("范例甲", "范 例 甲"), ("范例甲", "范·例甲"),
    ("阿里木江·示例买提", "阿里木江示例买题"), ("虚构示例贸易有限公司", "虚构示例贸易有限公 司")])
def test_a_name_is_found_however_it_is_written(on_list: str, typed: str) -> None:
    [found] = listed(on_list).likenesses([typed])
    assert found.entry == "T0 test"


@pytest.mark.parametrize(("on_list", "typed"), [
    ("李明", "李鸣"), ("李明", "李小明"), ("王小明", "王小红"), ("范例甲乙", "范例甲丙"), ("李明", "明李"),
    ("Li Ming", "Li Min"), ("Li Na", "Li Ma"), ("Max Sample", "Max Simpler"), ("Max Sample", "Max"),
    ("Max Sample", ""), ("Max Sample", "·-'"), ("Max Sample", "\U0001f600")])
def test_somebody_elses_name_is_not(on_list: str, typed: str) -> None:
    assert not listed(on_list).likenesses([typed])


def test_the_likeliest_comes_first_and_their_number_is_bounded() -> None:
    found = listed("Erika Beispielnamen", "Erika Beispielname").likenesses(["Erika Beispielname"])
    assert [(one.entry, one.percent) for one in found] == [("T1 test", 100), ("T0 test", 95)]
    assert len(listed(*["Erika Beispielname"] * 20).likenesses(["Erika Beispielname"])) == MOST_HITS


def test_the_sample_list_is_read_and_finds_by_its_aliases() -> None:
    on_list = Listed(read_list(SAMPLE.read_text("utf-8")))
    [found] = on_list.likenesses(["Maximilian Samplelisted"])
    entry = on_list.entry(found.entry)
    assert entry is not None
    assert (entry.source, entry.reference) == ("sample", "SAMPLE-1")
    assert on_list.entry("SAMPLE-1 another source") is None


def test_a_list_has_another_version_whenever_anything_in_it_changed() -> None:
    text = SAMPLE.read_text("utf-8")
    assert version_of(text) == version_of(text) != version_of(text + "\n")


@pytest.mark.parametrize(("text", "words"), [
    ("", "first line"), ("name,kind\n", "first line"), (HEAD + "A B,,person,x\n", "line 2: it has not 5 columns"),
    (HEAD + "A B,,person,x,1,2\n", "5 columns"), (HEAD + "A B,,ship,x,1\n", "line 2: the kind"),
    (HEAD + "A B,,person,,1\n", "a source and a reference"), (HEAD + "A B,,person,x,1 2\n", "without spaces"),
    (HEAD + "--,,person,x,1\n", "without letters"), (HEAD + f"{'x' * (LONGEST + 1)},,person,x,1\n", "the most"),
    (HEAD + 'A "B,,person,x,"1"2\n', "line 2")])
def test_what_is_no_list_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(ListWrong, match=words):
        read_list(text)


NAMES = st.text(st.sampled_from("abcdexyzäÉ李明王小 -·"), max_size=30)


@given(NAMES)
def test_whoever_is_on_the_list_is_always_found(name: str) -> None:
    assert bool(listed(name).likenesses([name])) is bool(forms(name))


@given(NAMES, NAMES)
def test_it_is_the_same_which_of_two_names_is_on_the_list(one: str, other: str) -> None:
    assert bool(listed(one).likenesses([other])) is bool(listed(other).likenesses([one]))


@given(NAMES)
def test_case_width_and_spacing_never_matter(name: str) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in name)
    assert forms(name) == forms(name.upper()) == forms(wide) == forms(f"  {name.replace(' ', '   ')} ")


@given(st.permutations(["erika", "beispiel", "von", "muster"]))
def test_the_order_of_latin_words_never_matters(words: list[str]) -> None:
    assert listed("Erika von Beispiel Muster").likenesses([" ".join(words)])


SHORT = st.text("abc", max_size=8)


@given(SHORT, SHORT, st.integers(0, 3))
def test_a_bounded_distance_is_the_distance_as_far_as_its_bound(one: str, other: str, most: int) -> None:
    whole = distance(one, other, 99)
    assert distance(one, other, most) == min(whole, most + 1)
    assert whole == distance(other, one, 99)
    assert (whole == 0) is (one == other)


@given(st.text("abcdefgh", min_size=12, max_size=20), st.integers(0, 10**6))
def test_as_many_wrong_letters_as_are_allowed_are_found(name: str, seed: int) -> None:
    chance, typed = random.Random(seed), list(name)
    for _wrong in range(allowed(name)):
        typed[chance.randrange(len(typed))] = "z"
    assert listed(name).likenesses(["".join(typed)])
