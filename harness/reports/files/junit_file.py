"""A check as JUnit XML: a test case for each test of the gate.

Its one rule: inconclusive is neither passed nor failed; it is a skipped case with its reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import UsageError
from harness.reports import format as fmt

if TYPE_CHECKING:
    from harness.gate.results import Check


def check_junit(found: Check) -> str:
    """The XML document.

    Raises:
        UsageError: The package that writes it is not installed.
    """
    try:
        from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite
    except ImportError:
        raise UsageError("JUnit XML needs junitparser: pip install 'session-harness[ci]'") from None
    suite = TestSuite("harness check")
    for name, value in (
        ("run", found.run),
        ("baseline", found.baseline),
        ("verdict", found.verdict),
        ("message", found.message),
        ("margin", f"{found.rule.margin:g}"),
    ):
        suite.add_property(name, fmt.plain(value))
    for test in found.tests:
        case = TestCase(fmt.plain(test.name), classname=fmt.plain(test.cell.name))
        told = fmt.plain(f"{test.message}; {test.second}" if test.second else test.message)
        if test.verdict == "fail":
            case.result = [Failure(told, "recall")]
        elif test.verdict == "inconclusive":
            case.result = [Skipped(told)]
        else:
            case.system_out = told
        suite.add_testcase(case)
    document = JUnitXml("harness check")
    document.add_testsuite(suite)
    return str(document.tostring().decode("utf-8")) + "\n"  # type: ignore[no-untyped-call] # theirs
