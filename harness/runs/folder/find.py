"""Run folders: their names, and how one is found again."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from harness.core.draws import digest
from harness.core.errors import UsageError, nearest
from harness.runs.folder.layout import CONFIG
from harness.runs.folder.reader import holds_records

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from harness.core.study import Plan


def new_folder(out: Path, plan: Plan, now: datetime) -> Path:
    """Make the folder of a new run: `<UTC time>_<slug>_<id>`."""
    names = list(dict.fromkeys(scenario.name for scenario in plan.study.scenarios))
    slug = re.sub(r"[^a-z0-9]+", "-", "-".join(names[:2]).lower()).strip("-")[:40]
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    key = digest([stamp, now.microsecond, os.getpid(), [t.key for t in plan.trials[:1]]], size=3)
    folder = out / f"{stamp}_{slug}_{key}"
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise UsageError(f"cannot make the run folder {folder}: {error.strerror}") from None
    return folder


def runs(out: Path) -> list[Path]:
    """The run folders in a folder, oldest first."""
    if not out.is_dir():
        return []
    return [path.parent for path in sorted(out.glob(f"*/{CONFIG}"), key=_age)]


def _age(path: Path) -> tuple[str, int, str]:
    """What sorts runs by when they began; of two of one second the file itself tells."""
    return path.parent.name.partition("_")[0], path.stat().st_mtime_ns, path.parent.name


def find_run(name: str, out: Path) -> Path:
    """The run folder that a name means: a path, `latest`, or the end or start of a folder's name.

    Raises:
        UsageError: There is none of that name, or several.
    """
    path = out.__class__(name)
    if (path / CONFIG).exists() or holds_records(path):
        return path
    known = runs(out)
    if name == "latest" and known:
        return known[-1]
    found = [run for run in known if run.name.startswith(name) or run.name.endswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"'{name}' means {len(found)} runs: {', '.join(r.name for r in found)}")
    hint = nearest(name, [run.name for run in known]) if known else f"there are no runs in {out}"
    raise UsageError(f"unknown run '{name}': {hint}")
