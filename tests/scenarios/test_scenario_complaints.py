"""Every objection of the schema says what came, what was expected, what to do, and where."""

from __future__ import annotations

import pytest

STEPS = (
    "{user:, assistant:}, {plant: id}, {filler: {weight: w}}, {probe: id}, {rule: id},"
    " {new_session: {carry: [...]}}"
)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("schema: 1\n", "", "1:1: key 'schema' is missing; add 'schema: 1' as the first line"),
        ("schema: 1", "schema: 2", "1:9: got '2', but this version reads schema 1"),
        ("schema: 1", "schema: true", "1:9: got 'true', but this version reads schema 1"),
        ("name: small\n", "", "1:1: key 'name' is missing"),
        ("name: small", "name:", "2:6: got nothing, expected text"),
        (
            "name: small",
            "name: a b",
            "2:7: got 'a b', expected a name of letters, digits, '-', '_' and '.'",
        ),
        ("name: small", f"name: {'a' * 81}", f"2:7: got '{'a' * 37}...', expected at most 80"),
        ("    ask:", "    aks:", "7:5: unknown key 'aks': did you mean 'ask'?"),
        (
            "    ask:",
            "    zzz: red\n    ask:",
            "7:5: unknown key 'zzz': known: amend, ask, distractors",
        ),
        ("    ask:", "    depth: 0.5\n    ask:", "7:5: unknown key 'depth': use position: 0 = fir"),
        (
            "id: tone",
            "id: tone\n    kind: set-of",
            "5:11: unknown kind 'set-of': did you mean 'set'",
        ),
        ("[dry, tender]", "dry", "6:13: got 'dry', expected a list, or {generate: code}"),
        ("[dry, tender]", "[]", "6:13: got an empty list, expected at least one entry"),
        ("[dry, tender]", "[dry, '']", "6:19: got nothing, expected some text"),
        ("[dry, tender]", "[dry, [a]]", "6:19: got a list, expected text"),
        ("[dry, tender]", "{generate: cod}", "6:24: unknown generator 'cod': did you mean 'code'?"),
        ("[dry, tender]", "{genrate: code}", "6:14: unknown key 'genrate': did you mean 'generat"),
        ("tender", "{value: a, acept: b}", "6:30: unknown key 'acept': did you mean 'accept'?"),
        ("tender", "{accept: b}", "6:19: key 'value' is missing"),
        ('"How should it sound?"', "{a: b}", "7:10: got keys and values, expected a list"),
    ],
)
def test_a_wrong_fact_or_head_is_refused(small, said, old, new, problem):
    found = said(small.replace(old, new, 1))
    assert len(found) == 1
    assert found[0].startswith(problem)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("layout: grd", "8:9: unknown layout 'grd': did you mean 'grid'?"),
        (
            "layout: script",
            (
                "8:9: unknown layout 'script': known: grid, growing; write 'script:' and leave "
                "layout out"
            ),
        ),
        ("fills: 3", "8:8: got '3', expected at least 4"),
        ("fills: 201", "8:8: got '201', expected at most 200"),
        (
            "fills: '12'",
            "8:8: got '12', expected a whole number without quotes, or a list of fills",
        ),
        (
            "fills: [0.5, 90]",
            (
                "8:14: got '90', expected at most 8; a fill is a share of the context window, not "
                "per cent"
            ),
        ),
        ("fills: [0]", "8:9: got '0', expected more than 0"),
        (
            "positions: [0.5, 2]",
            "8:18: got '2', expected at most 1; a position is 0 = first token, 1 = last",
        ),
        (
            "positions: [-0.5]",
            "8:13: got '-0.5', expected at least 0; a position is 0 = first token, 1 = last",
        ),
        ("positions: 0.5", "8:12: got '0.5', expected a list"),
        ("depths: [0.5]", "8:1: unknown key 'depths': use positions: 0 = first token, 1 = last"),
        ("position: [0.5]", "8:1: unknown key 'position': did you mean 'positions'?"),
        ("expect: {recall_at_least: 90}", "8:27: got '90', expected at most 1"),
        (
            "expect: {recal_at_least: 0.9}",
            "8:10: unknown key 'recal_at_least': did you mean 'recall_at_least'?",
        ),
        ("expect: high", "8:9: got 'high', expected keys and values"),
        ("filler: 3", "8:9: got '3', expected a name, or {file: my-sessions.jsonl}"),
        ("filler: {name: x, file: y}", "8:10: unknown key 'name': known: file, repeat"),
        ("script: []", "8:9: got an empty list, expected at least one entry"),
        (
            "script: [{new_session: {carry: all}}]",
            "8:32: unknown carry 'all': known: memory, system, transcript",
        ),
        (
            "script: [{new_session: {carry: [sytem]}}]",
            "8:33: unknown carry 'sytem': did you mean 'system'?",
        ),
        (
            "script: [{new_session: {carry: 3}}]",
            "8:32: got '3', expected nothing, or a list of system, memory and transcript",
        ),
        ("script: [{new_session: {cary: []}}]", "8:25: unknown key 'cary': did you mean 'carry'?"),
        (
            "script: [{plant: tone, probe: tone}]",
            f"8:24: key 'probe' does not go here: a step is exactly one of {STEPS}",
        ),
        ("script: [stay]", f"8:10: got 'stay', but a step is exactly one of {STEPS}"),
        ("script: [{wait: 1}]", f"8:10: got keys and values, but a step is exactly one of {STEPS}"),
        ("script: [{filler: 0}]", "8:19: got '0', expected more than 0"),
        ("script: [{filler: {weigth: 2}}]", "8:20: unknown key 'weigth': did you mean 'weight'?"),
    ],
)
def test_a_wrong_setting_is_refused(small, said, line, problem):
    assert said(f"{small}{line}\n") == [problem]


def test_all_problems_of_a_file_are_told_in_the_order_of_its_lines(small, said):
    text = small.replace("name: small", "name: 12").replace("tender", "no") + "fills: 2\n"
    assert [problem.split(": ")[0] for problem in said(text)] == ["2:7", "6:19", "8:8"]
