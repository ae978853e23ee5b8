"""What one scenario says for one seed: values, wordings, questions, and the filler between."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from harness.core.draws import Draws, digest
from harness.core.languages import language
from harness.core.messages import Message, Turn
from harness.core.probe import Probe
from harness.core.scenario import PLACEHOLDER
from harness.kinds import answers
from harness.scenarios.values import decoys, draw_values, shape
from harness.sessions.fillers import make_filler
from harness.sessions.fillers.closers import Closers
from harness.sessions.leaks import LeakCheck
from harness.sessions.plants import SAYING, json_text, plant_turn
from harness.sessions.script_turn import script_turn
from harness.sessions.stream import FillerStream
from harness.sessions.tokens import PRIMING, TokenCounter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.core.protocols import Filler
    from harness.core.scenario import Question, SaidIn, Scenario, Value
    from harness.core.session import Plant


class Workshop:
    """The tools that all seeds of a run share: the counter, the fillers, the closing remarks."""

    def __init__(self, counter: TokenCounter | None = None) -> None:
        self.counter = counter or TokenCounter()
        self._closers: dict[str, Closers] = {}
        self._fillers: dict[str, Filler] = {}

    def closers(self, language: str) -> Closers:
        """Short remarks of a language by length, counted on first use."""
        if language not in self._closers:
            self._closers[language] = Closers(self.counter.count_new, language)
        return self._closers[language]

    def filler(self, scenario: Scenario) -> Filler:
        """The filler of a scenario, made once."""
        if scenario.hash not in self._fillers:
            self._fillers[scenario.hash] = make_filler(
                scenario.filler, scenario.language, scenario.haystack
            )
        return self._fillers[scenario.hash]

    def identity(self, scenario: Scenario) -> str:
        """Hash of everything that decides the bytes of this scenario's sessions but the seed."""
        return digest([scenario.hash, self.filler(scenario).identity(), self.counter.encoding])


