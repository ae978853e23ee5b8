"""The command `harness`: one file a verb, loaded when it is asked for."""

from __future__ import annotations

import os
import re
import shlex
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from keyword import iskeyword
from typing import TYPE_CHECKING, NoReturn

import click

from harness.cli.start_up import ended, starting
from harness.cli.streams import speak_plainly
from harness.core.errors import HarnessError, UsageError, first_of, nearest
from harness.core.files import FULL
from harness.core.printable import printable, shown, well_formed

if TYPE_CHECKING:
    from collections.abc import Sequence

_VERBS = {
    "init": "Write a first scenario to PATH; an existing file is never touched.",
    "doctor": "Check packages, tokenizer, prices, keys and folders; nothing is generated anywhere.",
    "validate": "Check scenario files; every problem with file:line:column.",
    "plan": "Say what a run would send and cost; nothing is sent.",
    "run": "Replay scenarios against models and windows; records go to results/.",
    "probe": "Ask models what stood in a real session, at several fills of the window.",
    "view": "Show runs in the browser, live from their folders; Ctrl-C ends it.",
    "report": "Report on one run or several; `latest` is the newest.",
    "compare": "Compare runs, or the models of one run, on the same sessions.",
    "advise": "Say at which length to compact: the threshold that keeps most of what was said.",
    "baseline": "Keep runs as baselines, and look at them.",
    "check": "Check RUN against a baseline: pass, fail, or not to be told.",
    "judge": "Grade the replies of RUN to facts with 'score: judge', after planted answers.",
    "score": "Grade the replies of RUN again, by its scenarios as they are now.",
    "compaction": (
        "Render sessions for other programs, and score what their compactions kept of them."
    ),
    "show": "Show one record of RUN; the start of its KEY is enough.",
    "export": "Export the records of RUN in the form of another program.",
    "ls": "List runs: name, models, windows, records.",
    "cache": "Answers that were paid for and are kept over runs: see, prune, find.",
    "import": "Import conversations; FORMAT is guessed unless it is given.",
    "calibrate": (
        "Say truth beside estimate for reference models with known forgetting; nothing leaves here."
    ),
    "reread": (
        "Say where forgetting begins in a TABLE that others have published: a CSV, JSON "
        "or JSONL file."
    ),
}
"""In the order in which a newcomer needs them; what each does, as the first sentence of its help.
So `harness --help` imports none of them."""

_LONG_WORD = re.compile(r"(\S{200})\S{200,}")
"""Longer than anything that a user wrote: a field of a damaged file, quoted whole."""

_INTERRUPTED = 2
_INTERNAL = 3
_USAGE = 4
_INCOMPLETE = 6


