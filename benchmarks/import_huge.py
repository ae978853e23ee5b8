"""A 500 MB export is imported in less than 100 MB of memory, whichever way its JSON is laid out.

Two files are written to a temporary folder: `conversations.json` as ChatGPT exports it, which is
one array, and chats as JSON Lines. Each is imported by a process of its own, whose peak memory is
what the kernel says. Size in MB as the first argument.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MOST_MB = 100
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
print(used.ru_maxrss / 1024, used.ru_utime + used.ru_stime)
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


def write(path: Path, size: int, *, array: bool) -> None:
    """Fill a file up to a size in bytes."""
    with path.open("wb") as file:
        number = written = 0
        written += file.write(b"[" if array else b"")
        while written < size:
            one = chatgpt(number) if array else lines(number)
            written += file.write((b",\n" if number else b"") + one if array else one + b"\n")
            number += 1
        file.write(b"]" if array else b"")


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
    """Measure both files; 1 when one took more memory than is claimed."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE_MB
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name, array in (("conversations.json", True), ("chats.jsonl", False)):
            path = Path(folder, name)
            write(path, size * 1_000_000, array=array)
            peak, cpu, wall = measure(path, Path(folder, f"{name}.out.jsonl"))
            print(
                f"{name}: {path.stat().st_size / 1e6:.0f} MB; claimed under {MOST_MB} MB of memory,"
                f" measured {peak:.0f} MB; {cpu:.0f} CPU s, {wall:.0f} s"
            )
            path.unlink()
            Path(folder, f"{name}.out.jsonl").unlink()
            worst = max(worst, peak)
    return int(worst > MOST_MB)


if __name__ == "__main__":
    sys.exit(main())
