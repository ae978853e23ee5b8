"""Where the answers of a run come from: models, and what was kept of calls of before."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.core.errors import CassetteMissError
from harness.models import make_model
from harness.models.cassette import Cassette, Replayed
from harness.models.options import telling
from harness.models.remembering import Remembering

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from harness.core.protocols import Model
    from harness.core.study import Study
    from harness.models.cassette import Saved


class Answers:
    """The models of a study by name, and what their answers are kept in.

    Args:
        study: What is asked for.
        cassette: A cassette file; None for none.
        record: Whether it is recorded; else it is replayed, and no model is called.

    Raises:
        UsageError: A model is unknown, or the cassette cannot be used.
    """

    def __init__(self, study: Study, *, cassette: Path | None = None, record: bool = False) -> None:
        options: dict[str, object] = dict(study.options)
        self._recording = record
        called = cassette is None or record
        self.models: dict[str, Model] = {}
        if called:
            self.models = {name: make_model(name, options) for name in study.models}
        self._cassette = None if cassette is None else Cassette(cassette, record=record)
        if self._cassette is None:
            return
        for name in study.models:
            if not called:
                self.models[name] = Replayed(name, options, self._cassette)
                continue
            sent = self.models[name].sent_parameters(options_of(study))
            self._cassette.sent[name] = telling(sent)
            self.models[name] = Remembering(
                name, options, self.models[name], self._cassette, source="cassette"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """What was recorded so far is saved, whatever happened."""
        if self._cassette is not None and self._recording and self._cassette.new:
            self._cassette.save(drop=False)
        self.close()

    def finish(self, *, whole: bool) -> Saved | None:
        """Save the cassette that was recorded, if one was.

        Args:
            whole: Whether every trial was asked, so that what was not asked is not needed.
        """
        if self._cassette is None or not self._recording:
            return None
        saved = self._cassette.save(drop=whole)
        self._recording = False
        return saved

    def close(self) -> None:
        """Nothing is kept from here on."""
        if self._cassette is not None:
            self._cassette.close()


def options_of(study: Study) -> dict[str, str]:
    """The parameters of every call."""
    return dict(study.options) | {"max_tokens": str(study.reserve)}


@contextmanager
def unless_missed(folder: Path, *, new: bool) -> Iterator[None]:
    """A new run folder goes again when a cassette had no answer: it would hold half a run."""
    try:
        yield
    except CassetteMissError:
        if new:
            shutil.rmtree(folder)
        raise