class _Verbs(click.Group):
    """Finds a verb in the file of its name; the others are never imported."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in _VERBS:
            return None
        file = f"{name}_" if iskeyword(name) else name
        command = import_module(f"harness.cli.{file}").command
        assert isinstance(command, click.Command)  # noqa: S101 -- a file of ours, not an input
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        limit = formatter.width - 6 - max(map(len, _VERBS))
        known = (click.Command(name, help=told) for name, told in _VERBS.items())
        with formatter.section("Commands"):
            formatter.write_dl([(str(verb.name), verb.get_short_help_str(limit)) for verb in known])

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _VERBS and not args[0].startswith("-"):
            raise click.UsageError(f"unknown command '{args[0]}': {nearest(args[0], _VERBS)}")
        return super().resolve_command(context, args)


@click.group(
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="session-harness", prog_name="harness")
@click.option(
    "--trust-env",
    is_flag=True,
    envvar="HARNESS_TRUST_ENV",
    help="Take all of this folder's .env: addresses, proxies and plugs too, not only keys and plain"
    " settings.",
)
def harness(*, trust_env: bool) -> None:
    """Where does a chat model begin to forget as a session approaches its context window?

    Scenario files script sessions with facts planted at different positions; a run replays them
    against models and windows; the report shows where forgetting begins, and why.

    \b
    First steps, without a key or a network:
      harness init
      harness run -m 'reference/perfect,reference/fading?onset=0.6' -w 8k

    Exit codes: 0 passed, 1 a gate failed, 2 interrupted, 3 internal error, 4 usage or a bad file,
    5 nothing selected, 6 incomplete. Options can be set as HARNESS_... in the environment or .env.
    """  # noqa: D301 -- click reads the control character
    del trust_env  # was looked at before, since .env decides what other options are


def main() -> NoReturn:
    """Run the command and leave with its exit code; no traceback for what a user did."""
    starting()
    try:
        speak_plainly()
        arguments = sys.argv[1:]
        _check_arguments(arguments)
        if os.path.exists(".env"):  # noqa: PTH110 -- pathlib costs start-up time that few calls need
            from harness.cli.env_file import load_env_file

            load_env_file(arguments)
        code = harness.main(arguments, standalone_mode=False)
        sys.stdout.flush()  # here, where a full disk or a closed pipe can still be told
    except HarnessError as error:
        _leave(str(error), error.exit_code)
    except click.exceptions.Abort:
        _leave("interrupted", _INTERRUPTED)
    except click.ClickException as error:
        hint = ""
        if isinstance(error, click.UsageError) and error.ctx is not None:
            hint = f"\nTry '{error.ctx.command_path} --help'."
        _leave(f"{error.format_message()}{hint}", _USAGE)
    except BrokenPipeError:
        _drop_output()  # whoever read it has seen enough
        sys.exit(0)
    except KeyboardInterrupt:
        _leave("interrupted", _INTERRUPTED)
    except (OSError, BaseExceptionGroup) as error:
        _leave_for(first_of(error) if isinstance(error, BaseExceptionGroup) else error)
    except Exception as error:  # noqa: BLE001 -- the last resort: a crash must not read as a failed gate
        _leave_for(error)
    finally:
        ended()
    sys.exit(code if isinstance(code, int) else 0)


def _leave_for(error: BaseException) -> NoReturn:
    """Leave for what nobody has put into words before."""
    if isinstance(error, HarnessError):
        _leave(str(error), error.exit_code)
    if isinstance(error, KeyboardInterrupt):
        _leave("interrupted", _INTERRUPTED)
    if isinstance(error, OSError):
        where = error.filename or "standard output"
        if error.errno not in FULL:
            _leave(f"{where}: {error.strerror or error}", _USAGE)
        _drop_output()
        again = f"make room, then go on with: {_command(sys.argv[1:])}"
        _leave(f"{where}: {error.strerror}; what stood there still stands; {again}", _INCOMPLETE)
    traceback.print_exception(error)
    _leave(f"internal error, please report it: {type(error).__name__}: {error}", _INTERNAL)


def _command(arguments: Sequence[str]) -> str:
    """The command as it was given, without what `-M` may hold."""
    return shlex.join(["harness", *_told(arguments)])


def _told(arguments: Sequence[str]) -> list[str]:
    """The arguments, without what `-M` may hold."""
    told = []
    for before, text in zip(["", *arguments], arguments, strict=False):
        option = text if before == "-M" else text.removeprefix("-M") if text[:2] == "-M" else ""
        name, equals, _ = option.partition("=")
        told.append(f"{text[: text.index(name)]}{name}=..." if equals else text)
    return told


def _drop_output() -> None:
    """Write what is still to be printed nowhere; Python would complain once more at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _check_arguments(arguments: Sequence[str]) -> None:
    """Refuse what is no text: bytes of another encoding come as half a pair of surrogates.

    Raises:
        UsageError: An argument or a setting of the environment is not UTF-8.
    """
    settings = [(name, value) for name, value in os.environ.items() if name[:8] == "HARNESS_"]
    numbered = [f"argument {n}" for n in range(1, len(arguments) + 1)]
    given = [*zip(numbered, arguments, _told(arguments), strict=True)]
    given += [(name, value, value) for name, value in settings]
    for what, text, told in given:
        if not text.isascii() and well_formed(text) != text:
            raise UsageError(
                f"{what} ('{shown(told)}') is not UTF-8: write it in UTF-8, or rename the file"
            )


def _leave(message: str, code: int) -> NoReturn:
    told = _LONG_WORD.sub(r"\1…", printable(message))
    click.echo(f"harness: {told}", err=True)
    sys.exit(code)
