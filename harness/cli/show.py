"""`harness show`: one record, and exactly what was sent for it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from harness.cli.options import RESULTS
from harness.core.chat_format import to_chat
from harness.core.errors import UsageError
from harness.core.printable import escaped

if TYPE_CHECKING:
    from pathlib import Path


@click.command("show")
@click.argument("run")
@click.argument("key")
@click.option("--messages", is_flag=True, help="Print the messages that were sent, as JSON Lines.")
@click.option(
    "--transcript/--json",
    "readable",
    default=None,
    help="As a conversation to be read, or as the record's own JSON. In a terminal the first,"
    " elsewhere the second unless said.",
)
@RESULTS
def command(run: str, key: str, *, messages: bool, readable: bool | None, out: Path) -> int:
    """Show one record of RUN; the start of its KEY is enough."""
    from harness.runs.folder.find import find_run
    from harness.runs.folder.reader import sent_messages

    folder = find_run(run, out)
    record = _find(folder, key)
    if not messages and (sys.stdout.isatty() if readable is None else readable):
        _print_transcript(folder, record)
        return 0
    if not messages:
        click.echo(escaped(json.dumps(record, indent=2, ensure_ascii=False)))
        return 0
    if record["error"] and record["error"].startswith("not sent:"):
        raise UsageError(f"nothing was sent for {record['key']}: {record['error']}")
    for message in sent_messages(folder, record):
        click.echo(escaped(json.dumps(to_chat(message), ensure_ascii=False)))
    return 0


def _print_transcript(folder: Path, record: dict[str, Any]) -> None:
    from harness.cli.streams import print_styled, terminal_style
    from harness.reports.sections.transcript import transcript
    from harness.runs.folder.reader import sent_messages

    style = terminal_style()
    print_styled(transcript(record, sent_messages(folder, record), style), style)


def _find(folder: Path, key: str) -> dict[str, Any]:
    """The latest record whose key starts so.

    Raises:
        UsageError: There is none, or there are several.
    """
    from harness.runs.folder.reader import records

    found = {one["key"] for one in records(folder, ("key",)) if one["key"].startswith(key)}
    if not found:
        raise UsageError(f"{folder.name} has no record whose key starts with '{key}'")
    if len(found) > 1:
        raise UsageError(
            f"'{key}' starts {len(found)} keys, such as {', '.join(sorted(found)[:3])}; give more"
            " digits"
        )
    return [one for one in records(folder) if one["key"] in found][-1]
