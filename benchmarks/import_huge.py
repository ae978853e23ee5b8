"""A 500 MB export is imported in bounded memory, whichever way its conversations are laid out.

Files of every format that holds many conversations are written to a temporary folder, one after
the other: arrays as ChatGPT, Claude.ai and Open WebUI export them, chats and Multi-Session Chat as
JSON Lines, the same packed with gzip, an archive of shards, and a table of Parquet. Each is
imported by a process of its own, whose peak memory is what the kernel says. Size in MB as the
first argument, names of formats as the others.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_MB = 100
TABLE_MB = 400
"""A table comes in groups of rows, which its writer chose, and polars is loaded to read it."""
SIZE_MB = 500
_PROGRAM = """\
import resource, sys
from harness.cli import main
sys.argv = ['harness', *sys.argv[1:]]
try:
    main()
except SystemExit as leave:
    assert not leave.code, leave.code
used = resource.getrusage(resource.RUSAGE_SELF)
# Not ru_maxrss, which begins with what the process that started this one held.
peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))
print(int(peak.split()[1]) / 1024, used.ru_utime + used.ru_stime)
"""
_SENTENCE = "We settled the delivery of the {n}th pallet for Thursday, in writing, with the yard. "


def text(n: int) -> str:
    """About 3,000 characters that differ from message to message."""
    return (_SENTENCE.format(n=n) * 36)[:3000]


def chatgpt(number: int) -> bytes:
    """A conversation of 40 messages with a branch in it, as the export writes it."""
    mapping: dict[str, object] = {"root": {"id": "root", "message": None, "parent": None}}
    parent = "root"
    for n in range(40):
        key = f"{number}-{n}"
        role = "assistant" if n % 2 else "user"
        message = {
            "id": key,
            "author": {"role": role, "name": None, "metadata": {}},
            "create_time": 1718000000.0 + n,
            "content": {"content_type": "text", "parts": [text(number * 40 + n)]},
            "status": "finished_successfully",
            "metadata": {"model_slug": "gpt-4o"},
            "recipient": "all",
        }
        mapping[key] = {"id": key, "message": message, "parent": parent, "children": []}
        parent = key if n % 10 else parent
    whole = {
        "title": f"Chat {number}",
        "mapping": mapping,
        "current_node": parent,
        "id": f"{number}",
    }
    return json.dumps(whole).encode()


def lines(number: int) -> bytes:
    """A chat of 40 messages on one line."""
    said = [
        {"role": "assistant" if n % 2 else "user", "content": text(number * 40 + n)}
        for n in range(40)
    ]
    return json.dumps({"messages": said}).encode()


def claude(number: int) -> bytes:
    """A conversation of 40 messages as Claude.ai exports it."""
    said = [
        {
            "uuid": f"{number}-{n}",
            "sender": "assistant" if n % 2 else "human",
            "text": "",
            "content": [{"type": "text", "text": text(number * 40 + n)}],
            "attachments": [],
            "files": [],
        }
        for n in range(40)
    ]
    return json.dumps({"uuid": f"{number}", "name": "Chat", "chat_messages": said}).encode()


def open_webui(number: int) -> bytes:
    """A chat of 40 messages as Open WebUI exports it."""
    nodes = {
        f"{n}": {
            "id": f"{n}",
            "parentId": f"{n - 1}" if n else None,
            "role": "assistant" if n % 2 else "user",
            "content": text(number * 40 + n),
        }
        for n in range(40)
    }
    chat = {"history": {"messages": nodes, "currentId": "39"}, "title": "Chat"}
    return json.dumps({"id": f"{number}", "title": "Chat", "chat": chat}).encode()


def msc(number: int) -> bytes:
    """Five sessions of eight messages as Multi-Session Chat has them."""
    sessions = [
        {"dialog": [{"text": text(number * 40 + 8 * s + n)} for n in range(8)], "personas": [[]]}
        for s in range(5)
    ]
    whole = {**sessions[-1], "previous_dialogs": sessions[:-1]}
    return json.dumps(whole | {"metadata": {"initial_data_id": f"{number}"}}).encode()


def pieces(one: Callable[[int], bytes], size: int, *, array: bool) -> Iterator[bytes]:
    """Records up to a size in bytes, as an array or a line each."""
    number = written = 0
    yield b"[" if array else b""
    while written < size:
        record = one(number)
        yield (b",\n" if number else b"") + record if array else record + b"\n"
        written += len(record)
        number += 1
    yield b"]" if array else b""


def plain(path: Path, one: Callable[[int], bytes], size: int) -> None:
    """A file of its own."""
    with path.open("wb") as file:
        file.writelines(pieces(one, size, array=path.suffix == ".json"))


def packed(path: Path, one: Callable[[int], bytes], size: int) -> None:
    """The same, packed with gzip; the size is what it unpacks to."""
    with gzip.open(path, "wb", compresslevel=1) as file:
        for piece in pieces(one, size, array=False):
            file.write(piece)


def shards(path: Path, one: Callable[[int], bytes], size: int) -> None:
    """An archive of five arrays; the size is what they unpack to."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(5):
            with archive.open(f"conversations-{number:03}.json", "w", force_zip64=True) as file:
                for piece in pieces(one, size // 5, array=True):
                    file.write(piece)


def table(path: Path, _one: Callable[[int], bytes], size: int) -> None:
    """A table of conversations, in groups of 64 rows."""
    import polars as pl

    def rows() -> Iterator[pl.DataFrame]:
        for first in range(0, size // 120_000, 64):
            chats = [json.loads(lines(n))["messages"] for n in range(first, first + 64)]
            yield pl.DataFrame({"conversation": chats})

    pl.concat([frame.lazy() for frame in rows()]).sink_parquet(path, row_group_size=64)


@dataclass(frozen=True, slots=True)
class Case:
    """A file to be imported."""

    name: str
    write: Callable[[Path, Callable[[int], bytes], int], None]
    one: Callable[[int], bytes]
    most_mb: int = MOST_MB


CASES = {
    "chatgpt": Case("conversations.json", plain, chatgpt),
    "openai": Case("chats.jsonl", plain, lines),
    "claude": Case("claude.json", plain, claude),
    "open-webui": Case("open-webui.json", plain, open_webui),
    "msc": Case("msc.jsonl", plain, msc),
    "gzip": Case("chats.jsonl.gz", packed, lines),
    "zip": Case("export.zip", shards, chatgpt),
    "parquet": Case("chats.parquet", table, lines, TABLE_MB),
}


def measure(path: Path, out: Path) -> tuple[float, float, float]:
    """Peak memory in MB, CPU and wall seconds of an import."""
    start = time.perf_counter()
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", _PROGRAM, "import", str(path), "-o", str(out)],
        capture_output=True,
        text=True,
        check=True,
    )
    peak, cpu = map(float, done.stdout.split())
    print(f"  {done.stderr.splitlines()[0]}")
    return peak, cpu, time.perf_counter() - start


def main() -> int:
    """Measure every file; 1 when one took more memory than is claimed."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE_MB
    failed = 0
    for case in [CASES[name] for name in sys.argv[2:]] or CASES.values():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, case.name)
            case.write(path, case.one, size * 1_000_000)
            peak, cpu, wall = measure(path, Path(folder, f"{case.name}.out.jsonl"))
            print(
                f"{case.name}: {size} MB ({path.stat().st_size / 1e6:.0f} on disk); claimed under"
                f" {case.most_mb} MB of memory, measured {peak:.0f} MB; {cpu:.0f} CPU s,"
                f" {wall:.0f} s",
                flush=True,
            )
            failed |= peak > case.most_mb
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
