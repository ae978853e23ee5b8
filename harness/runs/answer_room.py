"""How many tokens an answer gets: more for the models that are seen to think before they answer.

Its one rule: what the user says with `-M max_tokens` stays what the user said.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.core.arms import STAGES, stage_of
from harness.core.errors import FileError, Where
from harness.core.files import write_whole
from harness.core.shapes import conform, parse
from harness.core.study import DEFAULT_RESERVE
from harness.models.catalog import reasons

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.core.arms import Stage
    from harness.core.record import Record
    from harness.core.study import Study
    from harness.core.trial import Trial
    from harness.core.window import Window
    from harness.models.call_options import CallOptions

REASONING_TOKENS = 4_096
"""Tokens kept for the answer of a model that the catalogue says reasons."""

_LEAST = 1_024
"""Tokens that a model which thinks gets at least."""

_SPARE = 2
"""Times the longest answer so far: thinking grows with what there is to think about."""

_MOST_SHARE = 8
"""One over the share of the window that is kept for thinking at most."""

_MOST_AGAIN = 16_384
"""Tokens at most when an answer that was cut is asked for once more."""

_EDGE = 32
"""Tokens left alone at the window's end: chat templates add a few that no count knows."""


_SHAPE = {"models": {"*": {"*": int}}}
"""What the file of a run looks like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Tokens that a model's answers need, as each stage of a run takes it for granted."""

    opening: int = 0
    main: int = 0

    def window(self, window: Window, stage: Stage) -> Window:
        """The window with as much room as the answers of that stage need, within reason."""
        wanted = {"bare": 0, "opening": self.opening, "main": self.main}[stage]
        reserve = max(window.reserve, min(wanted, window.limit // _MOST_SHARE))
        return window if reserve == window.reserve else replace(window, reserve=reserve)


USUAL = Rooms()
"""Before a model was seen to think."""


def first_reserve(study: Study, model: str, limit: int) -> int:
    """Tokens kept for the answer before anything is known but the model's name.

    Args:
        study: What is asked for.
        model: Its name.
        limit: Of the window, in tokens.
    """
    if study.answer_is_bounded or not reasons(model, dict(study.options)):
        return study.reserve
    return max(study.reserve, min(REASONING_TOKENS, limit // _MOST_SHARE))


class AnswerRoom:
    """Learns from the first calls of a run how much room the answers of each model need.

    Args:
        study: What is asked for.
        path: Where it is kept, and read from when it is there; None to keep it nowhere.
        tell: Is told once of each model that gets more.

    Raises:
        FileError: The file is not what this writes.
    """

    def __init__(
        self, study: Study, path: Path | None = None, tell: Callable[[str], None] | None = None
    ) -> None:
        self.is_fixed = study.answer_is_bounded
        self._path = path
        self._tell = tell
        self._needed: dict[tuple[str, Stage], int] = {}
        self._settled: dict[str, dict[str, int]] = {}
        self._told: set[str] = set()
        if path is not None and path.exists():
            self._settled = _read(path)
            self._told = set(self._settled)

    def rooms(self, model: str) -> Rooms:
        """What the answers of a model get, as far as it is settled."""
        known = self._settled.get(model, {})
        opening = known.get("opening", 0)
        return Rooms(opening=opening, main=known.get("main", opening))

    def observe(self, record: Record) -> None:
        """Learn from a record of the openings, or of a control arm without filler."""
        spent = record.completion_tokens
        thinks = bool(record.thinking or record.thinking_tokens)
        thinks = thinks or record.cut in {"length", "thinking"}
        longer = spent is not None and spent > DEFAULT_RESERVE
        if self.is_fixed or not (thinks or longer):
            return
        needed = max(_LEAST, _SPARE * (spent or 0))
        at = (record.model, stage_of(record.arm, opening=True))
        self._needed[at] = max(self._needed.get(at, 0), needed)

    def settle(self, model: str, stage: Stage) -> None:
        """That stage of a model is over: the next has the room that it taught."""
        if stage == "main":
            return
        following = STAGES[STAGES.index(stage) + 1]
        so_far = STAGES[: STAGES.index(following)]
        needed = max(self._needed.get((model, one), 0) for one in so_far)
        if not needed or following in self._settled.get(model, {}):
            return
        needed = 1 << (needed - 1).bit_length()  # steps that two runs are likely to share
        self._settled.setdefault(model, {})[following] = needed
        self._save()
        if model not in self._told and self._tell is not None:
            self._tell(
                f"{model} thinks before it answers, or at length: its answers get up to"
                f" {needed:,} tokens, an eighth of the window at most (-M max_tokens=N says"
                " otherwise)"
            )
        self._told.add(model)

    def options(self, trial: Trial, options: CallOptions) -> CallOptions:
        """The parameters of a trial's call: the answer may have what its window keeps for it."""
        if self.is_fixed:
            return options
        return options | {"max_tokens": trial.window.reserve}

    def again(self, trial: Trial, record: Record) -> int | None:
        """Tokens with which an answer that was cut is asked for once more; None for not at all."""
        if self.is_fixed or record.cut not in {"length", "thinking"}:
            return None
        prompt = record.prompt_tokens or int(record.view_tokens * trial.window.ratio)
        room = min(_MOST_AGAIN, trial.window.limit - prompt - _EDGE)
        return room if room > (record.max_tokens or trial.window.reserve) else None

    def _save(self) -> None:
        if self._path is None:
            return
        data = {"schema": 1, "models": dict(sorted(self._settled.items()))}
        write_whole(self._path, json.dumps(data, indent=2) + "\n")


def _read(path: Path) -> dict[str, dict[str, int]]:
    """What was settled before.

    Raises:
        FileError: The file is not what this writes.
    """
    where = Where(file=str(path))
    try:
        data = parse(path.read_bytes(), where)
        conform(data, _SHAPE, where)
    except FileError as error:
        raise FileError(
            where,
            f"does not say how much room answers need ({error.problem}); delete it to learn it"
            " again",
        ) from None
    found: dict[str, dict[str, int]] = data["models"]
    return found