class Materials:
    """One scenario and one seed, ready to be said and asked.

    Args:
        scenario: The scenario.
        seed: Decides values, wordings, order and filler.
        workshop: Shared tools.
    """

    def __init__(self, scenario: Scenario, seed: int, workshop: Workshop) -> None:
        self.scenario = scenario
        self.seed = seed
        self.workshop = workshop
        self.values = draw_values(scenario, seed)
        self._streams: dict[str, FillerStream] = {}
        self._plants: dict[tuple[str, int], tuple[Turn, int]] = {}
        self._questions: dict[str, tuple[str, int]] = {}
        self._least: dict[str, dict[str, int]] = {}

    @cached_property
    def check(self) -> LeakCheck:
        """Tells what filler must not say; a plan never asks, for it makes none."""
        return LeakCheck(self._secrets(), self.scenario.language)

    @property
    def session_id(self) -> str:
        """Scenario and seed: the cluster of every statistic."""
        return f"{self.scenario.name}/{self.seed}"

    def cluster(self, question_id: str) -> str:
        """What a probe is counted under: its session; where questions are sampled, that and it."""
        by_question = self.scenario.sample == "questions"
        return f"{self.session_id}/{question_id}" if by_question else self.session_id

    @property
    def system(self) -> tuple[Message, ...]:
        """The system message, if the scenario has one.

        It is the prompt, and a line for each rule that no step of a script gives.
        """
        rules = (rule.say.strip() for rule in self.scenario.opening_rules)
        parts = [part for part in ((self.scenario.system or "").strip(), *rules) if part]
        return (Message("system", "\n".join(parts)),) if parts else ()

    def draws(self, *names: object) -> Draws:
        """Chance for one purpose."""
        return Draws(self.scenario.name, self.seed, *names)

    def draws_all(self, *names: object) -> Draws:
        """Chance that all seeds of the scenario share, for what is balanced over them."""
        return Draws(self.scenario.name, *names)

    def value(self, fact_id: str, ordinal: int) -> Value:
        """What the fact says at its n-th saying."""
        return self.values[fact_id][ordinal]

    def plant(self, fact_id: str, ordinal: int) -> Turn:
        """The turn that says the fact."""
        return self._plant_at(fact_id, ordinal)[0]

    def plant_tokens(self, fact_id: str, ordinal: int) -> int:
        """Tokens of the turn that says the fact."""
        return self._plant_at(fact_id, ordinal)[1]

    def _plant_at(self, fact_id: str, ordinal: int) -> tuple[Turn, int]:
        """The turn that says the fact, and its tokens: layouts ask again and again."""
        at = (fact_id, ordinal)
        if at not in self._plants:
            turn = self._plant(fact_id, ordinal)
            self._plants[at] = (turn, self.turn_tokens(turn))
        return self._plants[at]

    def _plant(self, fact_id: str, ordinal: int) -> Turn:
        fact = self.scenario.fact(fact_id)
        amended = ordinal > 0 and bool(fact.amend)
        draws = self.draws("plant", fact_id, ordinal)
        say = draws.choice(fact.amend if amended else fact.say)
        spoken = language(self.scenario.language)
        reply = draws.choice(fact.reply or (spoken.noted,))

        def fill(text: str, spelled: Callable[[str], str] = str) -> str:
            return self._filled(text, fact_id, ordinal, spelled)

        return plant_turn(
            fact,
            ordinal,
            self.said_in(fact_id, ordinal),
            say=fill(say),
            reply=fill(reply),
            request=fill(draws.choice(fact.request or (spoken.go_on,))),
            fill=fill,
            fill_json=lambda text: fill(text, json_text),
        )

    def said_in(self, fact_id: str, ordinal: int) -> SaidIn:
        """Where a fact is said; over as many seeds as it has places, once in each."""
        places = self.scenario.fact(fact_id).said_in
        if not places:
            return "user"
        first = self.draws_all("said_in", fact_id).below(len(places))
        return places[(first + self.seed + ordinal) % len(places)]

    def _filled(
        self, wording: str, fact_id: str, ordinal: int, spelled: Callable[[str], str] = str
    ) -> str:
        """A wording with the value of its fact, and those of the facts that it names."""
        wording = wording.replace(PLACEHOLDER, spelled(self.value(fact_id, ordinal).text))
        if "{" in wording:
            for other, values in self.values.items():
                if values:
                    text = values[min(ordinal, len(values) - 1)].text
                    wording = wording.replace(f"{{{other}}}", spelled(text))
        return wording.strip()

    def script_turn(self, step: int) -> Turn:
        """The turn that the script writes out at that step."""
        return script_turn(self.scenario.script[step], step)

    def question(self, question_id: str) -> str:
        """The words of a question; one wording a seed."""
        return self._asked(question_id)[0]

    def question_tokens(self, question_id: str) -> int:
        """What the question adds to the prompt, the opening of the reply included."""
        return self._asked(question_id)[1]

    def _asked(self, question_id: str) -> tuple[str, int]:
        """The words of a question, and what they add to the prompt."""
        if question_id not in self._questions:
            ask = self.scenario.question(question_id).ask
            words = self.draws("ask", question_id).choice(ask).strip()
            tokens = self.workshop.counter.message(Message("user", words)) + PRIMING
            self._questions[question_id] = (words, tokens)
        return self._questions[question_id]

    def turn_tokens(self, turn: Turn) -> int:
        """Tokens of a turn as it is rendered."""
        return sum(self.workshop.counter.message(message) for message in turn.messages)

    def system_tokens(self) -> int:
        """Tokens of the system message."""
        return sum(self.workshop.counter.message(message) for message in self.system)

    def stream(self, name: str) -> FillerStream:
        """The stream of that name for this scenario and seed."""
        if name not in self._streams:
            spec = self.scenario.filler
            label = f"filler file {spec.file}" if spec.file else f"filler '{spec.name}'"
            self._streams[name] = FillerStream(
                self.workshop.filler(self.scenario),
                (self.scenario.name, self.seed, name),
                self.workshop.counter,
                self.check,
                label,
            )
        return self._streams[name]

    def needed(self, question_id: str, said: Sequence[Plant]) -> tuple[Plant, ...]:
        """The plants that a right answer needs; of facts in the words of turns, all that tell.

        Args:
            question_id: What is asked.
            said: The session's ledger up to the checkpoint, in order.
        """
        question = self.scenario.question(question_id)
        needs = answers.needed(question, said)
        told = self._told(question)
        return tuple(plant for plant in said if plant in needs or plant.fact in told)

    def askable(self, question: Question, said: Mapping[str, int]) -> bool:
        """Whether a question may be put when each fact was said so often."""
        if question.id not in self._least:
            sayings = {fact: len(self.values[fact]) for fact in question.about}
            self._least[question.id] = answers.least_asked(question, sayings)
        return all(said.get(fact, 0) >= n for fact, n in self._least[question.id].items())

    def probe(self, question_id: str, said: Sequence[Plant]) -> Probe:
        """A question after what was said so far, with all that is needed to judge the answer.

        Args:
            question_id: What is asked.
            said: The session's ledger up to the checkpoint, in order.
        """
        question = self.scenario.question(question_id)
        right = answers.expected(question, said, self.values)
        probe = Probe(
            question_id=question_id,
            kind=str(question.kind),
            question=self.question(question_id),
            expected=right,
            language=self.scenario.language,
        )
        others = answers.other_answers(question, right)
        if others is not None:
            return replace(probe, decoys=others)
        if self._told(question):
            # What else a real conversation says of it is not known, and so never held against it.
            return probe
        stale = answers.stale(question, said, right)
        # What the answer rests on may be given as its reason.
        beside = {*right, *stale, *(plant.value for plant in answers.needed(question, said))}
        return replace(
            probe,
            stale=stale,
            planted=tuple(plant.value for plant in said if plant.value not in beside),
            decoys=self._decoys(question, said, right),
            shape=self._shape(question),
        )

    def _told(self, question: Question) -> frozenset[str]:
        """The facts of a question that turns of the script say in their own words."""
        return frozenset(fact for fact in question.about if self.scenario.fact(fact).told)

    def _decoys(
        self, question: Question, said: Sequence[Plant], right: Sequence[Value]
    ) -> tuple[Value, ...]:
        """What the facts of a question might have said in another session."""
        known = {plant.fact for plant in said}
        texts = {value.text for value in right}
        return tuple(
            value
            for fact in question.about
            for value in decoys(
                self.scenario.fact(fact), self.values[fact] if fact in known else ()
            )
            if value.text not in texts
        )

    def _shape(self, question: Question) -> str | None:
        """What generated values of the facts of a question look like."""
        shapes = dict.fromkeys(shape(self.scenario.fact(fact)) for fact in question.about)
        known = [one for one in shapes if one is not None]
        return known[0] if len(known) == 1 else "|".join(f"(?:{one})" for one in known) or None

    def _sentence(self, fact_id: str, ordinal: int) -> str:
        """The text that says a fact, whoever says it."""
        turn = self.plant(fact_id, ordinal)
        return turn.messages[SAYING[self.said_in(fact_id, ordinal)]].text

    def _secrets(self) -> list[str]:
        """Everything that filler must not hold."""
        texts = [s for drawn in self.values.values() for value in drawn for s in value.spellings]
        for fact in self.scenario.facts:
            if not fact.told:
                drawn = self.values[fact.id]
                texts += [self._sentence(fact.id, ordinal) for ordinal in range(len(drawn))]
        return texts
