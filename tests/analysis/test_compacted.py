"""What compactions kept, with its interval: texts whose losses are known are read back."""

from __future__ import annotations

import pytest

from harness.analysis.compacted import score_compactions
from harness.core.draws import unit
from harness.core.errors import Where
from harness.core.known_fact import KnownFact
from harness.core.scenario import Value
from harness.scenarios.importers.compactions import CompactedText


def fact(number: int, *, session: int = 1) -> KnownFact:
    return KnownFact(
        id=f"fact-{number}",
        question=f"What is the number of box {number}?",
        expected=(Value(f"KX-{1000 + 37 * number}"),),
        messages=(number,),
        session_number=session,
    )


def left(facts, *, opaque=False) -> CompactedText:
    said = "\n".join(f"- {one.id}: {one.expected[0].text}" for one in facts)
    return CompactedText(text=said or "Nothing.", opaque=opaque, where=Where(file="s.md"))


FACTS = tuple(fact(number) for number in range(60))


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_compaction_of_stated_loss_is_read_back_within_its_interval(share):
    kept = [one for one in FACTS if unit("kept", share, one.id) < share]
    found = score_compactions("s", FACTS, [left(kept)], chained=True)
    (text,) = found.texts
    assert [one.fact for one in text.facts if one.door == "kept"] == [one.id for one in kept]
    assert found.survived.kept == len(kept)
    assert found.survived.lo <= share <= found.survived.hi
    assert (found.by_rounds, found.again) == ((), None)


def test_rounds_are_those_that_a_fact_has_gone_through():
    late = tuple(fact(number, session=2) for number in range(60, 80))
    rounds = [left(FACTS[:30]), left((*FACTS[:15], *late[:5]))]
    found = score_compactions("s", (*FACTS, *late), rounds, chained=True)
    assert [len(text.facts) for text in found.texts] == [60, 80]  # the first knew of no later one
    once, twice = (share for _, share in found.by_rounds)
    assert (once.kept, once.n) == (35, 80)
    assert (twice.kept, twice.n) == (15, 60)
    assert found.survived == once
    assert (found.again.kept, found.again.n) == (15, 30)


def test_several_compactions_of_one_conversation_count_each_fact_once():
    one = score_compactions("s", FACTS, [left(FACTS[:30])], chained=True).survived
    many = score_compactions("s", FACTS, [left(FACTS[:30])] * 5, chained=False)
    assert many.survived.n == 300
    assert (many.survived.lo, many.survived.hi) == (one.lo, one.hi)
    assert many.again is None


def test_what_nobody_can_read_has_no_share_and_is_not_lost():
    found = score_compactions("s", FACTS, [left(FACTS[:10], opaque=True)], chained=True)
    (text,) = found.texts
    assert (text.survived.kept, text.survived.share) == (10, None)
    assert (text.lost, text.garbled, text.opaque) == (0, 0, 50)
    both = score_compactions(
        "s", FACTS, [left(FACTS[:10], opaque=True), left(FACTS[:30])], chained=False
    )
    assert (both.survived.kept, both.survived.n) == (30, 60)  # of the one that can be read


def test_a_log_whose_facts_all_come_later_says_so():
    late = (fact(1, session=2),)
    found = score_compactions("s", late, [left(())], chained=True)
    assert (found.survived.n, found.survived.share) == (0, None)
