"""Readers that do more than find a sentence, by reading; and those that fail at it as stated."""

from __future__ import annotations

import pytest

from harness.core.messages import Message
from harness.models.conformance import check_law
from harness.models.reference import laws
from harness.models.reference.asking import asking_in
from harness.models.reference.skilled import InterferenceReader

TALK = (
    ("Write a limerick about the walrus.", "Filed as KX-2101."),
    ("The telescope was polished on 14 March 2027.", "Good."),
    ("The budget of the stand is 5,200 euros.", "Noted."),
    ("Write a limerick about the walrus.", "Filed as QJ-3302."),
    ("The orchid house is looked after by Ana Reyes.", "Fine."),
    ("The beacon was lit on 2027-03-03.", "At last."),
    ("Ben Okoro owns locker XF-2203.", "All right."),
    ("The budget of the stand is 6,100 euros.", "Noted."),
    ("Ana Reyes owns locker ZT-4404.", "All right."),
    ("Write a limerick about the walrus.", "Filed as ZN-4403."),
    ("The violin is lent to Ivo Marin.", "How nice."),
    ("From today every lantern carries a seal.", "Understood."),
)
BACK = ("I take the seal on every lantern back.", "Understood.")


def told(ask, *turns):
    messages = [Message(role, text) for turn in turns or TALK for role, text in _both(turn)]
    return [*messages, Message("user", ask)]


def _both(turn):
    return zip(("user", "assistant"), turn, strict=True)


def said(law, ask, *turns):
    return laws.resolve(law).answer(told(ask, *turns)).text


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("Under what was the second limerick about the walrus filed?", "QJ-3302"),
        ("How many limericks about the walrus are there?", "3"),
        ("How many euros is the budget of the stand?", "6,100"),
        ("What is the budget of the stand?", "6,100"),
        ("Which was mentioned first: the telescope or the beacon?", "telescope"),
        ("Which was mentioned last: the telescope or the beacon?", "beacon"),
        ("In which order were these told: the orchid, the telescope, the beacon?",
         "telescope, orchid, beacon"),
        ("How many days lie between the polished telescope and the beacon being lit?", "11 days."),
        ("On which day of the week was the beacon lit?", "Wednesday"),
        ("Which locker belongs to who looks after the orchid house?", "ZT-4404"),
        ("Who has got the fiddle?", "Ivo Marin"),
        ("Does a lantern still need its seal? Answer with still or no longer.", "still"),
        ("What is the shoe size of the mayor?", "I don't know"),
    ],
)  # fmt: skip
def test_an_exact_reader_answers_by_what_it_reads(ask, answer):
    assert answer in said("exact", ask)


def test_an_exact_reader_knows_what_was_taken_back():
    ask = "Does a lantern still need its seal? Answer with still or no longer."
    assert said("exact", ask, *TALK, BACK) == "no longer"


def test_an_exact_reader_follows_a_chain_of_three():
    turns = (
        ("The choir is led by Ana Reyes.", "Fine."),
        ("Ben Okoro shares a desk with Ivo Marin.", "Fine."),
        ("Ana Reyes shares a desk with Lea Sato.", "Fine."),
        ("Ivo Marin owns locker XF-2203.", "Fine."),
        ("Lea Sato owns locker ZT-4404.", "Fine."),
    )
    ask = "Which locker belongs to whom the leader of the choir shares a desk with?"
    assert "ZT-4404" in said("exact", ask, *turns)


def test_a_reader_that_only_finds_takes_any_of_what_it_finds():
    ask = "Under what was the second limerick about the walrus filed?"
    more = [(*TALK, (f"It rains again, for the {n}th time.", "Yes.")) for n in range(40)]
    given = {said("finder", ask, *turns)[-8:-1] for turns in more}
    assert given == {"KX-2101", "QJ-3302", "ZN-4403"}
    asked = "Which was mentioned first: the telescope or the beacon?"
    assert {said("finder", asked, *turns) for turns in more} == {"telescope", "beacon"}


@pytest.mark.parametrize(
    ("ask", "wrong"),
    [
        ("Under what was the second limerick about the walrus filed?", {"KX-2101."}),
        ("Under what was the first limerick about the walrus filed?", {"ZN-4403."}),
        ("How many limericks about the walrus are there?", {"2.", "4."}),
        ("What is the budget of the stand?", {"Noted."}),
        ("How many days lie between the polished telescope and the beacon being lit?",
         {"10 days.", "12 days."}),
        ("On which day of the week was the beacon lit?", {"Tuesday", "Thursday"}),
        ("Does a lantern still need its seal? Answer with still or no longer.", {"still"}),
        ("Who has got the fiddle?", {"conversation."}),
        ("Which locker belongs to who looks after the orchid house?", {"conversation."}),
    ],
)  # fmt: skip
def test_a_failed_skill_fails_in_its_own_way(ask, wrong):
    never = "unskilled?onset=0&slope=1000000"
    turns = (*TALK, BACK) if "still" in ask else TALK
    text = said(never, ask, *turns)
    assert any(text.endswith(end) for end in wrong), text
    assert "6,100" not in text


def test_a_skill_is_whole_up_to_its_onset():
    ask = "How many limericks about the walrus are there?"
    assert said("unskilled?onset=0.9&slope=4", ask) == "There were 3."


def test_interference_takes_older_values_as_often_as_its_law_says():
    ask = "What is the budget of the stand?"
    law = InterferenceReader(slope=0.25)
    assert law.holds(1) == 1.0
    assert law.holds(4) == pytest.approx(0.5)
    four = tuple((f"The budget of the stand is {n},100 euros.", "Noted.") for n in (3, 4, 5, 6))
    more = [(*four, (f"It rains again, for the {n}th time.", "Yes.")) for n in range(300)]
    latest = sum("6,100" in said("interference?slope=0.25", ask, *turns) for turns in more)
    assert latest / len(more) == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("name", ["exact", "finder", "unskilled", "interference"])
def test_every_reader_of_skill_keeps_the_contract_of_laws(name):
    check_law(laws.resolve(name))


@pytest.mark.parametrize(
    ("law", "told_so"),
    [
        ("unskilled?onset=-1", "option 'onset' is -1; expected at least 0"),
        ("unskilled?slope=-1", "option 'slope' is -1; expected at least 0"),
        ("interference?slope=2", "option 'slope' is 2; expected a number in [0, 1]"),
    ],
)
def test_an_option_out_of_range_is_refused(law, told_so):
    with pytest.raises(Exception, match="option") as caught:
        laws.resolve(law)
    assert told_so in str(caught.value)


def test_a_question_in_another_language_wants_one_sentence():
    ask = "Wie viele Kisten sind angekommen?"
    turns = (("Die Kiste mit der Nummer 12 ist angekommen.", "Gut."),)
    assert "12" in said("exact", ask, *turns)


def test_what_a_question_offers_is_read_from_it():
    assert asking_in("Is it still so? Answer with: still or no longer.").options == (
        "still", "no longer",
    )  # fmt: skip
    assert asking_in("Which came first: a hat, the cap or our bonnet?").options == (
        "hat", "cap", "bonnet",
    )  # fmt: skip
