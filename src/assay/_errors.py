"""The exceptions that Assay raises and the format of their messages.

AssayError                  exit code 1: the command failed
├─ InputError               exit code 2: the user's input is invalid
├─ RunError                 exit code 1: a run folder cannot be read or continued
│  └─ WriteError            exit code 2: a run folder cannot be written
└─ Interrupted              exit code 130: the user stopped the command
"""

import difflib
import errno
import json
from collections.abc import Iterable, Sequence

from assay._other_names import OTHER_NAMES

__all__ = [
    "FULL",
    "AssayError",
    "Faults",
    "InputError",
    "Interrupted",
    "RunError",
    "WriteError",
    "did_you_mean",
    "fault",
    "one_column",
    "setting",
]

FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
"""Error numbers of a write that fails because the disk or a quota is full."""


class AssayError(Exception):
    """Base class of all errors that Assay raises deliberately."""

    exit_code = 1


class InputError(AssayError):
    """The user's input is invalid.

    The message lists all errors, not just the first one.

    Args:
        faults: one message per error, or a single message.
    """

    exit_code = 2

    def __init__(self, faults: str | Sequence[str]) -> None:
        self.faults = (faults,) if isinstance(faults, str) else tuple(faults)
        super().__init__("\n".join(self.faults))


class RunError(AssayError):
    """A run folder cannot be read or continued."""


class WriteError(RunError):
    """A run folder cannot be written, for example because the disk is full."""

    exit_code = 2


class Interrupted(AssayError):
    """The user stopped the run. All records written so far remain readable."""

    exit_code = 130


class Faults:
    """Collects all errors in an input, so a single exception can list them.

    Example:
        >>> faults = Faults()
        >>> faults.add(fault("0 <= dropout < 1", "dropout", 20, "Write 0.2."))
        >>> faults.raise_if_any()
        Traceback (most recent call last):
        ...
        assay._errors.InputError: `0 <= dropout < 1` must hold, but got dropout=20. \
Write 0.2.
    """

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, message: str) -> None:
        """Add one error message."""
        self.messages.append(message)

    def extend(self, messages: Iterable[str]) -> None:
        """Add several error messages."""
        self.messages.extend(messages)

    def raise_if_any(self) -> None:
        """Raise an InputError that lists the collected messages, if any."""
        if self.messages:
            raise InputError(self.messages)


def fault(invariant: str, name: str, value: object, fix: str) -> str:
    """Return a message that states the invariant, the invalid value and a fix.

    Args:
        invariant: expression that must hold.
        name: name of the value in the user's input.
        value: value that violates the invariant.
        fix: sentence that tells the user what to change; may be empty.

    Example:
        >>> fault("num_trials >= 1", "num_trials", 0, "Write 1 or more.")
        '`num_trials >= 1` must hold, but got num_trials=0. Write 1 or more.'
    """
    return f"`{invariant}` must hold, but got {name}={value!r}. {fix}".rstrip()


def one_column(name: str, columns: Iterable[object]) -> str:
    """Return a fix for a list of columns passed where one column name is needed.

    Example:
        >>> one_column("target", ["price"])
        "Write target='price'."
        >>> one_column("series_column", ["patient", "day"])
        "Write series_column='patient', time_column='day'."
    """
    first, *others = map(str, columns)
    if name == "series_column" and len(others) == 1:
        return f"Write series_column={first!r}, time_column={others[0]!r}."
    return f"Write {'one column, such as ' if others else ''}{name}={first!r}."


def setting(path: str, value: object, kind: str) -> str:
    """Return how to set a field of a table in experiment files and in Python.

    The command line shows the equivalent option instead.

    Args:
        path: names of the table and the field, joined by a dot.
        value: a number or text.
        kind: value of `kind` in the Python table.

    Example:
        >>> setting("cost.delta", 2, "huber")
        "cost.delta = 2 (in Python, cost={'kind': 'huber', 'delta': 2})"
    """
    table, field = path.split(".")
    written = {"kind": kind, field: value}
    return f"{path} = {json.dumps(value)} (in Python, {table}={written!r})"


_CUTOFF = 0.65  # a lower cutoff would suggest "optimizer" for "time"


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return a suggestion for a misspelled word, or "" if no candidate is similar.

    Names used by other libraries are also recognized.

    Example:
        >>> did_you_mean("lerning_rate", ["learning_rate", "momentum"])
        " Did you mean 'learning_rate'?"
        >>> did_you_mean("w", ["W", "h"])
        " Did you mean 'W'?"
        >>> did_you_mean("lr", ["learning_rate", "momentum"])
        " Did you mean 'learning_rate'?"
    """
    names = [str(candidate) for candidate in candidates]
    # get_close_matches is case-sensitive, so names that differ only in case come first
    folded = {name.casefold(): name for name in reversed(names)}
    same = str(word).casefold()
    if same in folded:
        return f" Did you mean {folded[same]!r}?"
    plain = {name.replace("-", "_"): name for name in names}
    for name in OTHER_NAMES.get(same.replace("-", "_"), ()):
        if name in plain:
            return f" Did you mean {plain[name]!r}?"
    close = difflib.get_close_matches(str(word), names, n=1, cutoff=_CUTOFF)
    alike = difflib.get_close_matches(same, folded, n=1, cutoff=_CUTOFF)
    close = close or [folded[name] for name in alike]
    return f" Did you mean {close[0]!r}?" if close else ""
