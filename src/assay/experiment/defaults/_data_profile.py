"""What the defaults depend on: the size and form of the data."""

from dataclasses import dataclass

from assay.data import Preparation

__all__ = ["DataProfile"]


@dataclass(frozen=True)
class DataProfile:
    """The size and form of the data.

    Args:
        num_train: number of training examples.
        num_inputs: length of a prepared example, in numbers.
        task: "binary", "multiclass" or "regression".
        kind: of the inputs: "table", "image", "sequence" or "text".
        input_shape: of an example.
        num_codes: size of the vocabulary of a text.
        embedded: (position, number of codes) of each column that is embedded.
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
        """Return the profile of prepared data."""
        return cls(
            num_train,
            preparation.num_features,
            preparation.task.kind,
            kind=preparation.kind,
            input_shape=preparation.input_shape,
            num_codes=preparation.num_codes,
            embedded=preparation.embedded,
        )
