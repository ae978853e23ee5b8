from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from harness.analysis.summary.model import Attribution
from harness.analysis.summary.shares import Count
from harness.reports.sections.headline import onset_answer

if TYPE_CHECKING:
    from harness.analysis.summary.model import Summary


def lost(**counts: int) -> Attribution:
    server, memory = counts.get("server_truncated", 0), counts.get("lost_in_memory", 0)
    application = counts.get("evicted", 0) + server + memory
    return Attribution(
        n=sum(counts.values()),
        recalled=0,
        partial=0,
        by_application=application,
        by_server=server,
        by_model=sum(counts.values()) - application,
        causes=tuple(Count(name=name, n=n) for name, n in counts.items()),
        unscored=(),
    )


@pytest.mark.parametrize(
    ("attribution", "words"),
    [
        (lost(evicted=8, abstained=2), "mostly evictions by send_all"),
        (lost(evicted=8), "all are evictions by send_all"),
        (lost(server_truncated=5), "all are text that the server dropped"),
        (lost(lost_in_memory=5, evicted=1), "mostly lost in the memory none"),
        (lost(swapped=5, stale=2), "all are the model's own losses (it names another value)"),
        (lost(evicted=2, server_truncated=2, stale=3), "most often the model's own losses"),
    ],
)
def test_the_sentence_says_where_it_begins_how_surely_and_who_loses_most(
    summary: Summary, attribution: Attribution, words: str
) -> None:
    group = dataclasses.replace(summary.groups[2], attribution=attribution)
    found = onset_answer(group)
    assert found.startswith("forgetting begins at 61 % of the 8,192-token window, 55 to 70 %; ")
    assert words in found


def test_without_an_onset_the_sentence_is_that_of_the_estimate(summary: Summary) -> None:
    for group in summary.groups[:2]:
        assert onset_answer(group) == group.onset.message
