"""A Claude Code log of a day that never was: prompts that say facts, tools, long answers."""

from __future__ import annotations

import json
import random
from typing import Any

PEOPLE = (
    "Rosalind Achterberg", "Tomas Lindqvist", "Ingrid Vasquez", "Oskar Brennan", "Mirela Popescu",
    "Hugo Castellan", "Anneke Dorsten", "Felix Marchetti", "Greta Hollmann", "Pavel Novotny",
    "Saskia Verbeek", "Emil Rasmussen", "Livia Moretti", "Jonas Eklund", "Noor Haddad",
    "Viktor Stanek", "Clara Winther", "Dario Fontana", "Edda Kroll", "Milan Horvat",
    "Petra Sandoval", "Rune Askeland", "Sofia Lazaro", "Tilda Bergman",
)  # fmt: skip
THINGS = (
    "queue worker", "billing export", "search page", "login screen", "invoice mailer",
    "thumbnail maker", "rate limiter", "parcel shelf", "audit trail", "feature flags",
    "night runner", "webhook relay", "report builder", "avatar upload", "winter catalogue",
    "metrics agent", "backup script", "signup form", "letter printer", "mail reader",
    "sync daemon", "coin purse", "health page", "job planner",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
WORDS = (
    "module", "handler", "request", "buffer", "stream", "parser", "cursor", "layout", "branch",
    "commit", "merge", "patch", "schema", "table", "column", "query", "thread", "pool", "socket",
    "route", "header", "field", "value", "array", "object", "string", "path", "folder", "file",
    "test", "suite", "fixture", "stub", "check", "guard", "review", "comment", "note", "draft",
)  # fmt: skip


def claude_code_log(tokens: int, seed: int = 1) -> str:
    """The lines of a log of about so many tokens."""
    chance = random.Random(seed)
    lines: list[str] = []
    size = 0

    def prose(count: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(count)).capitalize() + "."

    def add(role: str, content: Any) -> None:
        nonlocal size
        number = len(lines) + 1
        event = {
            "type": role,
            "uuid": f"u{number}",
            "parentUuid": f"u{number - 1}" if lines else None,
            "sessionId": "day",
            "timestamp": f"2026-05-01T{number // 60:02d}:{number % 60:02d}:00.000Z",
            "isSidechain": False,
            "message": {"role": role, "content": content},
        }
        lines.append(json.dumps(event))
        size += len(json.dumps(content))

    turn = 0
    while size < 4.6 * tokens:
        thing, day = THINGS[turn % len(THINGS)], f"{chance.randint(1, 28)} {MONTHS[turn % 12]}"
        says = (
            f"The owner of the {thing} is called {PEOPLE[turn % len(PEOPLE)]}, ask there first.",
            f"Please keep in mind that the {thing} ships by {day} {2027 + turn // 24} latest.",
            f"The limit for the {thing} should be {chance.randint(1200, 98000)} rows in one go.",
        )
        add("user", f"{says[turn % 3]} {prose(20)}")
        for _ in range(chance.randint(1, 3)):
            use = f"t{len(lines)}"
            call = {"type": "tool_use", "id": use, "name": "Bash", "input": {"command": prose(4)}}
            add("assistant", [{"type": "text", "text": prose(25)}, call])
            got = "\n".join(prose(12) for _ in range(chance.randint(2, 8)))
            add("user", [{"type": "tool_result", "tool_use_id": use, "content": got}])
        add("assistant", [{"type": "text", "text": prose(60)}])
        turn += 1
    return "".join(f"{line}\n" for line in lines)
