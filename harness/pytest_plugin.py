"""The pytest plugin: scenario files as tests, and `harness_run` for tests written in Python.

It is a guest: every name begins with `harness`, and importing it costs nothing. What does the work
is in `harness.testing`, which is imported when the first scenario is collected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.testing.names import SETTINGS, SWITCHES

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from harness.testing.fixture import HarnessRun

SUFFIXES = (".scenario.yaml", ".scenario.yml")
"""Files that are collected wherever they stand; others are named by the ini key."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Every option, all with one prefix."""
    group = parser.getgroup("harness", "session-harness: what chat models recall")
    parser.addini("harness_scenarios", "Scenario files and folders to collect.", type="args")
    for name, takes, told in SETTINGS:
        group.addoption(f"--harness-{name}", metavar=takes, default=None, help=told)
        parser.addini(f"harness_{name.replace('-', '_')}", told)
    for name, told in SWITCHES:
        group.addoption(f"--harness-{name}", action="store_true", default=False, help=told)
        parser.addini(f"harness_{name.replace('-', '_')}", told, type="bool", default=False)
    group.addoption(
        "--harness-option",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="A parameter of every call: temperature=0.2, api_base=...",
    )
    parser.addini("harness_option", "Parameters of every call.", type="args")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A scenario file, by its name or because the ini file names it."""
    if file_path.suffix not in {".yaml", ".yml"}:
        return None
    if not file_path.name.endswith(SUFFIXES) and not _named(file_path, parent.config):
        return None
    from harness.testing.plain_imports import import_plainly

    import_plainly(parent.config)
    from harness.testing.collect import ScenarioFile

    return ScenarioFile.from_parent(parent, path=file_path)


def _named(path: Path, config: pytest.Config) -> bool:
    """Whether the ini key `harness_scenarios` names the file, or a folder that it is in."""
    root = config.inipath.parent if config.inipath else config.rootpath
    named = [(root / name).resolve() for name in config.getini("harness_scenarios")]
    here = path.resolve()
    return any(here == place or place in here.parents for place in named)


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, None, None]:
    """A cassette that does not fit is no failed test: exit 4, as the command does."""
    yield
    found = session.config.stash.get(_REPORTS, None)
    if found is None or not found.lines:
        return
    if found.exit_code is not None and session.exitstatus == pytest.ExitCode.TESTS_FAILED:
        session.exitstatus = found.exit_code
    if not hasattr(session.config, "workerinput"):
        from harness.testing.batch import prune
        from harness.testing.settings import kept_in

        prune(kept_in(session.config))


class Reports:
    """What the items told, from this process or from workers: for the summary at the end."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, str]]] = []
        """Node id, outcome, and the item's properties."""
        self.exit_code: int | None = None

    def take(self, report: pytest.TestReport) -> None:
        """Keep what a scenario's item says of itself."""
        told = {
            name.removeprefix("harness_"): str(value)
            for name, value in report.user_properties
            if name.startswith("harness_")
        }
        if report.when != "call" or not told:
            return
        if "exit_code" in told:
            self.exit_code = int(told["exit_code"])
        self.lines.append((report.nodeid, report.outcome, told))


_REPORTS = pytest.StashKey[Reports]()


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """One list of reports a process; it stays empty where there are no scenarios."""
    reports = config.stash[_REPORTS] = Reports()
    config.pluginmanager.register(_Listener(reports), "harness-reports")


class _Listener:
    """Hears every report, those of workers too."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep those of scenarios."""
        self._reports.take(report)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """A line for each scenario, model and window."""
    lines = config.stash[_REPORTS].lines
    if lines:
        from harness.testing.summary import write_summary

        write_summary(terminalreporter, lines)


@pytest.fixture(scope="session")
def harness_run(request: pytest.FixtureRequest) -> HarnessRun:
    """Runs scenarios from a test written in Python: `harness_run("a.yaml").recall`."""
    from harness.testing.plain_imports import import_plainly

    import_plainly(request.config)
    from harness.testing.fixture import HarnessRun

    return HarnessRun(request.config)
