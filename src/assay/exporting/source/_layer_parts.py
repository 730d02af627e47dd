"""Layer code that differs between libraries in only one expression."""

from collections.abc import Callable, Mapping

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting._windows import rows_beyond
from assay.exporting.source._code import Code
from assay.exporting.source._lengths import window_lengths

__all__ = [
    "AddTable",
    "average_pool",
    "elementwise",
    "embedded_columns",
    "embedding",
    "periodic",
    "position_embedding",
]

AddTable = Callable[[Code, str, np.ndarray], str]
"""A function that adds a named table and returns an expression for it."""


def elementwise(
    code: Code, trained: TrainedLayer, expressions: Mapping[type[spec.Layer], str]
) -> None:
    """Add an activation.

    Args:
        code: code to which the lines are added.
        trained: activation to add.
        expressions: an expression in x for each spec class; hyperparameters are named
            in braces.
    """
    numbers = {name: f"{trained.number(name):.9g}" for name in trained.values}
    declaration = spec.Layer.members[trained.layer.kind]
    expression = expressions[declaration]  # type: ignore[index]
    code.run(f"x = {expression.format(**numbers)}")


def position_embedding(code: Code, trained: TrainedLayer, fixed: str) -> None:
    """Add a position embedding.

    Args:
        code: code to which the lines are added.
        trained: layer to add.
        fixed: expression for fixed positions, with `{}` as a placeholder for the array.
    """
    steps, channels = trained.layer.input_shape
    positions = trained.optional("positions")
    if positions is None:
        code.uses("sinusoids")
        code.run("x = x + " + fixed.format(f"sinusoids({steps}, {channels})"))
        return
    code.uses("Positions")
    expression = f"Positions({steps}, {channels})"
    name = code.layer(trained.name, expression, {"positions": positions})
    code.run(f"x = {name}(x)")


def periodic(code: Code, trained: TrainedLayer) -> str:
    """Add a periodic embedding and return an expression for its cosines."""
    names = ("frequency", "phase", "mixture", "bias")
    arrays = {name: trained.array(name) for name in names}
    sizes = ", ".join(map(str, arrays["mixture"].shape))
    code.uses("Periodic")
    return code.layer(trained.name, f"Periodic({sizes})", arrays)


def embedding(code: Code, trained: TrainedLayer, add_table: AddTable) -> None:
    """Add code that looks up a table row for each code in x."""
    code.run("x = x.reshape(len(x), -1)")
    table = trained.array("kernel")
    code.run(f"x = {_rows(code, add_table(code, trained.name, table), table, of='x')}")


def embedded_columns(
    code: Code, trained: TrainedLayer, add_table: AddTable
) -> list[str]:
    """Add a table for each column of codes and return expressions for their rows."""
    expressions = []
    for position in trained.layer.positions:
        table = trained.array(f"kernel{position}")
        part = add_table(code, f"{trained.name}_{position}", table)
        expressions.append(_rows(code, part, table, of=f"x[:, {position}]"))
    return expressions


def _rows(code: Code, part: str, table: np.ndarray, *, of: str) -> str:
    """Return code that looks up rows of a table."""
    code.uses("codes")
    return f"{part}(codes({of}, {len(table)}))"


def average_pool(code: Code, trained: TrainedLayer, *helpers: str) -> None:
    """Add the code of an average-pooling layer that the target library lacks.

    Args:
        code: code to which the lines are added.
        trained: layer to add.
        *helpers: names of the functions that `average_pool` uses in addition to `fill`.
    """
    window, count_padding = trained.layer.window, trained.layer.count_padding
    code.uses("fill", *helpers, "average_pool")
    code.fill()
    padding, beyond = window.padding, rows_beyond(window)
    code.run(
        "x = average_pool(",
        f"    x, {code.lengths}, {window.size}, {window.stride}, {window.dilation},",
        f"    padding={padding}, beyond={beyond}, count_padding={count_padding},",
        ")",
    )
    window_lengths(code, window)
    code.fill()
