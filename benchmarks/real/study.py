"""Two real models through the whole instrument: fetched, served, replayed and reported.

    python benchmarks/real/study.py [--seeds 12] [--only smollm2] [--layout growing]

SmolLM2-135M-Instruct in a window of 8,000 tokens and Gemma-3-270M in one of 16,000. On a laptop
that takes an hour or two; answers are kept, and the same command goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from llama_server import GEMMA, HERE, SMOLLM2, get, serving

ROOT = HERE.parents[1]
WINDOWS = {SMOLLM2: "8k", GEMMA: "16k"}
GRID = ("--fills", "0.1,0.4,0.7,0.95", "--positions", "0.1,0.5,0.9")


def main() -> None:
    """Run what was asked for, and write a report of each model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--only", choices=[model.name for model in WINDOWS])
    parser.add_argument("--layout", choices=["growing", "grid"], default="growing")
    parser.add_argument("--threads", type=int, default=max(1, (os.cpu_count() or 2) // 2))
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "real")
    asked = parser.parse_args()
    get(asked.out / "models")
    for model, window in WINDOWS.items():
        if asked.only in {None, model.name}:
            out = asked.out / f"{model.name}-{asked.layout}"
            with serving(asked.out / "models", model, asked.threads) as address:
                studied(f"openai/{model.name}", window, address, out, asked)


def studied(model: str, window: str, address: str, out: Path, asked: argparse.Namespace) -> None:
    """One model's sessions, one after the other, and their report."""
    begun = sorted(out.glob("*/run.json"))
    options = ["-M", f"api_base={address}", "-M", "api_key=none", "-M", 'stop=["\\n"]']
    options += ["--max-connections", "1", "--timeout", "1800", "--out", str(out)]
    if begun:
        command = ["run", "--resume", "latest", *options]
    else:
        scenario = out.parent / f"plain-facts-{asked.layout}.yaml"
        text = (HERE / "plain-facts.yaml").read_text(encoding="utf-8")
        scenario.parent.mkdir(parents=True, exist_ok=True)
        scenario.write_text(text.replace("layout: growing", f"layout: {asked.layout}"), "utf-8")
        command = ["run", str(scenario), "-m", model, "-w", window, "--seeds", str(asked.seeds)]
        command += ["-M", "max_tokens=40", *options]
        command += GRID if asked.layout == "grid" else ()
    _harness(*command)
    report = [
        part
        for name in ("report.html", "report.md", "curve.png")
        for part in ("-o", str(out / name))
    ]
    _harness("report", "latest", "--out", str(out), *report)


def _harness(*arguments: str) -> None:
    command = [sys.executable, "-m", "harness", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 -- our own interpreter
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
