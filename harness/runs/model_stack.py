"""Where the answers of a run come from: models, and what was kept of calls of before."""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, TypedDict

from harness.core.errors import CassetteMissError
from harness.models import make_model
from harness.models.address import served_here
from harness.models.answer_store.cache import Cache
from harness.models.answer_store.cassette import Cassette
from harness.models.answer_store.model import CachedModel, CassetteModel
from harness.models.call_options import CallOptions
from harness.models.catalog import reference_spec
from harness.models.function_model import FunctionModel, names_function
from harness.runs.budget import Budgeted
from harness.runs.planning.check import writers
from harness.runs.regrade.stored_replies import Stored, StoredReplies

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harness.core.protocols import Model
    from harness.core.study import Study
    from harness.runs.budget import Purse
    from harness.runs.limits import Gates


CACHE_DAYS = 7.0
"""Answers in the cache that are older are asked for anew."""


class AnswerOptions(TypedDict, total=False):
    """Where answers are kept: what `ModelStack` takes, and every kind of run hands to it."""

    cassette: Path | None
    record: bool
    cache: Path | None
    cache_days: float
    cache_local: bool


class ModelStack(AbstractContextManager["ModelStack"]):
    """The models of a study by name, and what their answers are kept in.

    Args:
        study: What is asked for.
        gates: What the calls of the models go through.
        cassette: A cassette file; None for none.
        record: Whether it is recorded; else it is replayed, and no model is called.
        stored: The folder of a run whose replies are given again; no model is called.
        cache: Folder of the response cache; None for none. Reference models, which are free, go
            past it.
        cache_days: Older answers in the cache are not given.
        cache_local: Whether models on this machine are cached too.
        purse: Pays for calls; None where there is no budget.

    Raises:
        UsageError: A model is unknown, or the cassette or the cache cannot be used.
    """

    def __init__(
        self,
        study: Study,
        gates: Gates,
        *,
        cassette: Path | None = None,
        record: bool = False,
        stored: Path | None = None,
        cache: Path | None = None,
        cache_days: float = CACHE_DAYS,
        cache_local: bool = True,
        purse: Purse | None = None,
    ) -> None:
        self._study = study
        self._names = _names(study)
        self._options = CallOptions(dict(study.options))
        self._recording: Cassette | None = None
        self._cache: Cache | None = None
        self._open = ExitStack()
        self.models: dict[str, Model] = {}
        self.are_live = stored is None and cassette is None
        """Models are called, and nothing is recorded that is to be replayed without them."""
        with ExitStack() as begun:
            if stored is not None:
                replies = StoredReplies(stored)
                self.models = {name: Stored(name, replies) for name in self._names}
            elif cassette is not None and not record:
                self._replayed(begun.enter_context(Cassette(cassette)))
            else:
                self.models = live_models(study, gates)
                if purse is not None and purse.budget.bounded:
                    self._budgeted(purse)
                paid = cached_models(study, local=cache_local)
                if cache is not None and paid:
                    self._cached(paid, begun.enter_context(Cache(cache, most_days=cache_days)))
                if cassette is not None:
                    self._recorded(begun.enter_context(Cassette(cassette, record=True)))
            self._open = begun.pop_all()

    def __exit__(self, *raised: object) -> None:
        """What was recorded so far is saved, whatever happened."""
        with self._open:
            if self._recording is not None and self._recording.new:
                self._recording.save(drop=False)

    def finish(self, *, whole: bool) -> tuple[str, ...]:
        """Save the cassette that was recorded, if one was; and what there is to be said.

        Args:
            whole: Whether every trial was asked, so that what was not asked is not needed.
        """
        notes = []
        if self._cache is not None and self._cache.hits:
            notes.append(
                f"cache: {self._cache.hits:,} answers were paid for before (--no-cache asks anew)"
            )
        if self._cache is not None and self._cache.broken is not None:
            notes.append(f"cache: {self._cache.path} was given up: {self._cache.broken}")
        if self._recording is not None:
            notes.append(f"cassette: {self._recording.save(drop=whole)}")
            self._recording = None
        return tuple(notes)

    def _replayed(self, cassette: Cassette) -> None:
        for name in self._names:
            self.models[name] = CassetteModel(name, self._options, cassette)

    def _budgeted(self, purse: Purse) -> None:
        purse.budget.check(self._names)
        for name, model in self.models.items():
            self.models[name] = Budgeted(name, self._options, model, purse)

    def _cached(self, names: Sequence[str], cache: Cache) -> None:
        self._cache = cache
        for name in names:
            at = self._options.address(name)
            called = self._options if at is None else self._options | {"api_base": at}
            self.models[name] = CachedModel(name, called, self.models[name], cache, source="cache")

    def _recorded(self, cassette: Cassette) -> None:
        self._recording = cassette
        for name, model in self.models.items():
            cassette.sent[name] = CallOptions(
                model.sent_parameters(options_of(self._study))
            ).affecting_answer
            self.models[name] = CachedModel(name, self._options, model, cassette, source="cassette")


def live_models(study: Study, gates: Gates) -> dict[str, Model]:
    """Everyone whom a study calls, by name: models under test, and those that write for them.

    Args:
        study: What is asked for.
        gates: What the calls of the models go through.

    Raises:
        UsageError: A model is unknown.
    """
    options, functions = CallOptions(dict(study.options)), dict(study.functions)
    found: dict[str, Model] = {}
    for name in _names(study):
        gate, function = gates.gate(name, options), functions.get(name)
        if function is None:
            found[name] = make_model(name, options, gate, gates.note)
        else:
            found[name] = FunctionModel(name, function, options, gate, gates.note)
    return found


def cached_models(study: Study, *, local: bool) -> tuple[str, ...]:
    """The models whose answers go to a cache: not those that are free, nor code of the user's.

    Args:
        study: What is asked for.
        local: Whether models on this machine are among them.
    """
    options, functions = CallOptions(dict(study.options)), dict(study.functions)
    return tuple(
        name
        for name in _names(study)
        if reference_spec(name) is None
        and not (name in functions or names_function(name))  # it may say something else tomorrow
        and (local or not served_here(name, options.address(name)))
    )


def _names(study: Study) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*study.models, *writers(study))))


def options_of(study: Study) -> CallOptions:
    """The parameters of every call."""
    return CallOptions({"max_tokens": study.reserve, **dict(study.options)})


@contextmanager
def unless_missed(folder: Path, *, new: bool) -> Iterator[None]:
    """A new run folder goes again when a cassette had no answer: it would hold half a run."""
    try:
        yield
    except CassetteMissError:
        if new:
            shutil.rmtree(folder)
        raise
