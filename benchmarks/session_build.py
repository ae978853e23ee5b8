"""CPU of building sessions: 200k and 1M tokens, and how cost grows with length.

`new` is a session of a seed that nobody asked for before: its filler is written, looked through
for planted values and counted, with the words known that a few sessions have (in a run: those of
the cache). `again` is the same session once more.

Goals: under 50 ms for a new session of 200k and under 300 ms for one of 1M, linear growth.
`harness --help` under 0.25 s of CPU. Beside them stand what tiktoken alone takes for the finished
text of each session, and `inspect --help`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import tiktoken
from goals import told
from samples import environment, inspect_folder

from harness.core.scenario import Fills
from harness.core.window import Window
from harness.scenarios import load
from harness.sessions.build import build
from harness.sessions.layouts import blueprints
from harness.sessions.materials import Materials, Workshop
from harness.sessions.tokens import ENCODING

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.core.session import Session

ROOT = Path(__file__).parents[1]
LENGTHS = (50_000, 100_000, 200_000, 400_000, 1_000_000)
WARM, SEEDS = 4, 4
"""Sessions before the first that is timed, and sessions of each length: the best counts, since
others use the machine too."""
TOLD = {200_000: "build-200k", 1_000_000: "build-1m"}


def main() -> None:
    """Print what was measured beside the goals."""
    scenario = load(ROOT / "scenarios" / "brand-voice.yaml")
    workshop, seeds = Workshop(), count()
    found: dict[int, tuple[float, float]] = {}

    def session(length: int) -> Callable[[], Session]:
        """Builds the session of the next seed, each time it is called."""
        materials = Materials(scenario, next(seeds), workshop)
        (trunk,) = blueprints(materials, Window(length, 128), Fills(exact=(0.25, 0.5, 1.0)))
        return lambda: build(trunk, materials)

    for _ in range(WARM):
        session(LENGTHS[0])()
    encoding = tiktoken.get_encoding(ENCODING)  # the first session has said where its file is
    heads = f"{'tokens':>10} {'new, ms':>9} {'again, ms':>10} {'new, µs a 1k tokens':>20}"
    print(f"{heads} {'tiktoken, ms':>13}")
    for length in LENGTHS:
        made = [session(length) for _ in range(SEEDS)]
        new = min(map(_cpu, made))
        again = min(_cpu(made[0]) for _ in range(SEEDS))
        plain = _encoded(encoding, made[0]())
        row = f"{length:>10,} {new:>9.1f} {again:>10.1f} {new / length * 1e6:>20.0f}"
        print(f"{row} {plain:>13.1f}")
        found[length] = new, plain
    for length, key in TOLD.items():
        told(key, *found[length])
    inspect = environment(inspect_folder())
    told("help", _help_cpu(sys.executable, "-m", "harness"), inspect and _help_cpu(str(inspect)))


def _encoded(encoding: tiktoken.Encoding, session: Session) -> float:
    """Milliseconds of CPU in which tiktoken counts the text of a session."""
    texts = [message.content for message in session.messages]
    return min(_cpu(lambda: [*map(encoding.encode_ordinary, texts)]) for _ in range(2))


def _cpu(work) -> float:  # noqa: ANN001 -- any callable
    """Milliseconds of CPU that the work takes."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1e3


def _help_cpu(*command: str) -> float:
    before = os.times()
    for _ in range(3):
        subprocess.run([*command, "--help"], check=True, capture_output=True)  # noqa: S603 -- ours
    after = os.times()
    used = after.children_user + after.children_system
    return (used - before.children_user - before.children_system) / 3


if __name__ == "__main__":
    main()
