"""Sorts the symptoms of a fit by likely cause."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assay.doctor._evidence import Evidence
from assay.doctor._members import ORDER
from assay.doctor._symptom import SYMPTOMS, Seen, Symptom
from assay.records import Finding

__all__ = ["Diagnosis", "diagnose"]

_MOST_FINDINGS = 3


@dataclass(frozen=True)
class Diagnosis:
    """A symptom observed in a fit, with other symptoms that it may have caused.

    Args:
        symptom: the observed symptom.
        seen: the message and numbers that describe the observation.
        consequences: codes of other observed symptoms that this one may cause.
    """

    symptom: Symptom
    seen: Seen
    consequences: tuple[str, ...] = ()

    @property
    def serious(self) -> bool:
        """Whether this is a problem, rather than advice or information."""
        return self.seen.serious

    @property
    def finding(self) -> Finding:
        """The diagnosis in the form of a finding."""
        message = self.seen.message
        if self.consequences:
            titles = [SYMPTOMS[code].title.lower() for code in self.consequences]
            message += f" This may also explain: {', '.join(titles)}."
        numbers = {**self.seen.numbers, "consequences": list(self.consequences)}
        return Finding(self.symptom.code, self.seen.severity, message, numbers=numbers)


def diagnose(evidence: Evidence) -> list[Diagnosis]:
    """Return the diagnoses of a fit, most likely cause first.

    A symptom that may be caused by another one is listed together with that cause. At
    most 3 causes are returned, and none for a healthy fit.
    """
    causes = [*_causes(evidence)]
    if any(cause.serious for cause in causes):
        causes = [cause for cause in causes if cause.seen.severity != "info"]
    return causes[:_MOST_FINDINGS]


def _with_place(found: Seen, evidence: Evidence) -> Seen:
    """Add the place where the cost first became NaN or infinite, if it did."""
    if evidence.diverged_at is None:
        return found
    at = evidence.diverged_at
    where = f" The cost became NaN or infinite at iteration {at}"
    layer = evidence.first_not_finite
    where += f", and {layer!r} is the first layer with such values." if layer else "."
    numbers = {**found.numbers, "diverged_at": evidence.diverged_at, "layer": layer}
    return replace(found, message=found.message + where, numbers=numbers)


def _causes(evidence: Evidence) -> Iterator[Diagnosis]:
    seen = {
        code: found
        for code in ORDER
        if (found := SYMPTOMS[code].find(evidence)) is not None
    }
    explained: set[str] = set()
    for code, found in seen.items():
        if code in explained:
            continue
        causes = SYMPTOMS[code].causes if found.severity != "advice" else ()
        rest = tuple(c for c in seen if c in causes and c not in explained)
        first = found if explained else _with_place(found, evidence)
        yield Diagnosis(SYMPTOMS[code], first, rest)
        explained |= {code, *rest}
