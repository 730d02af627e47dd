"""An argument parser that reports all unknown options together, as `InputError`."""

import argparse
import re
from collections.abc import Iterator, Sequence
from typing import NoReturn

from assay._errors import InputError, did_you_mean

__all__ = ["Parser"]

_OPTION = re.compile(r"--?[A-Za-z]")
_FAULTS = (
    (r"the following arguments are required: (.*)", "{0} is missing."),
    (r"argument (\S+): expected (?:one|at least one) argument", "{0} needs a value."),
    (r"argument (\S+): ignored explicit argument '.*'", "{0} takes no value."),
)


class Parser(argparse.ArgumentParser):
    """Parses the arguments of one command.

    Args:
        prog: words that start the command, such as "assay train".
        summary: one line in the imperative, without a full stop.
        example: command lines to paste, shown at the end of the help.
    """

    def __init__(self, prog: str, summary: str, example: str) -> None:
        self.example = example
        lines = "".join(f"  {line}\n" for line in example.splitlines())
        super().__init__(
            prog=prog,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=f"example:\n{lines}",
            formatter_class=_Form,
            allow_abbrev=False,
            add_help=False,
        )
        self.add_argument("-h", "--help", action="help", help="show this help and exit")

    def shorten_usage(self) -> None:
        """Omit the options from the usage line, since they are listed below it."""
        words = []
        for action in self._get_positional_actions():
            name = str(action.metavar)
            words.append(
                {"?": f"[{name}]", "+": f"{name} ..."}.get(str(action.nargs), name)
            )
        self.usage = " ".join([self.prog, *words, "[OPTIONS]"])

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """Return the parsed arguments.

        Raises:
            InputError: an argument is unknown, missing or superfluous; the message
                suggests similar ones.
        """
        unknown = list(self._unknown(words))
        if unknown:
            raise InputError(unknown)
        arguments, extra = self.parse_known_args(words)
        if extra:
            raise InputError(
                [f"unexpected argument {word!r}. {self._hint()}" for word in extra]
            )
        return arguments

    def _unknown(self, words: Sequence[str]) -> Iterator[str]:
        """Yield a message for each unknown option, since argparse reports only one."""
        known = self._option_string_actions
        for word in words:
            if word == "--":
                return
            name = word.partition("=")[0]
            short = not word.startswith("--") and word[:2] in known
            if _OPTION.match(word) and name not in known and not short:
                near = did_you_mean(name, [k for k in known if k.startswith("--")])
                yield f"unknown option {name}.{near or ' ' + self._hint()}"

    def _hint(self) -> str:
        return f"`{self.prog} --help` lists all options."

    def error(self, message: str) -> NoReturn:
        """Raise an InputError with a reworded message of argparse."""
        for pattern, form in _FAULTS:
            match = re.fullmatch(pattern, message)
            if match:
                names = match[1].replace("/", " or ")
                line = self.example.splitlines()[0]
                raise InputError(f"{form.format(names)} Write, for example: {line}")
        raise InputError(f"{message}. {self._hint()}")


class _Form(argparse.RawDescriptionHelpFormatter):
    """Keeps the line breaks of the example, and aligns the option names."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=88)
