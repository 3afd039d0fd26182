"""The command `changeflow`: commands load only when they are called, so that --help is quick."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from typing import NoReturn

import click

from changeflow import __version__
from changeflow.cli.stopping import obey_signals
from changeflow.errors import ChangeflowError, Interrupted

_COMMANDS = {
    "models": "List the models that come along.",
    "new": "Write a commented copy of a model that comes along.",
    "check": "Is a model valid, what load does it carry, what will it do, what is assumed?",
    "run": "Simulate one configuration.",
    "compare": "Send the same requests through every configuration.",
    "size": "Find the cheapest people and hours that meet targets.",
    "study": "Run an experiment file: factors, a design, gates; resumes by itself.",
    "trace": "Write the event log of one replication.",
    "diff": "Did results drift between two folders?",
    "verify": "Make runs of a results folder again: are they the same to the last bit?",
    "schema": "Print the JSON Schema of model or study files.",
}


class _Lazy(click.Group):
    """A group that imports a command's module when the command is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"changeflow.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            from changeflow.errors import nearest

            hint = nearest(args[0], _COMMANDS)
            raise click.UsageError(f"no command '{args[0]}' ({hint})", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="Example: changeflow compare partly_open --who vendor,power_users,both",
)
@click.version_option(__version__, prog_name="changeflow")
def changeflow() -> None:
    """Who should make the changes that a system asks for after go-live?

    changeflow sends the same change requests through in-house power users and the vendor's queue and
    measures waiting, backlog, rework and money.
    """


_OBJECTS_BETWEEN_SEARCHES = 100_000
"""New objects after which Python looks for garbage: a start makes many objects and little garbage."""


def main() -> NoReturn:
    """Run the command line; never a traceback for a user's mistake."""
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # matrices are small: further threads would only wait, busily
    try:
        sys.exit(_run())
    finally:
        gc.freeze()  # what is there now goes with the process: no last search through all of it


def _run() -> int:
    """The exit code of a command."""
    obey_signals()
    try:
        code = changeflow.main(standalone_mode=False)
    except ChangeflowError as error:
        print(f"changeflow: {error}", file=sys.stderr)
        return error.exit_code
    except (Interrupted, KeyboardInterrupt, click.Abort) as stop:
        code = getattr(stop, "exit_code", 130)
        how = "stopped by SIGTERM" if code == 143 else "interrupted"
        sys.stderr.write(f"changeflow: {how}; nothing half-written was left\n")
        return int(code)
    except click.ClickException as error:
        error.show()
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        print(f"changeflow: cannot write or read{where}: {error.strerror}", file=sys.stderr)
        return 1
    return code if isinstance(code, int) else 0
