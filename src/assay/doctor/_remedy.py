"""A remedy: a change to the settings that may correct a problem in training."""

from collections.abc import Callable
from dataclasses import dataclass

from assay.doctor._patient import Patient

__all__ = ["REMEDIES", "Remedy", "remedy"]

Apply = Callable[[Patient], Patient | None]


@dataclass(frozen=True)
class Remedy:
    """A remedy in the doctor's list.

    Args:
        name: name in snake_case.
        title: instruction that describes the change.
        apply: function that returns the changed patient, or None if there is nothing
            to change.
        reference: further reading.
    """

    name: str
    title: str
    apply: Apply
    reference: str

    def then(self, other: "Remedy") -> "Remedy":
        """Return a remedy that applies this one, then the other."""

        def both(patient: Patient) -> Patient | None:
            changed = self.apply(patient)
            return None if changed is None else other.apply(changed)

        return Remedy(
            f"{self.name} + {other.name}",
            f"{self.title} {other.title}",
            both,
            f"{self.reference}; {other.reference}",
        )


REMEDIES: dict[str, Remedy] = {}
"""All remedies by name."""


def remedy(title: str, *, reference: str) -> Callable[[Apply], Apply]:
    """Register a function as a remedy with the same name."""

    def register(apply: Apply) -> Apply:
        REMEDIES[apply.__name__] = Remedy(apply.__name__, title, apply, reference)
        return apply

    return register
