"""The page of the benchmarks has a line for each goal, and what fails is a line too."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MET = {"yes", "**no**", "", "not measured"}


@pytest.fixture(scope="module")
def bench():
    """The program that writes the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        import run_all

        yield run_all
    for name in ("run_all", "goals", "loopback", "samples"):
        sys.modules.pop(name, None)


def lines(page, heads):
    """The rows of the table with these heads."""
    begin = f"| {' | '.join(heads)} |\n"
    assert begin in page
    rows = page.partition(begin)[2].splitlines()[1:]
    found = []
    for line in rows:
        if not line.startswith("|"):
            return found
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def test_the_page_has_a_line_for_each_goal_and_says_whether_it_is_met(bench):
    rows = lines(bench.PAGE.read_text("utf-8"), bench.HEADS)
    assert {len(row) for row in rows} == {len(bench.HEADS)}
    told = {(what, beside.partition(":")[0], goal) for what, _, beside, _, goal, _ in rows}
    wanted = {(goal.what, goal.rival, goal.stated()) for goal in bench.GOALS.values()}
    assert told == wanted, "write it again: make bench"
    assert {row[-1] for row in rows} <= MET


def test_the_page_says_when_on_what_and_with_which_versions_it_was_written(bench):
    page = bench.PAGE.read_text("utf-8")
    for name in ("Python", *bench.VERSIONS, *bench.BESIDE, " cores, ", "GB of RAM"):
        assert name in page
    assert str(ROOT) not in page
    assert "Written by `make bench`, measured on 20" in page


def test_each_goal_is_told_by_exactly_one_benchmark_of_the_set(bench):
    keys = [key for benchmark in bench.SET for key in benchmark.goals]
    assert sorted(keys) == sorted(bench.GOALS)


def test_every_command_on_the_page_is_a_file(bench):
    by_hand = [command for command, _, _ in bench.BY_HAND]
    for command in [*by_hand, *(one.command for one in bench.SET)]:
        assert (ROOT / "benchmarks" / command.split()[0]).is_file()


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("raise SystemExit('the disk is full')", "exit code 1: the disk is full"),
        ("print('all is well')", "said nothing of help"),
        ("import time\ntime.sleep(60)", "stopped after 0 s"),
    ],
)
def test_a_benchmark_that_fails_is_a_line_that_says_so(bench, tmp_path, program, says):
    (tmp_path / "one.py").write_text(program)
    one = bench.Benchmark(command="one.py", goals=("help",))
    found = bench.outcome(one, 0.2 if "sleep" in program else 60, tmp_path)
    assert found.failure == says
    row = bench.row("help", found.lines.get("help"), found.failure)
    assert row == (
        "`harness --help`", f"no: {says}", "`inspect --help`", "", "at most 0.25 CPU s",
        "not measured",
    )  # fmt: skip


def test_what_a_benchmark_told_before_it_failed_stands_on_the_page(bench, tmp_path):
    (tmp_path / "one.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT / 'benchmarks')!r})\nfrom goals import told\n"
        "told('sample-8k-shared', 6.1, 21.5)\nraise SystemExit(3)\n"
    )
    one = bench.Benchmark(command="one.py", goals=("sample-8k-shared", "help"))
    found = bench.outcome(one, 60, tmp_path)
    assert bench.row("sample-8k-shared", found.lines["sample-8k-shared"], found.failure) == (
        "a sample at 8k, ten a session", "6.1 CPU ms", "inspect_ai: 21.5 CPU ms", "1/3.5",
        "at most 1/5", "**no**",
    )  # fmt: skip
    assert "help" not in found.lines
    assert found.failure == "exit code 3: nothing was said"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("sample-8k-shared", 6.1), "is held against inspect_ai: give what inspect_ai came to"),
        (("page-size", 2.0, 3.0), "is held against nothing: give no rival"),
    ],
)
def test_a_rival_is_told_exactly_where_the_goal_has_one(bench, given, says):
    del bench
    import goals

    with pytest.raises(ValueError, match=says):
        goals.told(*given)


def test_a_bare_goal_is_met_by_the_number_itself_with_a_rival_or_without(bench, capsys):
    del bench
    import goals

    goals.told("help", 0.2, 0.1)
    goals.told("help", 0.2)
    said = capsys.readouterr().out.splitlines()
    beside, alone = (json.loads(line.removeprefix(goals.MARK)) for line in said)
    assert (beside["ratio"], beside["met"], beside["goal"]) == (2.0, True, "at most 0.25 CPU s")
    assert (alone["ratio"], alone["met"]) == (None, True)
