"""An argument parser that reports all invalid options in one `InputError`."""

import argparse
import os
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from assay._errors import InputError, did_you_mean
from assay._other_names import OTHER_NAMES

__all__ = ["Parser"]

# Word processors replace -- with a dash.
_OPTION = re.compile(r"(--?|[–—])[A-Za-z]")
_MOST_SPACES = 8  # on either side of a word in a path; limits the search time
_FAULTS = (
    (r"the following arguments are required: (.*)", "{0} is missing."),
    (r"argument (\S+): expected (?:one|at least one) argument", "{0} needs a value."),
    (r"argument (\S+): ignored explicit argument '.*'", "{0} does not take a value."),
)


class Parser(argparse.ArgumentParser):
    """Parses the arguments of a command.

    Args:
        prog: name of the program, such as "assay train".
        summary: one line in the imperative mood, without a final period.
        example: command lines shown at the end of the help.
    """

    def __init__(self, prog: str, summary: str, example: str) -> None:
        self.example = example
        # Paths of the fields that have no option of their own, by name.
        self.nested: dict[str, str] = {}
        # Options that were used, with their values, by field.
        self.given: dict[str, list[str]] = {}
        lines = "".join(f"  {line}\n" for line in example.splitlines())
        super().__init__(
            prog=prog,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=f"example:\n{lines}",
            formatter_class=_Form,
            allow_abbrev=False,
            add_help=False,
        )
        for action in (None, "store"):  # argparse keeps only the last value
            self.register("action", action, _StoreOnce)
        self.add_argument("-h", "--help", action="help", help="show this help and exit")

    def shorten_usage(self) -> None:
        """Replace the options in the usage line with [OPTIONS]; the help lists them."""
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
            InputError: an argument is unknown, missing, unexpected or repeated; the
                message suggests similar names.
        """
        unknown = list(self._unknown(words))
        if unknown:
            raise InputError(unknown)
        self.given.clear()
        arguments, extra = self.parse_known_args(words)
        faults = [
            # Text in backticks is not rewritten as an option.
            f"unexpected argument `{word}`. {self._why_extra(word, words)}"
            if "=" in word
            else f"unexpected argument {word!r}. {self._why_extra(word, words)}"
            for word in extra
        ]
        faults += [
            f"Only one of these options can be used: {', '.join(given)}. Remove the "
            "others."
            for given in self.given.values()
            if len(given) > 1
        ]
        if faults:
            raise InputError(faults)
        return arguments

    def _unknown(self, words: Sequence[str]) -> Iterator[str]:
        """Yield a message for each unknown option; argparse reports only the first."""
        known = self._option_string_actions
        for word in words:
            if word == "--":
                return
            name = word.partition("=")[0]
            short = not word.startswith("--") and word[:2] in known
            if _OPTION.match(word) and name not in known and not short:
                # Compare names without the leading dashes, which are the same in all
                # options.
                names = [k.removeprefix("--") for k in known if k.startswith("--")]
                near = did_you_mean(name.lstrip("-–—"), names).replace(" '", " '--")
                near = self._as_setting(name) or near
                if Path(word).exists():
                    near = f" To pass the file, write {shlex.quote(f'./{word}')}."
                yield f"unknown option {name}.{near or ' ' + self._hint()}"

    def _as_setting(self, name: str) -> str:
        """Return advice on how to set a nested field, such as the learning rate."""
        field = name.lstrip("-").replace("-", "_")
        names = [n for n in (field, *OTHER_NAMES.get(field, ())) if n in self.nested]
        return f" Write --set {self.nested[names[0]]}=VALUE." if names else ""

    def _why_extra(self, word: str, words: Sequence[str]) -> str:
        """Return advice on passing a word that belongs to no option."""
        name, equals, value = word.partition("=")
        if path := _path_with_spaces(word, words):
            return f"If the path contains spaces, write {shlex.quote(path)}."
        if equals and f"--{name}" in self._option_string_actions:
            return f"Write --{name} {shlex.quote(value)}."
        before = [option for option in words[: words.index(word)] if option[0] == "-"]
        action = self._option_string_actions.get(before[-1]) if before else None
        if isinstance(action, argparse._AppendAction):
            return f"Repeat the option: {before[-1]} {shlex.quote(word)}."
        return self._hint()

    def _hint(self) -> str:
        return f"`{self.prog} --help` lists all options."

    def error(self, message: str) -> NoReturn:
        """Raise an InputError with a clearer version of an argparse message."""
        for pattern, form in _FAULTS:
            match = re.fullmatch(pattern, message)
            if match:
                names = match[1].replace("/", " or ")
                line = self.example.splitlines()[0]
                raise InputError(f"{form.format(names)} For example: {line}")
        raise InputError(f"{message}. {self._hint()}")


def _path_with_spaces(word: str, words: Sequence[str]) -> str | None:
    """Return the existing path formed by a word and its neighbors, if there is one."""
    place = words.index(word)
    joined = (
        " ".join(words[start:stop])
        for start in range(max(place - _MOST_SPACES, 0), place + 1)
        for stop in range(place + _MOST_SPACES + 1, place, -1)
        if start + 1 < stop <= len(words)
    )
    return next(filter(os.path.exists, joined), None)


class _StoreOnce(argparse.Action):
    """Stores a value and records the option, so that repeated options are reported."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Store the value of an option or of a positional argument."""
        setattr(namespace, self.dest, values)
        if option_string is not None and isinstance(parser, Parser):
            given = f"{option_string} {shlex.quote(str(values))}"
            parser.given.setdefault(self.dest, []).append(given)


class _Form(argparse.RawDescriptionHelpFormatter):
    """Preserves line breaks in examples and leaves room for long options."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=88)
