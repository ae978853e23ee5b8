"""The file in which the questions about a log are gone over before a model is asked any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, ValidationError

from harness.core.draws import digest
from harness.core.errors import FileError, UsageError
from harness.core.transcript import Asked
from harness.scenarios.complaints import complaints
from harness.scenarios.importers.yaml_text import dump
from harness.scenarios.schema_shapes import Absent, FilePart, Name, Text, Texts
from harness.scenarios.yaml_nodes import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from harness.core.errors import Where
    from harness.core.transcript import Transcript

_HEAD = """\
# Questions about a log, to be gone over: edit `ask`, take out what nobody would ask, add spellings
# that are right as well (accept: [...]). Each answer stands once, where `stands_in` says.
# Then:  {command}
"""
_AROUND = 160
"""Characters of the message that are shown around an answer."""


class ReviewedQuestion(FilePart):
    """One question."""

    id: Name
    ask: Text
    answer: Text
    accept: Texts | Absent = None
    stands_in: str = ""
    """For whoever goes over it; nothing rests on it."""


class ReviewFile(FilePart):
    """The whole file."""

    conversation: str
    """Which of the log, by its id or number."""
    digest: Text
    """Of what was said in it."""
    questions: Annotated[list[ReviewedQuestion], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What such a file says."""

    conversation: str
    digest: str
    asked: tuple[Asked, ...]
    places: Mapping[str, Where]
    """Where each question stands in the file."""


def said_in(one: Transcript) -> str:
    """A digest of everything that was said in a conversation."""
    return digest([[message.role, message.text] for message in one.messages])


def review_text(one: Transcript, asked: Sequence[Asked], command: str) -> str:
    """The text of the file.

    Args:
        one: The conversation.
        asked: What may be asked, with the message that holds each answer.
        command: Asks the questions.
    """
    questions = [
        {
            "id": question.id,
            "ask": question.ask,
            "answer": question.answers[0],
            **({"accept": list(question.answers[1:])} if question.answers[1:] else {}),
            "stands_in": _around(one, question),
        }
        for question in asked
    ]
    data = {"conversation": one.id, "digest": said_in(one), "questions": questions}
    return dump(data, _HEAD.format(command=command))


def read_review(path: Path) -> Review:
    """The questions of a file.

    Raises:
        UsageError: The file cannot be read.
        FileError: It is not what it should be, at its place.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    root, twice = parse_yaml(text, str(path))
    if twice:
        raise twice[0]
    if not isinstance(root.data, dict):
        raise FileError(
            root.where, "this is no list of questions; make one with harness probe LOG --propose"
        )
    try:
        file = ReviewFile.model_validate(root.data)
    except ValidationError as invalid:
        raise complaints(root, invalid.errors(include_url=False, include_input=False))[0] from None
    places: dict[str, Where] = {}
    for index, question in enumerate(file.questions):
        where = root.at("questions", index, "id").where
        if question.id in places:
            raise FileError(where, f"question '{question.id}' is given twice; rename one of them")
        places[question.id] = where
    asked = tuple(
        Asked(id=one.id, ask=one.ask, answers=(one.answer, *(one.accept or ())))
        for one in file.questions
    )
    return Review(conversation=file.conversation, digest=file.digest, asked=asked, places=places)


def _around(one: Transcript, asked: Asked) -> str:
    """Whose message answers a question, and what stands around the answer."""
    index = asked.evidence[0]
    message = one.messages[index]
    at = max(message.text.find(asked.answers[0]), 0)
    start = max(at - _AROUND // 2, 0)
    piece = " ".join(message.text[start : at + len(asked.answers[0]) + _AROUND // 2].split())
    return f"message {index + 1}, {message.role}: {piece}"
