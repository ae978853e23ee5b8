"""How a report was measured, as a paragraph for a paper: versions, settings, seeds, hashes.

Its one rule: it says what the run folders say. What they do not hold is left out, not guessed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from harness.core.errors import HarnessError
from harness.core.printable import how_many
from harness.reports import format as fmt
from harness.runs.folder.layout import PARTS, RECORDS
from harness.runs.folder.reader import files_of_records
from harness.runs.folder.run_json import read_config

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from harness.analysis.summary.model import Summary

_PIECE = 1 << 20
_ADDRESSES = frozenset({"api_base", "base_url", "api_key", "timeout"})
"""Parameters that say where a model was reached, not how it answered."""
_DIGITS = 12
"""Of a hash."""


def methods(summary: Summary, folders: Iterable[Path]) -> list[str]:
    """Sentences of the paragraph, in groups: what was done, each run, how it was read."""
    probes = sum(group.n_probes for group in summary.groups)
    layouts = sorted({group.layout for group in summary.groups})
    done = f"Recall of planted facts was measured on {how_many(probes, 'scored probe')}"
    said = [f"{done} in {len(summary.groups):,} series ({', '.join(layouts)} layout)."]
    said += [words for folder in folders if (words := _run(folder))]
    said.append(
        f"The onset is the fill of the window at which recall is first"
        f" {round(100 * summary.criterion, 1):g} points below the model's own plateau, the recall"
        f" of the nearly empty window; it is read from a Bayesian average over forgetting curves"
        f" with sessions as clusters, and its interval holds {100 * summary.level:g} % of the"
        f" posterior. Intervals of single points are Wilson's, 95 %."
    )
    return [fmt.plain(words) for words in said]


def _run(folder: Path) -> str:
    """One run in a few sentences; empty where its folder does not say how it was made."""
    try:
        data = read_config(folder)
    except HarnessError:
        return ""
    versions = data.get("versions", {})
    others = ", ".join(f"{k} {v}" for k, v in versions.items() if k != "session-harness")
    made = f"Run {folder.name}: session-harness {versions.get('session-harness', '(unknown)')}"
    treatment = f"policy {', '.join(data.get('policies', []))}"
    memory = f"memory {', '.join(data.get('memories', ['none']))}"
    sentences = [
        f"{made}{f' ({others})' if others else ''}, {fmt.day(str(data.get('created', '')))}",
        f"models {', '.join(data['models'])}; windows {', '.join(data['windows'])}",
        f"{treatment}; {memory}; {data.get('replies', 'scripted')} replies",
        "scenarios " + ", ".join(map(_scenario, data["scenarios"])),
        _draws(data),
        _parameters(data.get("sent", {})),
    ]
    if data.get("encoding"):
        sentences.append(f"local tokens counted with {data['encoding']}")
    found = files_of_records(folder) or [folder / RECORDS]
    named = RECORDS if len(found) == 1 else f"{PARTS}/*.parquet and {RECORDS}"
    sentences.append(f"{named} SHA-256 {_sha256(found)}")
    return "; ".join(filter(None, sentences)) + "."


def _scenario(data: Mapping[str, Any]) -> str:
    found = data.get("hash")
    return f"{data['name']} (content hash {found[:_DIGITS]})" if found else str(data["name"])


def _draws(data: Mapping[str, Any]) -> str:
    """Seeds and repeats, by their numbers."""
    first, many = data.get("first_seed", 0), data["seeds"]
    repeats = data.get("repeats", 1)
    seeds = f"seed {first}" if many == 1 else f"seeds {first} to {first + many - 1}"
    again = f", each question {repeats} times" if repeats > 1 else ""
    controls = "with control arms" if data.get("controls", True) else "without control arms"
    adaptive = "probes chosen adaptively, " if data.get("adaptive") else ""
    return f"{adaptive}{seeds}{again}, {controls}"


def _parameters(sent: Mapping[str, Any]) -> str:
    """What really went out with the calls: once where it is the same for all models."""
    told = {
        model: ", ".join(f"{k} {v}" for k, v in sorted(more.items()) if k not in _ADDRESSES)
        for model, more in sent.items()
        if isinstance(more, dict)
    }
    told = {model: words for model, words in told.items() if words}
    if len(set(told.values())) == 1 and len(told) == len(sent):
        return f"sent with each call: {next(iter(told.values()))}"
    return "; ".join(f"sent to {model}: {words}" for model, words in told.items())


def _sha256(paths: Iterable[Path]) -> str:
    """Of whole files, so that somebody else can tell that they hold the same records."""
    found = hashlib.sha256()
    try:
        for path in paths:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    found.update(piece)
    except OSError as error:
        return f"(not readable: {error.strerror})"
    return found.hexdigest()[: 2 * _DIGITS]
