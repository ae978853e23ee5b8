from __future__ import annotations

import doctest
from typing import TYPE_CHECKING, Any

import pytest

from harness.analysis.comparison import many_sides as versus_module
from harness.analysis.comparison import sides as sides_module
from harness.analysis.comparison.many_sides import Versus, onset_sentence, versus
from harness.analysis.comparison.sides import (
    choose,
    compared_columns,
    make_side,
    split,
    with_short_names,
)
from harness.analysis.onset import OnsetDifference, estimate_onset
from harness.analysis.records import from_records
from harness.core.errors import NothingSelectedError, UsageError
from harness.reports.format import width
from harness.reports.sections.comparison import (
    comparison_json,
    comparison_markdown,
    comparison_text,
)
from tests.support.records import make_record, simulated_run

if TYPE_CHECKING:
    from harness.analysis.comparison.sides import Side
    from harness.core.record import Record

RUN = "20260102T030405Z_demo_0a1b2c"


def side(records: list[Record], run: str = RUN, model: str | None = None) -> Side:
    return make_side(run, compared_columns(from_records(records)), model)


def three(**overrides: Any) -> Side:
    """One run of three models that forget from 0.3, from 0.6 and never."""
    records = []
    for model, onset in (("x/early", 0.3), ("x/late", 0.6), ("x/never", 2.0)):
        records += simulated_run(lambda fill, o=onset: float(fill < o), model=model, **overrides)
    return side(records)


@pytest.mark.parametrize("module", [sides_module, versus_module])
def test_the_examples_are_true(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


def test_a_known_difference_is_found_with_its_sign_and_its_onsets() -> None:
    found = versus(split(three(), "model", ["early", "late"]), by="model")
    (match,) = found.matches
    assert (match.comparison.a, match.comparison.b) == ("x/early", "x/late")
    assert match.comparison.effect is not None
    assert match.comparison.effect > 0.2
    assert match.comparison.n_pairs == 192
    assert match.onsets.delta == pytest.approx(0.3, abs=0.06)
    assert match.onset_message.startswith("x/late begins to forget ")
    assert "of the window later than x/early (95 % interval" in match.onset_message


def test_sides_that_change_places_change_only_the_sign() -> None:
    forward = versus(split(three(), "model", ["early", "late"]), by="model").matches[0]
    backward = versus(split(three(), "model", ["late", "early"]), by="model").matches[0]
    assert forward.comparison.effect == -backward.comparison.effect  # type: ignore[operator]
    assert forward.onsets.delta == -backward.onsets.delta  # type: ignore[operator]
    assert "earlier than x/late" in backward.onset_message


def test_windows_and_policies_are_never_pooled_and_all_are_one_family() -> None:
    records = [
        record
        for window in (8192, 32768)
        for policy in ("send_all", "drop_oldest")
        for model in ("a", "b")
        for record in simulated_run(model=model, window_limit=window, policy=policy, seeds=6)
    ]
    found = versus(split(side(records), "model"), by="model")
    assert [(match.window_limit, match.policy) for match in found.matches] == [
        (8192, "drop_oldest"),
        (8192, "send_all"),
        (32768, "drop_oldest"),
        (32768, "send_all"),
    ]
    assert {match.comparison.n_comparisons for match in found.matches} == {4}
    assert all(match.comparison.p_holm is not None for match in found.matches)


def test_one_comparison_is_not_corrected() -> None:
    (match,) = versus(split(three(), "model", ["early", "late"]), by="model").matches
    assert match.comparison.p_holm is None


def test_a_reference_is_compared_with_each_of_the_others() -> None:
    found = versus(split(three(), "model"), by="model", reference="x/late")
    pairs = [(match.comparison.a, match.comparison.b) for match in found.matches]
    assert pairs == [("x/late", "x/early"), ("x/late", "x/never")]


def test_windows_pair_by_checkpoint_though_their_fills_differ_a_little() -> None:
    records = [
        make_record(
            session=f"s/{seed}", seed=seed, window_limit=window, probe=f"tone@trunk:{i}",
            fill=i / 5 + window / 1e6, fill_requested=i / 5 + window / 1e6,
        )
        for window in (4000, 8000)
        for seed in range(6)
        for i in range(5)
    ]  # fmt: skip
    (match,) = versus(split(side(records), "window"), by="window").matches
    assert match.comparison.n_pairs == 30
    assert match.window_limit is None
    assert (match.comparison.a, match.comparison.b) == ("window 4,000", "window 8,000")


def test_what_only_one_side_has_is_told() -> None:
    both = simulated_run(seeds=6, model="m") + simulated_run(seeds=6, model="m", window_limit=32768)
    other = side(simulated_run(seeds=6, model="m"), run="other")
    found = versus(with_short_names([side(both), other]))
    assert len(found.matches) == 1
    assert found.alone == ("in run 0a1b2c but not in run other: window 32,768, layout growing",)
    assert "not compared: in run 0a1b2c but not in run other" in comparison_text(found).replace(
        "\n", " "
    )


def test_no_window_in_common_says_so() -> None:
    a = side(simulated_run(seeds=6, model="a"))
    b = side(simulated_run(seeds=6, model="b", window_limit=32768), run="other")
    with pytest.raises(
        NothingSelectedError, match=r"share no .*in a but not in b: window 8,192.*-w"
    ):
        versus(with_short_names([a, b]))


def test_no_trial_in_common_says_which_field_differs() -> None:
    a = side(simulated_run(seeds=6, model="a"))
    b = side(simulated_run(seeds=6, model="b", scenario="another"))
    with pytest.raises(NothingSelectedError, match=r"Nothing to compare: .*scenario has no value"):
        versus(with_short_names([a, b]))


def test_a_run_without_records_is_nothing() -> None:
    with pytest.raises(NothingSelectedError, match="empty has no records yet"):
        side([], run="empty")


def test_sides_are_called_by_what_tells_them_apart() -> None:
    a, b = simulated_run(seeds=1, model="a"), simulated_run(seeds=1, model="b")
    assert [s.name for s in with_short_names([side(a), side(b)])] == ["a", "b"]
    assert [s.name for s in with_short_names([side(a), side(a, run="other")])] == [
        "run 0a1b2c",
        "run other",
    ]
    mixed = with_short_names([side(a), side(b), side(a, run="other")])
    assert [s.name for s in mixed] == ["a in run 0a1b2c", "b in run 0a1b2c", "a in run other"]
    with pytest.raises(UsageError, match=r"a in run 0a1b2c is given twice.*--models or RUN::MODEL"):
        with_short_names([side(a), side(a)])


def test_a_name_means_one_value_or_says_which() -> None:
    known = ["x/early", "x/late"]
    assert choose("late", known, "model", "RUN") == "x/late"
    with pytest.raises(UsageError, match="RUN: 'x' means 2 models: x/early, x/late"):
        choose("x", known, "model", "RUN")
    with pytest.raises(UsageError, match=r"RUN has no model 'x/latte': did you mean.*x/late"):
        choose("x/latte", known, "model", "RUN")


def test_a_run_of_one_kind_cannot_be_split() -> None:
    with pytest.raises(UsageError, match=r"one policy \(send_all\) .* a run of several policies"):
        split(three(), "policy")
    with pytest.raises(UsageError, match=r"one model \(x/late\) is nothing to compare"):
        split(three(), "model", ["late"])
    with pytest.raises(UsageError, match="model 'x/late' is given twice"):
        split(three(), "model", ["late", "early", "x/late"])


def difference(**overrides: Any) -> OnsetDifference:
    values: dict[str, Any] = {
        "delta": 0.2, "lo": 0.1, "hi": 0.3, "level": 0.95, "probability_a_earlier": 1.0,
        "probability_b_earlier": 0.0, "probability_unknown": 0.0, "missing": None,
    }  # fmt: skip
    return OnsetDifference(**(values | overrides))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "b begins to forget 20 % of the window later than a (95 % interval 10 % later to 30"),
        ({"delta": -0.2, "lo": -0.3}, "20 % of the window earlier than a (95 % interval 30 % earl"),
        ({"delta": 0.0, "lo": -0.1}, "b begins to forget where a does (95 % interval 10 % earlier"),
        ({"hi": None}, "later than a (95 % interval 10 % later or later)"),
        ({"lo": None}, "later than a (95 % interval 30 % later or earlier)"),
        ({"lo": None, "hi": None}, "later than a (95 % interval open)"),
        ({"delta": None, "hi": None}, "at least 10 % of the window later than a (95 %); how much"),
        ({"delta": None, "lo": None, "hi": -0.1}, "at least 10 % of the window earlier than a"),
        ({"delta": None, "lo": None, "hi": None}, "neither onset was reached"),
    ],
)
def test_a_difference_of_onsets_says_what_is_known(changes: dict[str, Any], words: str) -> None:
    flat = estimate_onset(from_records(simulated_run(lambda _: 0.95)))
    assert words in onset_sentence(difference(**changes), (flat, flat), ("a", "b"))


