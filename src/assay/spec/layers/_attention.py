"""Attention over the steps of a sequence, and embeddings of their positions."""

from typing import ClassVar, Literal

from assay.spec._fields import Count
from assay.spec.layers._layer import Layer

__all__ = ["PositionEmbedding", "SelfAttention"]


class SelfAttention(Layer):
    """Multi-head self-attention, in which each step attends to all steps.

    Use it for sequences in which distant steps depend on each other. Place it in a
    `Residual`, after a normalization layer. Add `PositionEmbedding` before the first
    `Residual`, because attention ignores the order of the steps. Sequences may differ
    in length.

    Args:
        heads: number of heads, each with its own weights.
        head_units: d, size of the queries, keys and values of a head; None for the
            number of channels divided by the number of heads.
        causal: whether a step attends only to itself and earlier steps.
        bias: whether to add a learned bias to queries, keys, values and outputs.

    Example:
        >>> from assay.spec import LayerNorm, Residual
        >>> Residual([LayerNorm(), SelfAttention(4)]).layers[1].causal
        False

    References:
        Vaswani et al., 2017, "Attention is all you need".
    """

    kind: ClassVar[str] = "self_attention"
    formula: ClassVar[str] = (
        "y = [softmax(q_h k_hᵀ/√d) v_h for each head h] W + b, [q, k, v] = x V + c"
    )
    heads: Count
    head_units: Count | None = None
    causal: bool = False
    bias: bool = True


class PositionEmbedding(Layer):
    """Adds a vector that depends on the position of each step.

    Use it before `SelfAttention`.

    Args:
        encoding: "sinusoidal" for fixed sines and cosines of the position t, where even
            channels 2i contain sin(t/10000^(2i/channels)) and odd channels contain the
            cosines of the same angles; "learned" for a learned value per step and
            channel.

    Example:
        >>> PositionEmbedding("learned")
        PositionEmbedding(encoding='learned')

    References:
        Vaswani et al., 2017, "Attention is all you need", section 3.5.
    """

    kind: ClassVar[str] = "position_embedding"
    formula: ClassVar[str] = "y[t, c] = x[t, c] + P[t, c]"
    encoding: Literal["sinusoidal", "learned"] = "sinusoidal"
