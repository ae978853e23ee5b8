from __future__ import annotations

import re

import pytest

from harness.core.messages import Message
from harness.models.conformance import check_law
from harness.models.reference import laws
from harness.models.reference.compactor import is_plain
from harness.models.reference.repeats import asked_for

TOLD = [f"The locker of desk {n} in the hall opens with {n + 4000}." for n in range(1, 301)]
ASK = "Summarise our conversation so far in at most 9000 tokens."


def summary(law, *before):
    told = [Message("user", "\n".join(before or TOLD)), Message("user", ASK)]
    return law.answer(told).text.splitlines()


def law(options):
    return laws.resolve(f"compactor?limit=999999&{options}")


def test_the_compactor_keeps_the_contract_of_laws():
    check_law(law("loss=0.3"))


def test_it_loses_and_garbles_the_shares_that_it_states():
    first, *kept = summary(law("loss=0.2&garble=0.1"))
    assert first == "Summary no. 1."
    right = set(kept) & set(TOLD)
    assert abs(len(kept) / 300 - 0.8) < 0.07
    assert abs(len(right) / 300 - law("loss=0.2&garble=0.1").survival(1)) < 0.07
    assert all(
        re.fullmatch(r"The locker of desk \d+ in the hall opens with \d+\.", s) for s in kept
    )


def test_each_round_draws_anew_and_says_its_number():
    one = summary(law("loss=0.3"))
    two = summary(law("loss=0.3"), *one)
    assert two[0] == "Summary no. 2."
    assert set(two[1:]) < set(one[1:])
    assert abs(len(two) / 300 - law("loss=0.3").survival(2)) < 0.09


@pytest.mark.parametrize(("luck", "share"), [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)])
def test_repeats_differ_by_as_much_as_it_has_luck(luck, share):
    found = []
    for repeat in range(2):
        asked_for(repeat)
        found.append(set(summary(law(f"loss=0.5&luck={luck}"))[1:]))
    asked_for(0)
    differ = len(found[0] ^ found[1]) / 300
    assert abs(differ - 0.5 * share) < 0.07


def test_what_a_machine_prints_is_left_out_of_summaries():
    assert is_plain("The staging database listens on port 5544.")
    for line in (
        "10:42:17 WARNING orders: queue of orders is at 41",
        "  388      if quota.locale is None:",
        "+quotas = [o for o in self.quotas if o.tags > 39]",
        "Done.",
    ):
        assert not is_plain(line)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("loss=1.2", "option 'loss' is 1.2; expected a number in"),
        ("loss=0.7&garble=0.7", "option 'loss . garble' is 1.4; expected a number in"),
        ("luck=2", "option 'luck' is 2; expected a number in"),
    ],
)
def test_shares_that_are_none_are_refused(options, problem):
    with pytest.raises(Exception, match=problem):
        law(options)