def test_without_an_onset_the_sentence_says_whose() -> None:
    good = estimate_onset(from_records(simulated_run()))
    none = estimate_onset([])
    told = onset_sentence(difference(missing="b: ..."), (good, none), ("a", "b"))
    assert told == f"no difference of onsets; b: {none.message}"
    open_ended = difference(delta=None, lo=None, hi=None)
    assert "cannot be told from these runs" in onset_sentence(open_ended, (good, good), ("a", "b"))


def everything() -> Versus:
    nasty = "evil|model \x1b[31mred\x1b[0m <b>`*"
    records = simulated_run(seeds=6, model="provider/" + "long-" * 30)
    records += simulated_run(lambda _: 0.5, seeds=6, model=nasty, window_limit=32768)
    records += simulated_run(lambda _: 0.4, seeds=6, model=nasty)
    records += simulated_run(seeds=2, model="few")
    return versus(split(side(records), "model"), by="model")


def test_the_terminal_fits_eighty_columns_and_holds_nothing_to_obey() -> None:
    report = comparison_text(everything())
    assert max(width(line) for line in report.splitlines()) <= 80
    assert all(char == "\n" or char.isprintable() for char in report)
    assert "too little data" in report
    assert "run both on at least 4 more seeds" in " ".join(report.split())


def test_names_cannot_break_the_markdown() -> None:
    report = comparison_markdown(everything())
    assert "<b>" not in report.replace("\\<b\\>", "")
    assert len({line.count("|") for line in report.splitlines() if line.startswith("| ")}) == 1


def test_the_order_of_the_records_decides_nothing() -> None:
    records = simulated_run(model="a", seeds=6) + simulated_run(step_late, model="b", seeds=6)
    one, other = (
        comparison_json(versus(split(side(rows), "model"), by="model"))
        for rows in (records, list(reversed(records)))
    )
    assert one == other


def step_late(fill: float) -> float:
    return 0.95 if fill < 0.8 else 0.2
