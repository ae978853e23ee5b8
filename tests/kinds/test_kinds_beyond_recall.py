"""What each kind that takes more than one sentence expects, and what a file has to give it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from harness.core.errors import FileError, UsageError
from harness.core.scenario import Question, Value
from harness.core.session import Plant
from harness.core.spec import Spec
from harness.kinds import check_kind, kinds
from harness.kinds.answers import expected, guess, least_asked, needed
from harness.scenarios import loads
from harness.scenarios.values import draw_values

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def dated(fact, ordinal):
    return Value(
        f"the {ordinal}th day of {fact}", (f"2027-03-{ordinal + 2 + ord(fact[-1]) % 9:02}",)
    )


@pytest.mark.parametrize(
    ("spec", "more"),
    [
        ("latest?of=5", {}),
        ("sibling?i=3&of=5", {}),
        ("count", {}),
        ("order", {"values": ("north", "south"), "facts": 2}),
        ("order?which=last", {"values": ("north", "south", "east"), "facts": 3}),
        ("order?which=all", {"values": ("north", "south", "east"), "facts": 3}),
        ("when", {"facts": 2, "says": dated}),
        ("when?unit=weekday", {"facts": 1, "values": WEEK, "says": dated}),
        ("hop", {"facts": 4}),
        ("hop?n=3", {"facts": 3}),
        ("latent", {}),
        ("reversal", {"values": ("stands", "taken back")}),
    ],
)
def test_every_kind_beyond_recall_keeps_the_contract(spec, more):
    check_kind(kinds.resolve(spec), **more)


def ledger(*said):
    """Plants of (fact, value), in order."""
    seen: dict[str, int] = {}
    found = []
    for place, (fact, value) in enumerate(said):
        ordinal = seen.get(fact, 0)
        seen[fact] = ordinal + 1
        found.append(
            Plant(
                fact=fact, ordinal=ordinal, value=Value(value, DATES.get(value, ())),
                message=2 * place, offset_tokens=100 * place, tokens=20,
            )
        )  # fmt: skip
    return tuple(found)


DATES = {"3 March 2027": ("2027-03-03",), "14 April 2027": ("2027-04-14",)}


def asked(kind, *about, values=()):
    listed = tuple(map(Value, values))
    return Question(id="q", kind=Spec.parse(kind), about=about, ask=("?",), values=listed)


def right(question, said):
    return [value.text for value in expected(question, said, {})]


THREE = ledger(("a", "one"), ("b", "two"), ("c", "three"))
TURNED = ledger(("c", "three"), ("a", "one"), ("b", "two"))
AGAIN = ledger(("a", "one"), ("a", "two"), ("a", "three"))
DAYS = ledger(("a", "14 April 2027"), ("b", "3 March 2027"))
CHAIN = ledger(("d", "Rio"), ("a", "Ana"), ("c", "Ben"), ("b", "Oslo"))
NAMES = ("north", "south", "east")


@pytest.mark.parametrize(
    ("question", "said", "answer", "needs"),
    [
        (asked("latest?of=3", "a"), AGAIN, ["three"], ["three"]),
        (asked("sibling?i=2&of=3", "a"), AGAIN, ["two"], ["one", "two"]),
        (asked("sibling?i=3&of=3", "a"), AGAIN[:2], [], []),
        (asked("count?least=1&most=5", "a"), AGAIN, ["3"], ["one", "two", "three"]),
        (asked("order", "a", "b", "c", values=NAMES), TURNED, ["east"], ["three", "one", "two"]),
        (asked("order?which=last", "a", "b", "c", values=NAMES), TURNED, ["south"],
         ["three", "one", "two"]),
        (asked("order?which=all", "a", "b", "c", values=NAMES), TURNED,
         ["east", "north", "south"], ["three", "one", "two"]),
        (asked("when", "a", "b"), DAYS, ["42"], ["14 April 2027", "3 March 2027"]),
        (asked("when?unit=weekday", "b", values=WEEK), DAYS, ["Wednesday"], ["3 March 2027"]),
        (asked("hop", "a", "b", "c", "d"), CHAIN, ["Oslo"], ["Ana", "Oslo"]),
        (asked("hop", "c", "d", "a", "b"), CHAIN, ["Rio"], ["Rio", "Ben"]),
        (asked("hop", "a", "b", "c", "d"), CHAIN[:3], [], []),
        (asked("reversal", "a", values=("stands", "gone")), AGAIN[:1], ["stands"], ["one"]),
        (asked("reversal", "a", values=("stands", "gone")), AGAIN[:2], ["gone"], ["two"]),
    ],
)  # fmt: skip
def test_the_answer_is_worked_out_of_what_the_session_said(question, said, answer, needs):
    assert right(question, said) == answer
    assert [plant.value.text for plant in needed(question, said)] == needs


@pytest.mark.parametrize(
    ("question", "share"),
    [
        (asked("latest?of=8", "a"), 1 / 8),
        (asked("sibling?i=1&of=5", "a"), 1 / 5),
        (asked("count?least=3&most=6", "a"), 1 / 4),
        (asked("order", "a", "b", "c", values=NAMES), 1 / 3),
        (asked("order?which=all", "a", "b", "c", values=NAMES), 1 / 6),
        (asked("when", "a", "b"), 0.0),
        (asked("when?unit=weekday", "a", values=WEEK), 1 / 7),
        (asked("hop", "a", "b", "c", "d", "e", "f"), 1 / 3),
        (asked("latent", "a"), 0.0),
        (asked("reversal", "a", values=("stands", "gone")), 1 / 2),
    ],
)
def test_each_kind_says_what_a_guess_is_worth(question, share):
    assert guess(question) == pytest.approx(share)


def test_what_needs_the_whole_waits_until_all_of_it_was_said():
    latest, update = asked("latest?of=3", "a"), asked("update", "a")
    assert least_asked(latest, {"a": 3}) == {"a": 3}
    assert least_asked(update, {"a": 2}) == {"a": 1}


FILE = """\
schema: 1
name: kinds
facts:
  - id: parcel
    kind: count?least=3&most=6
    say: "A parcel came in, its number is {value}."
    values: {generate: code}
    ask: "How many parcels came in?"
  - id: lead
    say: "The roof team is led by {value}."
    values: {generate: name}
  - id: room
    say: "{lead} works in room {value}."
    values: {generate: code}
  - id: car
    kind: latent
    say: "Marta's new automobile carries the plate {value}."
    values: {generate: code}
    ask: "What stands on the licence sign of her car?"
  - id: rule
    say: "From today offers over {value} euros need two signatures."
    amend: "I take the two signatures back."
    values: {generate: number}
  - id: opened
    say: "The shop opened on {value}."
    values: [{value: "3 March 2027", accept: "2027-03-03"}, "2027-03-09"]
