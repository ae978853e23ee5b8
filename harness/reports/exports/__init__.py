"""Exports: the records of a run in the forms that other programs open.

A form is a frozen dataclass with `write`; a new one is one file, one line below and one test that
opens what it wrote with the program's own reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from harness.core.registry import Registry
from harness.reports.exports.every_eval_ever import EveryEvalEver
from harness.reports.exports.hf_dataset import HfDataset
from harness.reports.exports.inspect_log import InspectLog
from harness.reports.exports.promptfoo import Promptfoo
from harness.reports.exports.stored_run import StoredRun

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Exporter", "StoredRun", "exporters"]


class Exporter(Protocol):
    """Writes the records of a run into a folder, in the form of another program."""

    def write(self, run: StoredRun, folder: Path, /) -> list[Path]:
        """Write them; the files that a user opens, the first of them first."""


exporters: Registry[Exporter] = Registry("exporter", Exporter)
exporters.add("inspect", InspectLog)
exporters.add("eee", EveryEvalEver)
exporters.add("hf", HfDataset)
exporters.add("promptfoo", Promptfoo)
