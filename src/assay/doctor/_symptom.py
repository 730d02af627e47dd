"""A symptom: its name, its measurement, and the condition for detecting it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from assay.doctor._evidence import Evidence

__all__ = ["SYMPTOMS", "Seen", "Symptom", "symptom"]


@dataclass(frozen=True)
class Seen:
    """The observation of a symptom in a fit.

    Args:
        message: one or two sentences about the observation, with the numbers.
        numbers: measured values and thresholds, as plain JSON values.
        severity: "warning" for a problem, "advice" for a choice that may be harmless,
            or "info".
    """

    message: str
    numbers: dict[str, Any] = field(default_factory=dict[str, Any])
    severity: str = "warning"

    @property
    def serious(self) -> bool:
        """Whether this is a problem, rather than advice or information."""
        return self.severity == "warning"


@dataclass(frozen=True)
class Symptom:
    """A symptom in the doctor's list.

    Args:
        code: name in snake_case, also used as the code of its findings.
        title: name shown to users.
        find: function that returns the observation, or None if there is no symptom.
        formula: description of the measurement.
        condition: condition for detecting it, chosen so that healthy fits rarely meet
            it.
        reference: further reading.
        causes: codes of symptoms that this one may cause; if observed, they are listed
            as its consequences.
        remedies: names of remedies, in the order in which they are tried.
    """

    code: str
    title: str
    find: Callable[[Evidence], Seen | None]
    formula: str
    condition: str
    reference: str
    causes: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()


SYMPTOMS: dict[str, Symptom] = {}
"""All symptoms by code, most likely cause first."""


def symptom(
    title: str,
    *,
    formula: str,
    condition: str,
    reference: str,
    causes: tuple[str, ...] = (),
    remedies: tuple[str, ...] = (),
) -> Callable[[Callable[[Evidence], Seen | None]], Callable[[Evidence], Seen | None]]:
    """Register a function as a symptom; the function's name becomes the code."""

    def register(
        find: Callable[[Evidence], Seen | None],
    ) -> Callable[[Evidence], Seen | None]:
        code = find.__name__
        SYMPTOMS[code] = Symptom(
            code, title, find, formula, condition, reference, causes, remedies
        )
        return find

    return register
