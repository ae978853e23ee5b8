"""The questions of a scenario file: those under a fact, the others, and what follows from both.

The one rule: a fact is said as often as the questions about it need. Nobody writes that down twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.errors import UsageError, nearest
from harness.core.protocols import Varying
from harness.core.scenario import Fact, Question, Value, Wording
from harness.core.spec import Spec
from harness.kinds import kind_of, load_kind
from harness.kinds.answers import rehearse
from harness.kinds.unimported import UnimportedKind
from harness.scenarios.draft import check_wordings
from harness.scenarios.generators import space
from harness.scenarios.schema_facts import Generate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from harness.scenarios.draft import Draft
    from harness.scenarios.schema import QuestionModel
    from harness.scenarios.schema_facts import FactModel
    from harness.scenarios.yaml_nodes import Key

_USUAL = "recall"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileQuestions:
    """What a file asks, and how often each fact is said for it."""

    questions: dict[str, Question] = field(default_factory=dict)
    """By id, those whose kind is known; in the order of the file."""
    sayings: dict[str, int] = field(default_factory=dict)
    """How often a session says each fact that something is asked about."""
    least: dict[str, int] = field(default_factory=dict)
    """The fewest sayings of facts whose number is asked for; seeds take turns in between."""
    most: dict[str, int] = field(default_factory=dict)
    """The most that its `pick` may make of that; 0 where there is nothing to pick."""

    def about(self, fact: str) -> list[Question]:
        """The questions about a fact."""
        return [question for question in self.questions.values() if fact in question.about]

    def kinds_about(self, fact: str) -> str:
        """Their kinds, as a sentence names them."""
        return " and ".join(dict.fromkeys(question.kind.name for question in self.about(fact)))


def read_questions(
    draft: Draft, known_scorers: Collection[str] | None, *, trust_code: bool
) -> FileQuestions:
    """The questions of a file; what is wrong with them is noted in the draft.

    Args:
        draft: The file.
        known_scorers: Names that `score` may have; None leaves them unchecked.
        trust_code: Whether kinds that are code are imported.
    """
    asked = FileQuestions()
    _check_ids(draft)
    for path, entry in _entries(draft):
        made = _question(draft, path, entry, known_scorers, trust_code=trust_code)
        if made is not None:
            asked.questions.setdefault(made.id, made)
    for fact in draft.model.facts:
        _count(asked, fact)
    for path, entry in _entries(draft):
        if entry.id in asked.questions:
            _check_sense(draft, path, asked.questions[entry.id], asked)
    return asked


def _entries(draft: Draft) -> Iterator[tuple[tuple[Key, Key], FactModel | QuestionModel]]:
    """Where each question stands, and what is written there."""
    for i, fact in enumerate(draft.model.facts):
        if fact.ask is not None:
            yield ("facts", i), fact
    for i, question in enumerate(draft.model.questions or ()):
        yield ("questions", i), question


def _check_ids(draft: Draft) -> None:
    """No question has the id of another, or of a fact; and every fact is asked about."""
    facts = {fact.id: i for i, fact in reversed(list(enumerate(draft.model.facts)))}
    first: dict[str, int] = {}
    for i, question in enumerate(draft.model.questions or ()):
        if question.id in facts:
            line = draft.where("facts", facts[question.id], "id").line
            problem = f"'{question.id}' is the id of a fact already (line {line}); rename the"
            draft.refuse(f"{problem} question, or write its 'ask' there", "questions", i, "id")
        elif question.id in first:
            line = draft.where("questions", first[question.id], "id").line
            problem = f"question '{question.id}' is given twice, first in line {line}"
            draft.refuse(f"{problem}; rename one of them", "questions", i, "id")
        first.setdefault(question.id, i)
        check_wordings(draft, question, "questions", i)
    about = {name for question in draft.model.questions or () for name in question.about}
    for i, fact in enumerate(draft.model.facts):
        _check_asked(draft, i, fact, about)


def _check_asked(draft: Draft, i: int, fact: FactModel, about: Collection[str]) -> None:
    """A fact has a question of its own, or is one of those that others are about."""
    if fact.ask is not None:
        return
    if fact.id not in about:
        problem = f"nothing asks about fact '{fact.id}'; add 'ask', or a question about it"
        draft.refuse(problem, "facts", i, "id")
    for key in ("kind", "score"):
        if getattr(fact, key) is not None:
            problem = f"'{key}' goes with a question, and this fact has no 'ask'; add one, or"
            draft.refuse_key(f"{problem} write '{key}' under 'questions'", "facts", i, key)


def _question(
    draft: Draft,
    path: tuple[Key, Key],
    entry: FactModel | QuestionModel,
    known_scorers: Collection[str] | None,
    *,
    trust_code: bool,
) -> Question | None:
    """The question that is written there; None where its kind or what it is about is not known."""
    short = path[0] == "facts"
    about = (entry.id,) if short else tuple(getattr(entry, "about", ()))
    kind = _kind(draft, path, entry.kind or _USUAL, trust_code=trust_code)
    known = short or _check_about(draft, path, about)
    if kind is None or not known or not _check_number(draft, path, kind, len(about)):
        return None
    score = Spec.parse(kind_of(kind).score)
    if entry.score is not None:
        score = _score(draft, path, entry.score, known_scorers) or score
    listed = () if short else getattr(entry, "values", None) or ()
    return Question(
        id=entry.id,
        kind=kind,
        about=about,
        ask=tuple(entry.ask or ()),
        score=score,
        values=tuple(Value(value.value, tuple(value.accept)) for value in listed),
        where=draft.where(*path, "id"),
    )


def _kind(draft: Draft, path: tuple[Key, Key], text: str, *, trust_code: bool) -> Spec | None:
    """The kind as a spec, loaded once; None where there is none of that name."""
    try:
        spec = Spec.parse(text)
        (load_kind if trust_code else kind_of)(spec)
    except UsageError as error:
        draft.refuse(str(error), *path, "kind")
        return None
    return spec


def _check_about(draft: Draft, path: tuple[Key, Key], about: tuple[str, ...]) -> bool:
    """Whether each fact that a question is about is there, and named once."""
    known = [fact.id for fact in draft.model.facts]
    right = True
    for j, name in enumerate(about):
        if name not in known:
            draft.refuse(f"unknown fact '{name}': {nearest(name, known)}", *path, "about", j)
            right = False
        elif name in about[:j]:
            draft.refuse(f"fact '{name}' stands twice in 'about'; take one out", *path, "about", j)
            right = False
    return right


def _check_number(draft: Draft, path: tuple[Key, Key], kind: Spec, number: int) -> bool:
    """Whether a question of its kind is about so many facts."""
    least, most = kind_of(kind).facts
    if number >= least and (most is None or number <= most):
        return True
    wanted = str(least) if most == least else f"at least {least}"
    if most not in {None, least}:
        wanted = f"at most {most}" if number > least else f"{least} to {most}"
    problem = f"a question of kind {kind.name} is about {wanted} fact{'s' * (wanted != '1')}"
    draft.refuse(f"{problem}, and this one is about {number}; mend 'about'", *path)
    return False


def _score(
    draft: Draft, path: tuple[Key, Key], text: str, known_scorers: Collection[str] | None
) -> Spec | None:
    """The scorer is a spec, and known; a name with ':' is a path to the author's own."""
    try:
        spec = Spec.parse(text)
    except UsageError as error:
        draft.refuse(f"score: {error}", *path, "score")
        return None
    if known_scorers is not None and spec.name not in known_scorers and ":" not in spec.name:
        problem = f"unknown scorer '{spec.name}': {nearest(spec.name, known_scorers)}"
        draft.refuse(f"{problem} (or give package.module:Name)", *path, "score")
    return spec


