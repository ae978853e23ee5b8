"""Options that several verbs share.

Its one rule: an option says here what it is; what it means for a study is said in `study`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.places import Place

if TYPE_CHECKING:
    from collections.abc import Callable

RESULTS = click.option(
    "--out",
    type=Place(),
    metavar="DIR|URL",
    default=Path("results"),
    show_default=True,
    envvar="HARNESS_OUT",
    help="Folder that holds the runs, or a place that fsspec knows: s3://bucket/folder.",
)


def output_files(suffixes: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option `-o`, as `outputs`: files whose suffixes say what is written.

    Args:
        suffixes: Those that there are, as the help lists them.
    """
    return click.option(
        "-o",
        "--output",
        "outputs",
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False),
        help=f"A file; its suffix says what: {suffixes}.",
    )


_STUDY = (
    click.argument("paths", nargs=-1, type=click.Path(path_type=Path)),
    click.option(
        "-m",
        "--model",
        "models",
        multiple=True,
        envvar="HARNESS_MODEL",
        metavar="M[,M]",
        help="Any litellm name, reference/<law>?option=value, responses/NAME or messages/NAME.",
    ),
    click.option(
        "--name",
        "names",
        multiple=True,
        metavar="NAME=MODEL",
        help="What reports call a model; of an only model NAME is enough.",
    ),
    click.option(
        "-w",
        "--window",
        "windows",
        default="max",
        show_default=True,
        envvar="HARNESS_WINDOW",
        metavar="W[,W]",
        help="Windows in tokens: 8k, 200000, 1m, or max for the model's own.",
    ),
    click.option(
        "--policy",
        "policies",
        default="send_all",
        show_default=True,
        envvar="HARNESS_POLICY",
        metavar="P[,P]",
        help="What the application does at the ceiling: send_all, drop_oldest, keep_ends,"
        " clear_tool_results, summarise, reintroduce, refuse; or the provider in its stead:"
        " server_truncation, context_editing, provider_compaction, server_session. P|P does one"
        " after the other.",
    ),
    click.option(
        "--memory",
        "memories",
        default="none",
        show_default=True,
        envvar="HARNESS_MEMORY",
        metavar="M[,M]",
        help="What crosses a session boundary: none, transcript, full, last-k?k=4, summary,"
        " facts?budget=400, retrieval?k=3, http?url=..., mem0, langmem, lossy?write_loss=0.2.",
    ),
    click.option(
        "--replies",
        type=click.Choice(["scripted", "live"]),
        default="scripted",
        show_default=True,
        envvar="HARNESS_REPLIES",
        help="Who answers the turns of a session: the script and the filler, or the model itself.",
    ),
    click.option(
        "--seeds",
        type=int,
        default=8,
        show_default=True,
        envvar="HARNESS_SEEDS",
        help="Sessions of each scenario; each says other values in other places.",
    ),
    click.option(
        "--first-seed",
        type=int,
        default=0,
        show_default=True,
        envvar="HARNESS_FIRST_SEED",
        help="The lowest seed: so a large study can be split into several runs.",
    ),
    click.option(
        "--repeats",
        type=int,
        default=1,
        show_default=True,
        envvar="HARNESS_REPEATS",
        help="Times that each question is asked.",
    ),
    click.option(
        "--fills",
        envvar="HARNESS_FILLS",
        metavar="N|F[,F]",
        help="A number of strata, or exact fills such as 0.1,0.5,0.9 (1: as full as leaves room"
        " to answer; above 1: past the ceiling).",
    ),
    click.option(
        "--facts",
        envvar="HARNESS_FACTS",
        metavar="F[,F]",
        help="Ask about these facts or questions only; sessions say all of them anyway.",
    ),
    click.option(
        "--positions",
        envvar="HARNESS_POSITIONS",
        metavar="P[,P]",
        help="Where facts stand: 0 = first token of the session, 1 = last.",
    ),
    click.option(
        "--filler",
        envvar="HARNESS_FILLER",
        metavar="NAME|FILE",
        help="Turns between the facts: workday, or a JSON Lines file of your own chats.",
    ),
    click.option(
        "--controls/--no-controls",
        default=True,
        show_default=True,
        envvar="HARNESS_CONTROLS",
        help="Ask without session, without filler, and without the fact, too.",
    ),
    click.option(
        "--system-prompt",
        type=click.Path(path_type=Path),
        envvar="HARNESS_SYSTEM_PROMPT",
        metavar="FILE",
        help="A system prompt in place of the scenarios' own; the variant is named as the file.",
    ),
    click.option(
        "--variant",
        "variants",
        multiple=True,
        metavar="NAME=FILE",
        help="Several times: the same sessions under each prompt; NAME= is the scenarios' own.",
    ),
    click.option(
        "-M",
        "options",
        multiple=True,
        metavar="KEY=VALUE",
        help="A parameter of every call: temperature=0.2, api_base=..., max_tokens=64.",
    ),
)


def study_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments and options that a study is made of."""
    for option in reversed(_STUDY):
        function = option(function)
    return function
