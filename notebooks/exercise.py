"""Checks the learner's answers to the exercises in the notebooks."""

from typing import Any

import numpy as np

__all__ = ["MISSING", "RIGHT", "WRONG", "check"]

MISSING = "No answer yet. Replace the dots in the cell above, and run both cells again."
RIGHT = "Right."
WRONG = "Not yet."


def check(answer: Any, right: Any, hint: str, *, within: float = 0.01) -> None:
    """Print whether an answer is right, and a hint if it is not.

    Args:
        answer: the learner's answer; `...` if there is none yet.
        right: the right answer: a number, a list of numbers, a word or a Boolean.
        hint: advice for a wrong answer.
        within: maximum relative error of a number that still counts as right.

    Example:
        >>> check(..., 12, "Multiply first.")
        No answer yet. Replace the dots in the cell above, and run both cells again.
        >>> check(12, 12, "Multiply first.")
        Right.
        >>> check(15, 12, "Multiply first.")
        Not yet. Multiply first.
    """
    if answer is ...:
        print(MISSING)
    else:
        print(RIGHT if _agree(answer, right, within) else f"{WRONG} {hint}")


def _agree(answer: Any, right: Any, within: float) -> bool:
    if isinstance(right, str | bool):
        return str(answer).strip().lower() == str(right).lower()
    expected = np.asarray(right, float)
    try:
        given = np.asarray(answer, float)
    except (TypeError, ValueError):  # such as a word
        return False
    return given.shape == expected.shape and np.allclose(
        given, expected, rtol=within, atol=1e-9
    )