def _count(asked: FileQuestions, fact: FactModel) -> None:
    """How often a session says a fact: as often as any question about it needs."""
    wanted = [kind_of(one.kind).sayings(len(one.about)) for one in asked.about(fact.id)]
    if not wanted:
        return
    free = [(usual, most) for usual, most in wanted if most > usual]
    asked.most[fact.id] = max((most for _, most in free), default=0)
    picked = [fact.pick] if fact.pick is not None and free else [usual for usual, _ in free]
    sayings = max([*picked, *(usual for usual, most in wanted if most <= usual)])
    asked.sayings[fact.id] = sayings
    kinds = [kind_of(one.kind) for one in asked.about(fact.id)]
    fewest = [kind.fewest(sayings) for kind in kinds if isinstance(kind, Varying)]
    if fewest:
        asked.least[fact.id] = max(fewest)


def _check_sense(
    draft: Draft, path: tuple[Key, Key], question: Question, asked: FileQuestions
) -> None:
    """The kind can ask it: what is never said stays unsaid, and the rest is tried out."""
    usual, _ = kind_of(question.kind).sayings(len(question.about))
    for fact in question.about:
        if not usual and asked.sayings[fact]:
            others = [one.id for one in asked.about(fact) if one.id != question.id]
            problem = f"question '{question.id}' is of kind {question.kind.name}: fact '{fact}' is"
            problem += f" never said, but question '{others[0]}' needs it said; ask for another"
            draft.refuse(problem, *path, "id")
            return
    if isinstance(kind_of(question.kind), UnimportedKind):
        return
    if any(_varies_alone(question, fact, asked) for fact in question.about):
        problem = f"question '{question.id}' needs its fact said equally often in each seed, and"
        draft.refuse(f"{problem} another question asks how often; give it one of its own", *path)
        return
    wording = Wording(
        language=draft.model.language,
        synonyms=tuple(tuple(group) for group in draft.model.synonyms or ()),
    )
    by_id = {fact.id: fact for fact in draft.model.facts}
    try:
        for start in range(_rounds(question, by_id, asked)):
            facts = [_said(by_id[name], asked, start, draft) for name in question.about]
            rehearse(question, asked.sayings, facts, wording)
    except UsageError as error:
        draft.refuse(str(error), *path, "id")


def _varies_alone(question: Question, fact: str, asked: FileQuestions) -> bool:
    """Whether a fact is not said equally often in each seed, and this question counts on it."""
    kind = kind_of(question.kind)
    least = asked.least.get(fact, 0)
    if not least:
        return False
    return (kind.fewest(asked.sayings[fact]) if isinstance(kind, Varying) else None) != least


def _rounds(question: Question, facts: Mapping[str, FactModel], asked: FileQuestions) -> int:
    """How often a session could be said before each listed value was."""
    rounds = [1]
    for name in question.about:
        values, need = facts[name].values, asked.sayings[name]
        if isinstance(values, list) and need:
            rounds.append(len(values) // need)
    return max(rounds)


def _said(fact: FactModel, asked: FileQuestions, start: int, draft: Draft) -> Fact:
    """A fact as its file has it, with the values that one session might say."""
    need = asked.sayings[fact.id]
    if isinstance(fact.values, Generate):
        made = space(fact.values.generate, fact.id, language=draft.model.language)
        values = tuple(made.nth(n % made.size) for n in range(need))
    else:
        listed = fact.values or ()
        values = tuple(Value(value.value, tuple(value.accept)) for value in listed)
        values = values[start * need :][:need] or values[:need]
    return Fact(
        id=fact.id,
        say=tuple(fact.say or ()),
        reply=tuple(fact.reply or ()),
        amend=tuple(fact.amend or ()),
        values=values,
        pick=need,
    )
