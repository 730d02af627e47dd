"""What the defaults depend on."""

from dataclasses import dataclass

from assay.data import Preparation

__all__ = ["DataProfile"]


@dataclass(frozen=True)
class DataProfile:
    """What is known of the data when the defaults are chosen.

    Args:
        num_train: number of training examples.
        num_inputs: numbers an example has, once prepared.
        task: "binary", "multiclass" or "regression".
        kind: of the inputs: "table", "image", "sequence" or "text".
        input_shape: of an example.
        num_codes: of words, for text.
        embedded: (position, number of codes) of columns that hold codes.
    """

    num_train: int
    num_inputs: int
    task: str
    kind: str = "table"
    input_shape: tuple[int, ...] = ()
    num_codes: int | None = None
    embedded: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, preparation: Preparation, num_train: int) -> "DataProfile":
        """Return the facts of prepared data."""
        return cls(
            num_train,
            preparation.num_features,
            preparation.task.kind,
            kind=preparation.kind,
            input_shape=preparation.input_shape,
            num_codes=preparation.num_codes,
            embedded=preparation.embedded,
        )
