"""Files damaged at random: bytes cut, doubled or replaced, values of another type in any place."""

from __future__ import annotations

import copy
import gzip
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Damage = Callable[[random.Random, Path], None]
    """Damages one good file where it stands."""

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**26, -(10**26), 2**63, 10**400, float("nan"), float("inf"),
    "", "x", "\ud800", "\x00", "=cmd()", "../../x", "9" * 5_000, "a" * 100_000, "2026-13-45",
    "é\u202e", "1e999", "{value}", "\x1b]0;x\x07", "os:abort", [], [[]], [None], [1, "a", None],
    [10**26], {}, {"": {}}, {"a": 1}, {"x": [10**400]}, [{}], [{"role": "user", "content": None}],
)  # fmt: skip
_NEST = 50_000
_LINES = ("- ", "  : :", "\t", "? [", "&a [*a]", "<<: *b", "!!python/object:os.abort {}", "%YAML 9")
"""What a line of YAML may become."""


def odd_bytes(draw: random.Random, data: bytes) -> bytes:
    """The bytes with a piece cut, doubled, or replaced by what is no UTF-8."""
    at = draw.randrange(max(len(data), 1))
    kind = draw.randrange(6)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + bytes([draw.randrange(256)]) + data[at + 1 :]
    if kind == 2:
        return data[:at] + b"\xff\xfe\x00" + data[at:]
    if kind == 3:
        return data[at:] + data
    if kind == 4:
        return b"\xef\xbb\xbf" + data
    return data[:at] + b"[" * _NEST


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a JSON value; of a long list the first and the last ones."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for key, item in enumerate(value):
            if key < 4 or key >= len(value) - 2:
                yield from places(item, (*path, key))


def odd_value(draw: random.Random, value: Any) -> Any:
    """The value with something odd in one place, or without that place."""
    value = copy.deepcopy(value)
    path = draw.choice(list(places(value)))
    new = draw.choice(ODD)
    if not path:
        return new
    inside = value
    for key in path[:-1]:
        inside = inside[key]
    if draw.random() < 0.2:
        del inside[path[-1]]
    elif draw.random() < 0.1 and isinstance(inside, dict):
        inside[draw.choice(["", "new", "schema", "key"])] = new
    elif draw.random() < 0.1 and isinstance(inside, list):
        inside.append(copy.deepcopy(inside[path[-1]]))
    else:
        inside[path[-1]] = new
    return value


def damage_json(draw: random.Random, file: Path) -> None:
    """One JSON value."""
    data = file.read_bytes()
    if draw.random() < 0.25:
        file.write_bytes(odd_bytes(draw, data))
    else:
        file.write_text(json.dumps(odd_value(draw, json.loads(data))))


def damage_lines(draw: random.Random, file: Path) -> None:
    """One line of JSON Lines, or the bytes of them all; what is packed is packed again."""
    pack, unpack = (gzip.compress, gzip.decompress) if file.suffix == ".gz" else (bytes, bytes)
    data = unpack(file.read_bytes())
    rows = data.splitlines(keepends=True)
    at = draw.randrange(len(rows))
    if draw.random() < 0.25:
        file.write_bytes(pack(odd_bytes(draw, data)))
        return
    try:
        value = json.loads(rows[at])
    except ValueError:  # a fixture may hold a broken line itself
        value = rows[at].decode("utf-8", "replace")
    rows[at] = json.dumps(odd_value(draw, value)).encode() + b"\n"
    file.write_bytes(pack(b"".join(rows)))


def damage_bytes(draw: random.Random, file: Path) -> None:
    """Bytes of any file."""
    file.write_bytes(odd_bytes(draw, file.read_bytes()))


def damage_text(draw: random.Random, file: Path) -> None:
    """Lines and words of a text: one gone, twice, elsewhere, or something odd in its place."""
    rows = file.read_text("utf-8").splitlines(keepends=True)
    at, kind = draw.randrange(len(rows)), draw.randrange(6)
    if kind == 0:
        file.write_bytes(odd_bytes(draw, file.read_bytes()))
        return
    if kind == 1:
        del rows[at]
    elif kind == 2:
        rows.insert(draw.randrange(len(rows)), rows[at])
    elif kind == 3:
        rows[at] = f"{draw.choice(_LINES)}{rows[at]}"
    else:
        head, cut, _ = rows[at].partition(draw.choice([":", ",", "|", " ", '"']))
        odd = draw.choice(ODD)
        new = odd if isinstance(odd, str) else "1" * 401 if odd == ODD[9] else json.dumps(odd)
        rows[at] = f"{head}{cut} {new}\n"
    file.write_text("".join(rows), "utf-8", errors="surrogatepass")


def damage_yaml(draw: random.Random, file: Path) -> None:
    """A value of a YAML file, or its text."""
    if draw.random() < 0.4:
        damage_text(draw, file)
        return
    value = odd_value(draw, yaml.safe_load(file.read_text("utf-8")))
    digits = isinstance(value, int)
    text = str(value) if digits and value < 10**30 else yaml.safe_dump(_dumpable(value))
    file.write_text(text, "utf-8", errors="surrogatepass")


def _dumpable(value: Any) -> Any:
    """Integers that Python does not write out, as text."""
    if isinstance(value, dict):
        return {key: _dumpable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_dumpable(item) for item in value]
    return value


def damage_cache(draw: random.Random, file: Path) -> None:
    """The bytes of an SQLite file, or what stands in one of its cells."""
    if draw.random() < 0.3:
        damage_bytes(draw, file)
        return
    base = sqlite3.connect(file)
    rows = base.execute("SELECT key, data FROM answers ORDER BY key").fetchall()
    key, data = draw.choice(rows)
    cell = draw.choice(["data", "data", "data", "at", "model", "schema", "table"])
    if cell == "schema":
        base.execute(f"PRAGMA user_version = {draw.choice([0, 2, 2**31 - 1])}")
    elif cell == "table":
        base.execute(draw.choice(["DROP TABLE answers", "ALTER TABLE answers RENAME key TO a"]))
    else:
        new: Any = draw.choice([1e300, -5, b"\xff\x00", "", "text", "[]", "null", "9" * 400])
        if cell == "data" and draw.random() < 0.7:
            new = json.dumps(odd_value(draw, json.loads(data)))
        base.execute(f"UPDATE answers SET {cell} = ? WHERE key = ?", (new, key))  # noqa: S608
    base.commit()
    base.close()
