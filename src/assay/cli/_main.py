"""Runs a command, prints its result or errors, and returns an exit code."""

import atexit
import gc
import io
import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Sequence

from assay._errors import (
    FULL,
    AssayError,
    InputError,
    Interrupted,
    WriteError,
    did_you_mean,
)
from assay._terminal import printable, printable_json
from assay.cli._process_start import process_started
from assay.cli.arguments._command import Command
from assay.cli.commands._registry import COMMANDS

__all__ = ["main"]


def main(words: Sequence[str] | None = None) -> int:
    """Run a command.

    The result goes to standard output; messages and progress go to standard error.

    Args:
        words: arguments after `assay`; by default, the arguments of this process.

    Returns:
        The exit code: 0 success, 1 failure, 2 invalid input or a failed write, 130
        interrupted.
    """
    for name in ("stdout", "stderr"):  # a stream is None if the caller has closed it
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # some terminals cannot display “→”
            stream.reconfigure(errors="replace")
    started = process_started() if words is None else time.monotonic()
    words = list(sys.argv[1:] if words is None else words)
    # Otherwise, the final garbage collection would take a second because of JAX.
    atexit.register(gc.freeze)
    warnings.showwarning = _show_warning
    try:
        return _run(words, started)
    except BrokenPipeError:
        # The reader, such as `head`, has closed the pipe, so discard the buffered
        # output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _fail("interrupted", Interrupted.exit_code)
    except AssayError as error:
        from assay.cli.arguments._as_options import as_options

        return _fail(as_options(str(error)), error.exit_code)
    except Exception as error:
        is_full = isinstance(error, OSError) and error.errno in FULL
        return _fail(_unexpected(error), WriteError.exit_code if is_full else 1)


def _run(words: list[str], started: float) -> int:
    command, rest = _command(words)
    if command is None:
        return _about(words)
    try:
        arguments = command.parser().parse(rest)
    except SystemExit:  # argparse has printed the help
        sys.stdout.flush()
        return 0
    arguments.started = started
    answer = command.run(arguments)
    if arguments.json and answer.data is not None:
        from assay.records import to_canonical_json

        _print(to_canonical_json(answer.data, indent=2), printable_json)
    elif answer.text:
        _print(answer.text.removesuffix("\n"), printable)
    sys.stdout.flush()
    return 0


def _print(text: str, escape: Callable[[str], str]) -> None:
    """Print a result, escaping terminal control characters.

    Output to files and pipes is not escaped, because predictions are data.
    """
    print(escape(text) if sys.stdout.isatty() else text)


def _command(words: list[str]) -> tuple[Command | None, list[str]]:
    """Return the command named by the first word, if any, and the remaining words."""
    if not words or words[0].startswith("-"):
        return None, words
    name, *rest = words
    if name not in COMMANDS:
        known = ", ".join(COMMANDS)
        near = did_you_mean(name, COMMANDS)
        raise InputError(f"unknown command {name!r}.{near} Commands: {known}.")
    return COMMANDS[name], rest


def _about(words: list[str]) -> int:
    """Print the version or the list of commands."""
    if words[:1] == ["--version"]:
        from assay import __version__

        print(f"assay {__version__}", flush=True)
        return 0
    if words[:1] in (["--help"], ["-h"]):
        print(_help(), end="", flush=True)
        return 0
    if words:
        options = ["--help", "--version"]
        near = did_you_mean(words[0], options) or f" Options: {', '.join(options)}."
        raise InputError(
            f"unknown option {words[0]}.{near} Put command options after the command."
        )
    print(_help(), end="", file=sys.stderr)
    return InputError.exit_code


def _help() -> str:
    width = max(map(len, COMMANDS)) + 2
    commands = "".join(f"  {c.name:<{width}}{c.summary}\n" for c in COMMANDS.values())
    return (
        "usage: assay COMMAND ...\n\n"
        "Train supervised neural networks by the book and report how good they are.\n\n"
        f"commands:\n{commands}\n"
        "options:\n"
        f"  {'--help':<{width + 2}}show this help; after a command, show its help\n"
        f"  {'--version':<{width + 2}}show the version\n\n"
        "exit codes: 0 success, 1 failure, 2 invalid input or a failed write,\n"
        "            130 interrupted\n\n"
        "example:\n  assay train digits\n"
    )


def _unexpected(error: Exception) -> str:
    if os.environ.get("ASSAY_DEBUG") == "1":
        traceback.print_exc()
    if isinstance(error, OSError):
        if error.errno in FULL:
            where = f" while writing {error.filename}" if error.filename else ""
            return f"{error.strerror}{where}. Free some disk space and try again."
        return f"operating system error: {error}"
    if isinstance(error, MemoryError):
        return "not enough memory. Use fewer rows or a smaller batch size."
    return (
        f"internal error (a bug in Assay): {type(error).__name__}: {error}\n"
        "Set ASSAY_DEBUG=1 to show the traceback."
    )


def _fail(message: str, exit_code: int) -> int:
    """Print an error message with one line per error and return the exit code."""
    for line in message.split("\n"):
        print(f"assay: {printable(line)}", file=sys.stderr)
    return exit_code


def _show_warning(
    message: Warning | str, category: type[Warning], *place: object
) -> None:
    """Print a warning in the same format as other messages."""
    _fail(f"warning: {message}", 0)
