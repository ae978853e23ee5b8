"""What takes two keys to judge: facts, layout, filler and the order of a script."""

from __future__ import annotations

import pytest


def fact(**keys: str) -> str:
    """A file with one fact; keys that are empty are left out."""
    standard = {"say": '"Use {value}."', "values": "[dry, tender]", "ask": '"What to use?"'}
    lines = [f"    {key}: {value}" for key, value in (standard | keys).items() if value]
    return "schema: 1\nname: x\nfacts:\n  - id: tone\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"say": ""}, "4:5: fact 'tone' has no 'say'; add say: \"It is {value}.\""),
        ({"values": ""}, "4:5: fact 'tone' has no 'values'; add values: [...]"),
        (
            {"amend": '"Now {value}."'},
            (
                "8:5: 'amend' is for facts of kind update, and this one is recall; add 'kind: "
                "update' or take it out"
            ),
        ),
        (
            {"pick": "2"},
            (
                "8:5: 'pick' is for facts of kind set, and this one is recall; add 'kind: set' or "
                "take it out"
            ),
        ),
        (
            {"say": "Use it."},
            "5:10: 'say' holds {value} nowhere; it must stand there exactly once",
        ),
        (
            {"say": '["Use {value}.", "{value} {value}"]'},
            "5:27: 'say' holds {value} twice; it must stand there exactly once",
        ),
        (
            {"reply": '"{value} {value} {value}"'},
            "8:12: 'reply' holds {value} 3 times; it must stand there at most once",
        ),
        (
            {"ask": '"Is it {value}?"'},
            "7:10: 'ask' holds {value} once; it must stand there never, or it gives itself away",
        ),
        (
            {"reply": '"Good, {vlaue}."'},
            "8:12: unknown '{vlaue}' in 'reply'; only {value} is filled in",
        ),
        (
            {"kind": "set", "pick": "3"},
            (
                "6:13: fact 'tone' has 2 values, and a session says 3; add values, or use "
                "{generate: ...}"
            ),
        ),
        (
            {"kind": "update", "values": "[dry]"},
            (
                "6:13: fact 'tone' has 1 value, and a session says 2; add values, or use "
                "{generate: ...}"
            ),
        ),
        ({"score": '"contains?x"'}, "8:12: score: 'x' in 'contains?x' is not option=value"),
        (
            {"score": "contians"},
            (
                "8:12: unknown scorer 'contians': did you mean 'contains'? (or give "
                "package.module:Name)"
            ),
        ),
    ],
)
def test_a_fact_that_makes_no_sense_is_refused(said, keys, problem):
    assert said(fact(**keys), known_scorers={"contains", "exact"}) == [problem]


@pytest.mark.parametrize("score", ["contains", "exact?ignore_case=no", "my.module:Scorer"])
def test_known_scorers_and_paths_to_own_ones_pass(said, score):
    assert said(fact(score=f'"{score}"'), known_scorers={"contains", "exact"}) == []


def test_scorers_are_not_checked_where_nobody_says_which_there_are(said):
    assert said(fact(score="whatever")) == []


def test_an_abstain_fact_is_only_asked(said):
    keys = {"say": "", "values": "", "kind": "abstain"}
    assert said(fact(**keys)) == []
    assert said(fact(kind="abstain", pick="2")) == [
        f"{line}:5: an abstain fact is never said, so it has no '{key}'; take it out"
        for line, key in ((5, "say"), (6, "values"), (9, "pick"))
    ]


def test_two_facts_of_one_id_are_refused(said):
    text = fact(values="{generate: code}")
    twice = text + text.split("facts:\n")[1]
    assert said(twice) == [
        "8:9: fact 'tone' is given twice, first in line 4; rename one of them",
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("fills: [0.5, 0.9, 0.5]", "8:19: 0.5 stands twice in 'fills'; take one out"),
        ("positions: [1, 1.0]", "8:16: 1 stands twice in 'positions'; take one out"),
        (
            "filler: {file: x.jsonl}",
            "8:16: no such file 'x.jsonl' in the folder of this scenario; mend the path",
        ),
        ("filler: file", "8:9: name the file, as {file: my-sessions.jsonl}"),
        (
            "filler: {name: wrokday}",
            "8:16: unknown filler 'wrokday': did you mean 'workday'? (or give package.module:Name)",
        ),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(said, line, problem):
    assert said(f"{fact()}{line}\n", known_fillers={"workday"}) == [problem]


def test_fills_may_pass_the_ceiling_and_come_in_any_order(said):
    assert said(f"{fact()}fills: [1.2, 0.05, 8]\npositions: [1, 0, 0.5]\n") == []


def script(*steps: str, **keys: str) -> str:
    return fact(**keys) + "script:\n" + "".join(f"  - {step}\n" for step in steps)


@pytest.mark.parametrize(
    ("steps", "keys", "problem"),
    [
        (
            ["{probe: tone}"],
            {},
            "9:13: fact 'tone' is asked here, but it was not said yet; plant it before",
        ),
        (
            ["{plant: tine}", "{plant: tone}", "{probe: tone}"],
            {},
            "9:13: unknown fact 'tine': did you mean 'tone'?",
        ),
        (
            ["{plant: tone}", "{plant: tone}", "{probe: tone}"],
            {},
            (
                "10:13: fact 'tone' is of kind recall: it is said once; take the step out, or make "
                "it 'kind: update'"
            ),
        ),
        (
            ["{plant: tone}", "{plant: tone}", "{probe: tone}", "{plant: tone}"],
            {"kind": "update"},
            "13:13: fact 'tone' is of kind update: it is said twice; take the step out",
        ),
        (
            ["{plant: tone}", "{probe: tone}"],
            {"kind": "update"},
            (
                "4:9: fact 'tone' is an update, and the script says it once; plant it again or "
                "make it 'kind: recall'"
            ),
        ),
        (
            ["{plant: tone}", "{probe: tone}", "{plant: tone}"],
            {"kind": "set", "pick": "2"},
            "12:13: fact 'tone' is asked here, but 1 of its 2 values were said; plant it before",
        ),
        (
            ["{plant: tone}", "{probe: tone}"],
            {"kind": "abstain", "say": "", "values": ""},
            "8:13: fact 'tone' is of kind abstain: it is never said; take the step out",
        ),
        (
            ["{plant: tone}"],
            {},
            "4:9: the script never asks for fact 'tone'; add {probe: tone} or take the fact out",
        ),
        (
            ["{plant: tone}", "{probe: tone}", "{user: a, assistant: '{value}'}"],
            {},
            "11:26: {value} is not filled in here; say facts with a {plant: id} step",
        ),
    ],
)
def test_a_script_out_of_order_is_refused(said, steps, keys, problem):
    assert said(script(*steps, **keys)) == [problem]


def test_a_script_excludes_layout_and_positions(said):
    text = script("{plant: tone}", "{filler: 1}", "{probe: tone}")
    assert said(text) == []
    reason = "exclude each other: the script says what stands where; take one of them out"
    assert said(text + "layout: grid\npositions: [0.5]\n") == [
        f"12:1: 'layout' and 'script' {reason}",
        f"13:1: 'positions' and 'script' {reason}",
    ]
