"""`harness doctor`: is everything here that a run needs?

Nothing is sent anywhere, but to the server of a model that is named: which models it has, and a
question of two lines, whether it counts tokens.
"""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from harness.cli.options import RESULTS
from harness.cli.study import call_options
from harness.core.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_KEYS = (
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "GEMINI_API_KEY",
    "MISTRAL_API_KEY",
    "AZURE_API_KEY",
    "OPENROUTER_API_KEY",
)
_PACKAGES = ("litellm", "tiktoken", "polars", "numpy", "scipy", "pydantic", "click")


@click.command("doctor")
@click.option(
    "-m", "--model", "models", multiple=True, metavar="M", help="Also look this model up."
)
@click.option(
    "-M",
    "options",
    multiple=True,
    metavar="KEY=VALUE",
    help="A parameter of its calls, such as api_base: asks its server for its models, and whether"
    " it counts tokens.",
)
@RESULTS
def command(models: tuple[str, ...], options: tuple[str, ...], *, out: Path) -> int:
    """Check packages, tokenizer, prices, keys and folders; nothing is generated anywhere."""
    well = True
    given = dict(call_options(options))
    looked_up = (*_models(models), *_reached(models, given), *_counters(models, given))
    for good, text in (*_packages(), *_tokenizer(), *_folders(out), *_keys(), *looked_up):
        mark = "ok  " if good else "note" if good is None else "FAIL"
        well = well and good is not False
        click.echo(f"{mark}  {text}")
    return 0 if well else 1


def _packages() -> Iterator[tuple[bool | None, str]]:
    yield True, f"python {platform.python_version()}"
    for name in _PACKAGES:
        try:
            yield True, f"{name} {version(name)}"
        except PackageNotFoundError:
            yield False, f"{name} is missing: pip install session-harness"
    if find_spec("altair") and find_spec("vl_convert"):
        yield True, "charts: altair and vl-convert are here"
    else:
        yield None, "charts: pip install 'session-harness[charts]' draws curves and heat-maps"


def _tokenizer() -> Iterator[tuple[bool | None, str]]:
    from harness.sessions.tokens import TokenCounter

    counter = TokenCounter()
    try:
        tokens = counter.count_text("Where does forgetting begin?")
    except HarnessError as error:
        yield False, f"tokenizer {counter.encoding}: {error}"
    else:
        yield True, f"tokenizer {counter.encoding} counts offline ({tokens} tokens in a test)"


def _folders(out: Path) -> Iterator[tuple[bool | None, str]]:
    place = out if out.exists() else out.resolve().parent
    yield os.access(place, os.W_OK), f"{out}/ can be written"


def _keys() -> Iterator[tuple[bool | None, str]]:
    found = [name for name in _KEYS if os.environ.get(name)]
    if found:
        yield True, f"keys set: {', '.join(found)} (not tried)"
    else:
        yield None, "no provider's key is set; reference models need none"


def _models(models: tuple[str, ...]) -> Iterator[tuple[bool | None, str]]:
    from harness.models import known_limit, price

    for name in models:
        try:
            limit, cost = known_limit(name), price(name)
        except HarnessError as error:
            yield False, f"{name}: {error}"
            continue
        window = f"{limit:,} tokens" if limit else "unknown (give -w)"
        known = "known" if cost else "unknown"
        yield (True if limit and cost else None), f"{name}: window {window}, price {known}"


def _reached(
    models: tuple[str, ...], options: Mapping[str, object]
) -> Iterator[tuple[bool | None, str]]:
    """Whether the key is there, the address answers and the name is one that it has."""
    from harness.cli.looks import looks_at

    for found in looks_at(models, options):
        if found.fault is not None:
            yield False, found.fault
        elif found.told is not None:
            yield "does not" not in found.told or None, f"{found.model}: {found.told}"


def _counters(
    models: tuple[str, ...], options: Mapping[str, object]
) -> Iterator[tuple[bool | None, str]]:
    """Whether the servers of models count prompts exactly before they are sent."""
    if not options:
        return
    import asyncio

    from harness.models.exact_counts import find_counter

    async def found(name: str) -> str | None:
        counter = await find_counter(name, options)
        if counter is None:
            return None
        await counter.close()
        return counter.name

    for name in models:
        known = asyncio.run(found(name))
        if known is None:
            yield (
                None,
                f"{name}: its server counts no prompt before it is sent; runs learn from usage",
            )
        else:
            yield True, f"{name}: prompts are counted exactly before they are sent ({known})"
