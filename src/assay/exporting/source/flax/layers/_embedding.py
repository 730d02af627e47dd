"""Embeddings in Flax NNX."""

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source.flax._registry import translates

__all__: list[str] = []


@translates(spec.Embedding)
def _embedding(code: Code, trained: TrainedLayer) -> None:
    code.run("x = x.reshape(len(x), -1)")
    code.run(f"x = {_rows(code, trained, 'kernel', trained.name, of='x')}")


@translates(spec.EmbedColumns)
def _embed_columns(code: Code, trained: TrainedLayer) -> None:
    layer = trained.layer
    numbers = list(layer.numbers)
    columns = [f"x[:, np.array({numbers}, int)]"]
    for position in layer.positions:
        name = f"{trained.name}_{position}"
        kernel, of = f"kernel{position}", f"x[:, {position}]"
        columns.append(_rows(code, trained, kernel, name, of=of))
    code.run("columns = [", *(f"    {column}," for column in columns), "]")
    code.run("x = jnp.concatenate(columns, axis=1)")


def _rows(code: Code, trained: TrainedLayer, kernel: str, name: str, *, of: str) -> str:
    """Return the code that looks up rows of a table."""
    table = trained.array(kernel)
    size, units = table.shape
    code.uses("codes")
    expression = f"nnx.Embed({size}, {units}, rngs=rngs)"
    part = code.layer(name, expression, {"embedding": table})
    return f"{part}(codes({of}, {size}))"


@translates(spec.PeriodicEmbedding)
def _periodic_embedding(code: Code, trained: TrainedLayer) -> None:
    names = ("frequency", "phase", "mixture", "bias")
    arrays = {name: trained.array(name) for name in names}
    sizes = ", ".join(map(str, arrays["mixture"].shape))
    code.uses("Periodic")
    name = code.layer(trained.name, f"Periodic({sizes})", arrays)
    positions = list(trained.layer.positions)
    code.run(f"x = jnp.concatenate([x, {name}(x[:, np.array({positions})])], axis=1)")
