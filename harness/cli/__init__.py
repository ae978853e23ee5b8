"""The command `harness`: one file a verb, loaded when it is asked for."""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from keyword import iskeyword
from typing import NoReturn

import click

from harness.core.errors import HarnessError, UsageError, nearest

_VERBS = (
    "init", "doctor", "validate", "plan", "run", "report", "compare", "baseline", "check", "judge",
    "score", "show", "export", "ls", "cache", "import", "calibrate",
)  # fmt: skip
"""In the order in which a newcomer needs them."""

_INTERRUPTED = 2
_INTERNAL = 3
_USAGE = 4


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
def harness() -> None:
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


def main() -> NoReturn:
    """Run the command and leave with its exit code; no traceback for what a user did."""
    try:
        _load_env()
        code = harness.main(standalone_mode=False)
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
        # Whoever read our output has seen enough; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        _leave("interrupted", _INTERRUPTED)
    except OSError as error:
        _leave(f"{error.filename or 'a file'}: {error.strerror or error}", _USAGE)
    except Exception as error:  # noqa: BLE001 -- the last door: a crash must not read as a failed gate
        traceback.print_exc()
        _leave(f"internal error, please report it: {type(error).__name__}: {error}", _INTERNAL)
    sys.exit(code if isinstance(code, int) else 0)


def _load_env() -> None:
    """Settings of `.env` in this folder; what is set already wins."""
    if os.path.exists(".env"):  # noqa: PTH110 -- pathlib costs start-up time that few calls need
        from dotenv import load_dotenv

        try:
            load_dotenv(".env")
        except UnicodeDecodeError as error:
            raise UsageError(f".env: not UTF-8 text: {error.reason}") from None


def _leave(message: str, code: int) -> NoReturn:
    click.echo(f"harness: {message}", err=True)
    sys.exit(code)
