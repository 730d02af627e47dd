"""Embeddings of codes, numbers and positions in Flax NNX."""

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source._layer_parts import (
    embedded_columns,
    embedding,
    periodic,
    position_embedding,
)
from assay.exporting.source.flax._registry import translates

__all__: list[str] = []


@translates(spec.Embedding)
def _embedding(code: Code, trained: TrainedLayer) -> None:
    embedding(code, trained, _add_table)


@translates(spec.EmbedColumns)
def _embed_columns(code: Code, trained: TrainedLayer) -> None:
    numbers = f"x[:, np.array({list(trained.layer.numbers)}, int)]"
    columns = [numbers, *embedded_columns(code, trained, _add_table)]
    code.run("columns = [", *(f"    {column}," for column in columns), "]")
    code.run("x = jnp.concatenate(columns, axis=1)")


def _add_table(code: Code, name: str, table: np.ndarray) -> str:
    size, units = table.shape
    expression = f"nnx.Embed({size}, {units}, rngs=rngs)"
    return code.layer(name, expression, {"embedding": table})


@translates(spec.PeriodicEmbedding)
def _periodic_embedding(code: Code, trained: TrainedLayer) -> None:
    name, positions = periodic(code, trained), list(trained.layer.positions)
    code.run(f"x = jnp.concatenate([x, {name}(x[:, np.array({positions})])], axis=1)")


@translates(spec.PositionEmbedding)
def _position_embedding(code: Code, trained: TrainedLayer) -> None:
    position_embedding(code, trained, fixed="{}")
