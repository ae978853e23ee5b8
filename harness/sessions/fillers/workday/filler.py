"""The filler `workday`: thread after thread, each about one subject; no message comes twice."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from harness.core.draws import digest
from harness.core.messages import Turn
from harness.sessions.fillers.workday.catalogue import LANGUAGES, catalogue
from harness.sessions.fillers.workday.grammar import WorkdayWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.core.draws import Draws
    from harness.sessions.fillers.workday.catalogue import Beat, Catalogue, Subject

GLUE = {"zh": "", "ja": ""}
"""What stands between two sentences, where it is no space."""

VERSION = 1
"""Raised when the same word lists would give other turns than before."""

_SHORTEST = 3
_LENGTHS = 6
"""A thread has 3 to 8 turns."""
_LATE = 3
"""Turns that a thread has before its beats of kind `late` make sense."""
_OWN_SHARE = 0.55
"""How often the next turn is one of the subject's own beats."""
_CONTEXT_SHARE = 0.3
"""How often the user adds a sentence of context."""
_EXTRAS = (0, 0, 0, 1, 1, 1, 2, 2, 3, 5)
"""How many sentences an answer goes on for, each as likely as the next; a farewell has none."""
_TRIES = 6
"""How often a turn is written anew when one of its messages has been said before."""


@dataclass(frozen=True, slots=True)
class Workday:
    """Varied conversation about work, without end, without names, codes or dates to remember."""

    language: str = ""
    """Code of the language, one of `LANGUAGES`; empty: that of the scenario where it is one of
    them, else English."""

    def __post_init__(self) -> None:
        if self.language and self.language not in LANGUAGES:
            raise ValueError(
                f"option 'language' is '{self.language}'; there is text in {', '.join(LANGUAGES)}"
            )

    def spoken_in(self, language: str, /) -> Workday:
        """The filler in a language that it has text in; unchanged where its own name says one."""
        told = self.language or language not in LANGUAGES or language == "en"
        return self if told else Workday(language)

    def turns(self, draws: Draws, /) -> Iterator[Turn]:
        """The turns of one seed; every subject has its turn before one comes again."""
        said: set[str] = set()
        subjects = self._catalogue().subjects
        for lap in count():
            for place, subject in enumerate(draws.shuffled(subjects)):
                glue = GLUE.get(self.language, " ")
                yield from _thread(subject, draws, said, first=lap == place == 0, glue=glue)

    def identity(self) -> str:
        """Hash of the word lists and of the version of what is made of them."""
        return digest(["workday", VERSION, self._catalogue().digest])

    def _catalogue(self) -> Catalogue:
        return catalogue(self.language or "en")


def _thread(
    subject: Subject, draws: Draws, said: set[str], *, first: bool, glue: str
) -> Iterator[Turn]:
    writer = WorkdayWriter(subject.pools, draws.fraction)
    for place, beat in enumerate(_plan(subject, draws)):
        opens = place == 0
        switch = opens and not first and draws.below(2) == 0
        # The first message of a stream always has it, so that no two seeds begin alike.
        context = not beat.last and ((opens and first) or draws.uniform() < _CONTEXT_SHARE)
        turn = _new(beat, writer, draws, said, switch=switch, context=context, glue=glue)
        if turn is not None:
            yield turn


def _plan(subject: Subject, draws: Draws) -> Iterator[Beat]:
    """The beats of one thread, in order; none comes twice."""
    beats = subject.beats
    size = _SHORTEST + draws.below(_LENGTHS)
    closes = draws.below(3) > 0
    own = draws.shuffled(beats["beat"])
    shared = draws.shuffled(beats["any"])
    late = draws.shuffled(beats["late"])
    yield draws.choice(beats["open"])
    for place in range(1, size - closes):
        if own and draws.uniform() < _OWN_SHARE:
            yield own.pop()
        elif place >= _LATE and draws.below(len(late) + len(shared)) < len(late):
            yield late.pop()
        else:
            yield shared.pop()
    if closes:
        yield draws.choice(beats["close"])


def _new(
    beat: Beat,
    writer: WorkdayWriter,
    draws: Draws,
    said: set[str],
    *,
    switch: bool,
    context: bool,
    glue: str,
) -> Turn | None:
    """The beat in words that were not said before; None when there are none left."""
    for _ in range(_TRIES):
        user = writer.write(draws.choice(beat.user))
        answer = writer.write(draws.choice(beat.answer))
        if switch:
            user = f"{writer.say('switch')}{glue}{user}"
        if context:
            user = f"{user}{glue}{writer.say('context')}"
        extras = 0 if beat.last else draws.choice(_EXTRAS)
        if extras:
            more = glue.join([writer.say("extra") for _ in range(extras)])
            answer = f"{answer}\n\n{more}"
        if user not in said and answer not in said and user != answer:
            said.update((user, answer))
            return Turn.of(user, answer)
    return None