synonyms: [[car, automobile]]
questions:
  - {id: where, kind: "hop", about: [lead, room], ask: "In which room is the head of the team?"}
  - {id: still, kind: reversal, about: rule, ask: "Is it still so?", values: [still, no longer]}
  - id: day
    kind: when?unit=weekday
    about: opened
    ask: "On which day of the week did the shop open?"
    values: [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday]
"""


def test_a_file_may_ask_every_kind():
    scenario = loads(FILE, "kinds.yaml")
    assert [question.kind.name for question in scenario.questions] == [
        "count", "latent", "hop", "reversal", "when",
    ]  # fmt: skip


def test_seeds_take_turns_in_how_often_a_thing_is_said():
    values = '[{value: "3 March 2027", accept: "2027-03-03"}, "2027-03-09"]'
    scenario = loads(FILE.replace(values, "{generate: date}"), "kinds.yaml")
    numbers = [len(draw_values(scenario, seed)["parcel"]) for seed in range(8)]
    assert sorted(numbers) == [3, 3, 4, 4, 5, 5, 6, 6]
    given = [len(draw_values(scenario, seed)["rule"]) for seed in range(6)]
    assert all(one != other for one, other in pairwise(given))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("least=3&most=6", "least=6&most=3", "options 'least' and 'most' are 6 and 3; expected"),
        ("count?least=3&most=6", "latest?of=1", "option 'of' is 1; expected a number in [2, 200]"),
        ("count?least=3&most=6", "sibling?of=1", "option 'of' is 1; expected a number in [2, 64]"),
        ("count?least=3&most=6", "sibling?i=5&of=4", "option 'i' is 5; expected a number in"),
        ('kind: "hop"', 'kind: "hop?n=9"', "option 'n' is 9; expected a number in [2, 8]"),
        ("about: [lead, room]", "about: [lead, room, car]", "is about chains of 2 facts, and"),
        ("{lead} works", "She works", "'say' of fact 'room' does not hold {lead}"),
        ("{lead} works", "{leader} works", "only {value} is filled in, and the id of another fact"),
        ("her car?", "her automobile?", "'automobile' of the question also stands in"),
        ("her car?", "her vehicle?", "no group of 'synonyms' leads from 'What stands on"),
        ('    amend: "I take the two signatures back."\n', "", "is never taken back; add 'amend'"),
        ("values: [still, no longer]", "values: [still]", "has two 'values': the answer where"),
        ("unit=weekday", "unit=month", "option 'unit' is 'month'; expected days or weekday"),
        ("unit=weekday", "unit=days", "when?unit=days is about 2 facts and has no values"),
        ('"2027-03-09"]', '"9 March"]', "'9 March' is no date: use {generate: date}, or"),
        ('kind: "hop"', 'kind: "order?which=next"', "option 'which' is 'next'; expected"),
        ('kind: "hop"', "kind: order", "names each fact in 'about' by one of its 'values'"),
        ("questions:\n", 'questions:\n  - {id: last, about: parcel, ask: "Which was last?"}\n',
         "question 'last' needs its fact said equally often in each seed"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told_when_the_file_is_read(old, new, told):
    assert FILE.count(old) == 1
    with pytest.raises((FileError, UsageError)) as caught:
        loads(FILE.replace(old, new), "kinds.yaml")
    assert told in str(caught.value)


def test_what_stands_in_the_reply_alone_may_be_the_fact():
    text = FILE.replace(
        '"A parcel came in, its number is {value}."',
        '"Register the next parcel."\n    reply: "It got the number {value}."',
    )
    assert loads(text, "kinds.yaml").fact("parcel").reply == ("It got the number {value}.",)
    with pytest.raises(FileError, match=r"'say' holds {value} nowhere; it must stand"):
        loads(text.replace("It got the number {value}.", "Done."), "kinds.yaml")
