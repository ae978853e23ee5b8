"""The kind `latent`: the question shares no word with what it is about, and has to be led to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.content_words import content_stems, content_words
from harness.kinds.recall import RecallKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.core.scenario import Fact, Question, Wording

_VALUE = "{value}"


@dataclass(frozen=True, slots=True)
class LatentKind(RecallKind):
    """One fact, said once, asked for in other words; the file's `synonyms` say which lead to it.

    Source: Modarressi et al., NoLiMa: Long-Context Evaluation Beyond Literal Matching (2025).
    """

    def demand(self, question: Question, facts: Sequence[Fact], wording: Wording, /) -> None:
        """No word of the question stands in the plant, and a synonym leads from one to the other.

        Words are compared by their stems; articles, pronouns and the like do not count.
        """
        groups = [_stems(group, wording.language) for group in wording.synonyms]
        for fact in facts:
            said = [text.replace(_VALUE, " ") for text in (*fact.say, *fact.amend)]
            for ask in question.ask:
                for text in said:
                    self._compare(question, ask, text, groups, wording.language)

    def _compare(
        self, question: Question, ask: str, said: str, groups: Sequence[set[str]], language: str
    ) -> None:
        asked, told = _stems((ask,), language), _stems((said,), language)
        for word, stem in content_words(ask, language):
            if stem in told:
                raise ValueError(
                    f"'{word}' of the question also stands in '{said.strip()}', so it is found by"
                    " that word; a question of kind latent uses other words"
                )
        if not any(group & asked and group & told for group in groups):
            raise ValueError(
                f"no group of 'synonyms' leads from '{question.ask[0]}' to '{said.strip()}'; add"
                " one: a list of a word of the question and the words of 'say' that it stands for"
            )


def _stems(texts: Iterable[str], language: str) -> set[str]:
    return {stem for text in texts for stem in content_stems(text, language)}
