"""Counts new sequences and texts of which only the beginning is used."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from assay.data.preparation.encoders._sequence_encoder import SequenceEncoder
from assay.data.preparation.encoders._text_encoder import TextEncoder

__all__ = ["LongerExamples"]

_WORDS = {"sequence": ("sequences", "steps"), "text": ("texts", "words")}


@dataclass(frozen=True)
class LongerExamples:
    """Counts of sequences or texts, and of those that are too long for the model.

    Args:
        kind: "sequence" or "text".
        most: number of steps or words that are used.
        num_longer: number of examples with more steps or words.
        num_examples: number of examples.
    """

    kind: str
    most: int
    num_longer: int
    num_examples: int

    @classmethod
    def of(cls, cells: pl.Series, encoder: Any) -> "LongerExamples | None":
        """Return the counts for a column; None unless it contains sequences or text."""
        if not isinstance(encoder, SequenceEncoder | TextEncoder):
            return None
        num_longer = encoder.num_longer(cells)
        return cls(encoder.kind, encoder.steps, num_longer, len(cells))

    def __add__(self, other: "LongerExamples") -> "LongerExamples":
        """Return the sum of the counts in two blocks of rows."""
        return LongerExamples(
            self.kind,
            self.most,
            self.num_longer + other.num_longer,
            self.num_examples + other.num_examples,
        )

    def __str__(self) -> str:
        examples, units = _WORDS[self.kind]
        steps = f"{self.most} {units}"
        verb = "is" if self.num_longer == 1 else "are"
        return (
            f"{self.num_longer} of {self.num_examples} {examples} {verb} longer than "
            f"{steps}. Only the first {steps} are used, because the model was not "
            f"trained on longer {examples}."
        )
