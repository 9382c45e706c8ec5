"""The table of commands, and the one place where an error becomes a sentence and a number.

A command's module is imported when the command is asked for, so that nobody waits for a server to see a version.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

import hirewire
from hirewire.cli.exit_codes import ExitCode, exit_code_of
from hirewire.cli.output import ReaderGone, close_standard_output, plain
from hirewire.cli.stop_with import stop_with_standard_input

COMMANDS = {
    "demo": "hirewire.cli.demo.command",
    "platform": "hirewire.cli.platform",
    "push": "hirewire.cli.push",
    "notify": "hirewire.cli.notify",
    "prospect-notes": "hirewire.cli.prospect_notes",
    "config": "hirewire.cli.config_command",
    "check": "hirewire.cli.check",
    "sync": "hirewire.cli.sync",
    "status": "hirewire.cli.status",
    "explain": "hirewire.cli.explain",
    "parked": "hirewire.cli.parked",
    "retry": "hirewire.cli.retry",
    "simulate": "hirewire.cli.simulate",
}
"""Command to the module whose ``app`` it is, in the order of the help."""

TRACEBACK_VARIABLE = "HIREWIRE_TRACEBACK"


class _Commands(TyperGroup):
    """A group that imports a command when it is needed."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command = typer.main.get_command(import_module(module).app)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Both ends of a hiring platform's protocol: the platform served here, and the connector that keeps it in sync.",
    epilog="Start with: hirewire demo",
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"hirewire {hirewire.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    stop_with_stdin: Annotated[bool, typer.Option("--stop-with-stdin", hidden=True)] = False,
) -> None:
    if stop_with_stdin:
        stop_with_standard_input()


def run(arguments: Sequence[str]) -> int:
    """Run one command line and say how it ended. No error leaves here; each becomes one sentence on standard error."""
    _open_closed_streams()
    try:
        code = _invoke(arguments)
        sys.stdout.flush()
    except (ReaderGone, BrokenPipeError):
        close_standard_output()
        return ExitCode.READER_GONE
    except TyperException as error:
        return _usage(error)
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except Exception as error:  # noqa: BLE001 - the last boundary: past it is only the interpreter's traceback
        return _failed(error)
    return _interrupted() if code == ExitCode.INTERRUPTED else code


def _open_closed_streams() -> None:
    """A stream that was closed before we began (``>&-``) is None in Python: nobody is to be told, so tell nobody."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))


def _invoke(arguments: Sequence[str]) -> int:
    result = typer.main.get_command(app).main(list(arguments), prog_name="hirewire", standalone_mode=False)
    return result if isinstance(result, int) else ExitCode.OK


def _usage(error: TyperException) -> int:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "hirewire"
    message = error.format_message()
    # A command called without arguments is answered with its help, which is its own message.
    hint = "" if message.count("\n") > 2 else f". Try: {command} --help"
    _complain(message.rstrip(".") + hint)
    return error.exit_code


def _interrupted() -> int:
    _complain("Interrupted.")
    return ExitCode.INTERRUPTED


def _failed(error: Exception) -> int:
    code = exit_code_of(error)
    if os.environ.get(TRACEBACK_VARIABLE):
        traceback.print_exception(error)
    if code is ExitCode.DEFECT:
        kind = type(error).__name__
        _complain(
            f"hirewire failed by its own fault ({kind}); please report it with what {TRACEBACK_VARIABLE}=1 shows."
        )
    else:
        _complain(_sentence(error))
    return code


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, OSError) and error.strerror:
        return f"The system says: {error.strerror}"
    return str(error) or type(error).__name__


def _complain(text: str) -> None:
    print(plain(text), file=sys.stderr)
