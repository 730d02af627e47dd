"""The exceptions Assay raises, and the form of their messages.

AssayError                  exit code 1: it could not be done
├─ InputError               exit code 2: what the user asked or gave is wrong
├─ MissingExtraError        exit code 2: an optional dependency is not installed
├─ RunError                 exit code 1: a run folder cannot be read or continued
└─ Interrupted              exit code 130: stopped by the user; records are readable
"""

import difflib
from collections.abc import Iterable, Sequence

__all__ = [
    "AssayError",
    "Faults",
    "InputError",
    "Interrupted",
    "MissingExtraError",
    "RunError",
    "did_you_mean",
    "fault",
]


class AssayError(Exception):
    """Base of every error Assay raises on purpose."""

    exit_code = 1


class InputError(AssayError):
    """Something the user asked for or gave is wrong; holds every fault found.

    Args:
        faults: one message per fault, or a single message.
    """

    exit_code = 2

    def __init__(self, faults: str | Sequence[str]) -> None:
        self.faults = (faults,) if isinstance(faults, str) else tuple(faults)
        super().__init__("\n".join(self.faults))


class MissingExtraError(AssayError):
    """An optional dependency is needed and absent.

    Args:
        extra: the name of the extra that brings it.
        purpose: what it is needed for, as in "To export to ONNX".
    """

    exit_code = 2

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose}, install the extra: pip install 'assay[{extra}]'")


class RunError(AssayError):
    """A run folder cannot be read, or cannot be continued."""


class Interrupted(AssayError):
    """The user stopped the work; what was recorded until then is readable."""

    exit_code = 130


class Faults:
    """Collects the faults of one input, so that all are told at once.

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
        """Note one fault."""
        self.messages.append(message)

    def extend(self, messages: Iterable[str]) -> None:
        """Note several faults."""
        self.messages.extend(messages)

    def raise_if_any(self) -> None:
        """Raise an InputError that tells every fault noted so far."""
        if self.messages:
            raise InputError(self.messages)


def fault(invariant: str, name: str, value: object, fix: str) -> str:
    """Word a fault: the invariant, the value as the user wrote it, a fix to paste.

    Example:
        >>> fault("num_trials >= 1", "num_trials", 0, "Write 1 or more.")
        '`num_trials >= 1` must hold, but got num_trials=0. Write 1 or more.'
    """
    return f"`{invariant}` must hold, but got {name}={value!r}. {fix}".rstrip()


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the nearest candidate, or "" if none is near.

    Example:
        >>> did_you_mean("lerning_rate", ["learning_rate", "momentum"])
        " Did you mean 'learning_rate'?"
    """
    near = difflib.get_close_matches(str(word), [str(c) for c in candidates], n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
