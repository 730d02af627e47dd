"""From the words of a command line to its result and exit code."""

import atexit
import gc
import io
import os
import sys
import traceback
from collections.abc import Sequence

from assay._errors import AssayError, InputError, Interrupted, did_you_mean
from assay.cli.arguments._command import Command
from assay.cli.commands._registry import COMMANDS

__all__ = ["main"]

_INTERRUPTED = Interrupted.exit_code


def main(words: Sequence[str] | None = None) -> int:
    """Run a command; print its result on standard output, all else on standard error.

    Args:
        words: what follows `assay`; by default the words of this process.

    Returns:
        0 done, 1 failed, 2 the user's input is wrong, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may lack our letters
            stream.reconfigure(errors="replace")
    words = list(sys.argv[1:] if words is None else words)
    atexit.register(gc.freeze)  # else the end looks through the engine, for a second
    try:
        return _run(words)
    except BrokenPipeError:
        # the reader has seen enough; what is still buffered must go nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _fail("interrupted", _INTERRUPTED)
    except AssayError as error:
        return _fail(str(error), error.exit_code)
    except Exception as error:
        return _fail(_unexpected(error), 1)


def _run(words: list[str]) -> int:
    command, rest = _command(words)
    if command is None:
        return _about(words)
    try:
        arguments = command.parser().parse(rest)
    except SystemExit:  # the help was printed
        sys.stdout.flush()
        return 0
    answer = command.run(arguments)
    if arguments.json:
        from assay.records import to_canonical_json

        print(to_canonical_json(answer.data, indent=2))
    elif answer.text:
        print(answer.text.removesuffix("\n"))
    sys.stdout.flush()
    return 0


def _command(words: list[str]) -> tuple[Command | None, list[str]]:
    """Return the command that is asked for, if any, and the words after its name."""
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
            f"unknown option {words[0]}.{near} Options of a command follow its name."
        )
    print(_help(), end="", file=sys.stderr)
    return InputError.exit_code


def _help() -> str:
    width = max(map(len, COMMANDS)) + 2
    commands = "".join(f"  {c.name:<{width}}{c.summary}\n" for c in COMMANDS.values())
    return (
        "usage: assay COMMAND ...\n\n"
        "Trains supervised neural networks by the book, says what they are worth.\n\n"
        f"commands:\n{commands}\n"
        "options:\n"
        f"  {'--help':<{width + 2}}show this, or after a command what it takes\n"
        f"  {'--version':<{width + 2}}show the version\n\n"
        "exit codes: 0 done, 1 failed, 2 the input is wrong, 130 interrupted\n\n"
        "example:\n  assay train digits\n"
    )


def _unexpected(error: Exception) -> str:
    if os.environ.get("ASSAY_DEBUG") == "1":
        traceback.print_exc()
    if isinstance(error, OSError):
        return f"the system says: {error}"
    if isinstance(error, MemoryError):
        return "there is not enough memory. Take fewer rows, or a smaller batch size."
    return (
        f"internal error, a fault of Assay: {type(error).__name__}: {error}\n"
        "ASSAY_DEBUG=1 before the command shows where."
    )


def _fail(message: str, exit_code: int) -> int:
    """Tell what is wrong, one line a fault."""
    for line in message.splitlines():
        print(f"assay: {line}", file=sys.stderr)
    return exit_code
