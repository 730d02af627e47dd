"""The properties of the data that determine the defaults."""

from dataclasses import dataclass

from assay.data import Preparation

__all__ = ["DataProfile"]


@dataclass(frozen=True)
class DataProfile:
    """The size and form of the data.

    Args:
        num_train: number of training examples.
        num_inputs: number of inputs per prepared example.
        task: "binary", "multiclass" or "regression".
        kind: kind of input: "table", "image", "sequence" or "text".
        input_shape: shape of a prepared example.
        num_codes: vocabulary size for texts.
        embedded: (position, number of codes) of each embedded column.
        numbers: positions of number and date columns among the inputs that are not
            embedded.
        streamed: whether the rows are streamed instead of kept in memory.
    """

    num_train: int
    num_inputs: int
    task: str
    kind: str = "table"
    input_shape: tuple[int, ...] = ()
    num_codes: int | None = None
    embedded: tuple[tuple[int, int], ...] = ()
    numbers: tuple[int, ...] = ()
    streamed: bool = False

    @classmethod
    def of(
        cls, preparation: Preparation, num_train: int, *, streamed: bool
    ) -> "DataProfile":
        """Return the profile of prepared data."""
        return cls(
            num_train,
            preparation.num_features,
            preparation.task.kind,
            kind=preparation.kind,
            input_shape=preparation.input_shape,
            num_codes=preparation.num_codes,
            embedded=preparation.embedded,
            numbers=_numbers(preparation),
            streamed=streamed,
        )


def _numbers(preparation: Preparation) -> tuple[int, ...]:
    """Return positions of number and date columns among inputs without embeddings."""
    if preparation.kind != "table":
        return ()
    kinds = [feature.kind for feature in preparation.features]
    kept = [kind for kind in kinds if kind != "code"]
    return tuple(p for p, kind in enumerate(kept) if kind in ("number", "date"))
