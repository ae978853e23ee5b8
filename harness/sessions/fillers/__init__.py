"""Where the turns between the plants come from: a built-in generator, or a file of real chats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import FileError, UsageError
from harness.core.languages import language
from harness.core.protocols import Filler, Multilingual
from harness.core.registry import Registry
from harness.sessions.fillers.workday import LANGUAGES, Workday

if TYPE_CHECKING:
    from harness.core.scenario import FillerSpec, Haystack, Scenario

fillers: Registry[Filler] = Registry("filler", Filler)
fillers.add("workday", Workday)
fillers.add("agent-work", "harness.sessions.fillers.agent_work:AgentWork")


def make_filler(spec: FillerSpec, code: str = "en", haystack: Haystack = "coherent") -> Filler:
    """The filler that a scenario asks for.

    Args:
        spec: Its name, or its file.
        code: Of the language that the scenario is written in: a filler that speaks several
            speaks it, unless its own name says which.
        haystack: How its turns follow each other.

    Raises:
        UsageError: No filler has that name, or `repeat` is set for one that is not a file.
    """
    made = _made(spec, code)
    if haystack != "shuffled":
        return made
    from harness.sessions.fillers.shuffled import ShuffledFiller

    return ShuffledFiller(made)


def _made(spec: FillerSpec, code: str) -> Filler:
    if spec.file is not None:
        from harness.sessions.fillers.file import FileFiller

        return FileFiller(path=spec.file, repeat=spec.repeat)
    try:
        found = _named(spec)
    except UsageError as error:
        if spec.where is None:
            raise
        raise FileError(spec.where, str(error)) from error
    return found.spoken_in(code) if isinstance(found, Multilingual) else found


def filler_note(scenario: Scenario) -> str:
    """What to know of the filler of a scenario that is in another language; empty: nothing.

    The tokens of another language are others, so a session of two has neither's length.
    """
    spec, code = scenario.filler, scenario.language
    if spec.name != "workday" or code in LANGUAGES:
        return ""
    return (
        f"filler 'workday' has no {language(code).name} text, so the turns between are in English;"
        " for turns of your own say filler: {file: my-sessions.jsonl}"
    )


def _named(spec: FillerSpec) -> Filler:
    if spec.repeat:
        raise UsageError(f"filler '{spec.name}' has no file: `repeat` is for a filler from a file")
    return fillers.resolve(spec.name)


__all__ = [
    "LANGUAGES",
    "Workday",
    "filler_note",
    "fillers",
    "make_filler",
]
