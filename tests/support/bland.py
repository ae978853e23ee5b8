"""A scenario whose filler says next to nothing, so that a summary has room for every fact."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FACTS = """
staging; The staging database listens on port {value}.; On which port does staging listen?
rollback; The ticket for the rollback is {value}.; What is the ticket for the rollback?
courier; The courier rings at the depot with code {value}.; With which code does the courier ring?
printer; The printer in the archive has serial {value}.; Which serial has the printer?
boiler; The boiler in the annex has permit {value}.; Which permit has the boiler in the annex?
locker; The locker of the night shift opens with {value}.; With what does the locker open?
"""


def bland(folder: Path, *, fills: str = "[0.5, 2, 4, 6]", more: str = "", keys: str = "") -> Path:
    """The scenario as a file.

    Args:
        folder: Where it goes.
        fills: Of its sessions.
        more: Keys of the file.
        keys: Keys of each fact.
    """
    said = [f"Step {word} is done." for word in ("one", "two", "three", "four", "five", "six")]
    chats = [
        {"messages": [{"role": "user", "content": f"And {a.lower()}"},
                      {"role": "assistant", "content": f"Yes, indeed. {b}"}]}
        for a in said for b in said
    ]  # fmt: skip
    (folder / "chats.jsonl").write_text("".join(f"{json.dumps(chat)}\n" for chat in chats), "utf-8")
    lines = ["schema: 1", "name: bland", "system: You are the clerk of a depot.", "facts:"]
    for name, say, ask in (line.split("; ") for line in _FACTS.strip().splitlines()):
        lines += [f"  - id: {name}", f'    say: "{say}"', "    values: {generate: code}"]
        lines += [f'    ask: "{ask} Reply with it only."']
        lines += [f"    {key}" for key in keys.splitlines() if key]
    lines += ["filler: {file: chats.jsonl, repeat: true}", f"fills: {fills}", more]
    path = folder / "bland.yaml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
