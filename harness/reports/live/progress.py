"""How far a run is, read from its folder while another process writes it.

Its one rule: each line is read once. A file that was replaced, as when a run ends, is read anew,
and what its lines had said before they moved into a part is kept.
"""

from __future__ import annotations

from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from harness.core.errors import HarnessError
from harness.core.shapes import json_of
from harness.reports.format import plain
from harness.runs.folder.layout import PART_NAME, PARTS, RECORDS
from harness.runs.folder.reader import files_of_records
from harness.runs.folder.run_json import read_config

if TYPE_CHECKING:
    from pathlib import Path

_RECENT = timedelta(minutes=10)
"""The rate is that of the records of so long before the newest."""
_MOST_RECENT = 1_000
_SILENT_S = 60.0
"""After so long without a record a run counts as not going on, if its own pace is no slower."""
_SLOW = 20
"""So many times the usual time between two records is silence too."""
_NOTED = ("key", "model", "status", "started_at", "latency_s")
"""What is read of a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveProgress:
    """How far a run is."""

    run: str
    done: int
    """Trials with a record."""
    planned: int | None
    """None where nobody knows, as in adaptive runs."""
    errors: int
    models: dict[str, int]
    """Trials with a record, by model."""
    per_minute: float | None
    """Records a minute lately; None before there are two."""
    eta_s: float | None
    """Seconds to go at that rate; None where that cannot be told."""
    state: str
    """complete, running, or quiet: nothing new for some time."""
    quiet_s: float
    """Seconds since the newest record; 0 where there is none."""


@dataclass(slots=True)
class RunReader:
    """Follows one run folder."""

    folder: Path
    _inode: int = 0
    _offset: int = 0
    _keys: dict[str, str] = field(default_factory=dict)
    """The status of each trial's last record, by its key."""
    _models: dict[str, str] = field(default_factory=dict)
    """The model of each trial."""
    _parts: set[str] = field(default_factory=set)
    """Those that were read."""
    _moments: deque[datetime] = field(default_factory=lambda: deque(maxlen=_MOST_RECENT))

    def read(self, now: datetime) -> LiveProgress:
        """How far the run is now."""
        self._read_on()
        planned = _planned(self.folder)
        done = len(self._keys)
        newest = max(self._moments, default=None)
        recent = [moment for moment in self._moments if newest and newest - moment <= _RECENT]
        spacing = (max(recent) - min(recent)) / (len(recent) - 1) if len(recent) > 1 else None
        pace = spacing.total_seconds() if spacing else None
        quiet = max(0.0, (now - newest).total_seconds()) if newest else 0.0
        complete = planned is not None and done >= planned
        silent = quiet > max(_SILENT_S, _SLOW * (pace or 0.0))
        going_on = not complete and not silent
        left = None if planned is None else max(planned - done, 0)
        return LiveProgress(
            run=plain(self.folder.name),
            done=done,
            planned=planned,
            errors=sum(status == "error" for status in self._keys.values()),
            models={plain(k): n for k, n in sorted(Counter(self._models.values()).items())},
            per_minute=60 / pace if pace else None,
            eta_s=left * pace if going_on and pace and left is not None else None,
            state="complete" if complete else "quiet" if silent else "running",
            quiet_s=quiet,
        )

    def _read_on(self) -> None:
        """Read what is new: parts first, since their lines have left the file of lines."""
        path = self.folder / RECORDS
        try:
            found = path.stat()
        except FileNotFoundError:
            self._read_parts()
            return
        if found.st_ino != self._inode or found.st_size < self._offset:
            self._inode, self._offset = found.st_ino, 0
            self._moments.clear()
            if not (self.folder / PARTS).is_dir():
                self._keys.clear()
                self._models.clear()
            self._read_parts()
        with path.open("rb") as file:
            file.seek(self._offset)
            for line in file:
                if not line.endswith(b"\n"):
                    break  # still being written
                self._offset += len(line)
                with suppress(ValueError):
                    self._note(json_of(line))

    def _read_parts(self) -> None:
        """Note the records of parts that are new; a record that stands in lines too counts once."""
        for path in files_of_records(self.folder):
            if path.name in self._parts or not PART_NAME.fullmatch(path.name):
                continue
            from harness.runs.folder.record_part import as_records, open_part, rows_of

            self._parts.add(path.name)
            with suppress(HarnessError):  # the report tells of damage
                for piece in rows_of(open_part(path), _NOTED):
                    for record in as_records(piece, path, _NOTED):
                        self._note(record)

    def _note(self, record: dict[str, Any]) -> None:
        try:
            key, model = str(record["key"]), str(record["model"])
            status, moment = str(record["status"]), _moment(record)
        except (ValueError, KeyError, TypeError):
            return  # the report tells of damaged lines, with their numbers
        self._keys[key], self._models[key] = status, model
        self._moments.append(moment)


def _moment(record: dict[str, Any]) -> datetime:
    """When the record was there: when its call began and how long it took."""
    began = datetime.fromisoformat(record["started_at"])
    began = began if began.tzinfo else began.replace(tzinfo=UTC)
    return began + timedelta(seconds=record.get("latency_s") or 0.0)


def _planned(folder: Path) -> int | None:
    try:
        planned = read_config(folder).get("trials")
    except HarnessError:
        return None
    return planned if isinstance(planned, int) else None
