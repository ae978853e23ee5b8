from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.draws import Draws
from harness.core.errors import UsageError
from harness.sessions.fillers.workday.catalogue import assemble, read_section
from harness.sessions.fillers.workday.grammar import WorkdayWriter, compile_text

POOLS = {"fruit": ("apple", "pear", "quince"), "name": tuple("ABCDEFGH")}
NEEDED = "\n".join(
    f"@{n}: x" for n in ["short", "part", "step", "risk", "fact", "goal", "whether", "tip"]
)


def write(text: str, seed: int = 0) -> str:
    return WorkdayWriter(POOLS, Draws("grammar", seed).fraction).write(compile_text(text, POOLS))


def test_a_bound_slot_says_the_same_word_and_a_numbered_one_another():
    first, again, other = write("{name} {name} {name2}").split()
    assert first == again != other


def test_fresh_slots_say_every_entry_before_one_returns():
    assert sorted(write("x {+fruit} {+fruit} {+fruit}").split()[1:]) == sorted(POOLS["fruit"])


def test_a_thread_has_a_small_cast_beside_those_that_are_bound():
    said = write("x {name} " + "{+name} " * 9).split()[1:]
    assert len(set(said)) == 4
    assert said[0] not in said[1:]


def test_capitals_and_articles_come_by_themselves():
    text = write("{fruit} is {a fruit}.\n- {fruit}, {fruit}, {^fruit}")
    word = text.partition(" ")[0].lower()
    article = "an" if word == "apple" else "a"
    capital = word.capitalize()
    assert text == f"{capital} is {article} {word}.\n- {capital}, {word}, {capital}"


@given(st.integers(0, 50))
def test_a_choice_is_one_of_its_parts_also_inside_another(seed):
    assert write("[a|b[c|d]|]!", seed) in {"a!", "bc!", "bd!", "!"}


@pytest.mark.parametrize("text", ["rows[0]", "{}", "{Name}", "f([])", "[", "a | b", "{x y}"])
def test_brackets_and_braces_of_code_stand_for_themselves(text):
    assert write(text) == text


def test_a_slot_without_a_pool_is_refused_with_the_nearest_name():
    with pytest.raises(UsageError, match=r"^'\{friut\}' names no pool: did you mean 'fruit'\?$"):
        compile_text("{friut}", POOLS)


def test_a_line_that_belongs_to_nothing_is_refused():
    with pytest.raises(UsageError, match=r"^s, line 1: 'hello' is neither a pool nor a beat$"):
        read_section("s", "hello\n")


def test_an_unknown_kind_of_beat_is_refused():
    with pytest.raises(UsageError, match=r"^s, line 2: unknown kind of beat 'opne': did you mean"):
        read_section("s", "@a: b\n> opne\nU x\nA y\n")


def test_a_subject_lacking_a_pool_is_refused_by_name():
    with pytest.raises(UsageError, match=r"^subject 'tea' lacks the pools step, tip$"):
        assemble(
            "@a: b",
            {
                "tea": "\n".join(
                    line for line in NEEDED.splitlines() if not line.startswith(("@step", "@tip"))
                )
            },
        )


def test_a_wrong_slot_of_a_subject_is_refused_with_the_subject():
    with pytest.raises(UsageError, match=r"^subject 'tea': '\{cup\}' names no pool"):
        assemble("@a: b", {"tea": NEEDED + "\n> open\nU {cup}\nA y\n"})


def test_number_pools_are_ranges():
    assert read_section("s", "@n: 10..20/5\n@m: 2..4").pools == {
        "n": ("10", "15", "20"),
        "m": ("2", "3", "4"),
    }
