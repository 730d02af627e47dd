"""Normalization layers."""

from typing import Annotated, ClassVar

from assay.spec._fields import Count, Positive
from assay.spec._range import Range
from assay.spec._space import Space
from assay.spec.layers._layer import Layer

__all__ = ["BatchNorm", "GroupNorm", "InstanceNorm", "LayerNorm", "RMSNorm"]

_STANDARDIZED = "y = scale (x - mean) / sqrt(variance + epsilon) + bias"


class BatchNorm(Layer):
    """Standardizes each feature over the batch, then scales and shifts it.

    Use it in deep networks. Normalization allows higher learning rates. Batches should
    have at least about 16 rows. At inference, the running statistics are used instead
    of the batch statistics.

    Args:
        momentum: weight of the new batch in the running statistics:
            running = (1 - momentum) running + momentum batch.
        epsilon: small number that prevents division by 0.

    References:
        Ioffe and Szegedy, 2015, "Batch normalization".
    """

    kind: ClassVar[str] = "batch_norm"
    formula: ClassVar[str] = _STANDARDIZED
    momentum: Annotated[float | Space, Range(0, 1, open_low=True, example=0.1)] = 0.1
    epsilon: Positive = 1e-5


class LayerNorm(Layer):
    """Standardizes the channels at each position, then scales and shifts them.

    Use it for recurrent networks and small batches. The result does not depend on the
    rest of the batch and is the same in training and inference.

    Args:
        epsilon: small number that prevents division by 0.
        num_axes: number of trailing axes to average over, which are also the axes of
            scale and bias. For example, 1 averages over the channels, and 3 over whole
            images.

    References:
        Ba, Kiros and Hinton, 2016, "Layer normalization".
    """

    kind: ClassVar[str] = "layer_norm"
    formula: ClassVar[str] = _STANDARDIZED
    epsilon: Positive = 1e-5
    num_axes: Count = 1


class RMSNorm(Layer):
    """Divides the channels at each position by their root mean square.

    It is common in transformers, and cheaper than `LayerNorm`, because it does not
    compute a mean.

    Args:
        epsilon: small number that prevents division by 0.
        num_axes: number of trailing axes to average over, which are also the axes of
            scale.

    Example:
        >>> RMSNorm().epsilon
        1e-06

    References:
        Zhang and Sennrich, 2019, "Root mean square layer normalization".
    """

    kind: ClassVar[str] = "rms_norm"
    formula: ClassVar[str] = "y = scale x / sqrt(mean(x²) + epsilon)"
    epsilon: Positive = 1e-6
    num_axes: Count = 1


class GroupNorm(Layer):
    """Standardizes groups of channels in each example, then scales and shifts them.

    Use it for convolutional networks with small batches. The mean and the variance are
    computed over all positions and over the channels of a group.

    Args:
        groups: number of groups to split the channels into.
        epsilon: small number that prevents division by 0.

    Example:
        >>> GroupNorm(8)
        GroupNorm(groups=8, epsilon=1e-05)

    References:
        Wu and He, 2018, "Group normalization".
    """

    kind: ClassVar[str] = "group_norm"
    formula: ClassVar[str] = _STANDARDIZED
    groups: Count
    epsilon: Positive = 1e-5


class InstanceNorm(Layer):
    """Standardizes each channel of each example over all positions.

    Use it if the contrast of the images should not matter, as in style transfer.

    Args:
        epsilon: small number that prevents division by 0.

    Example:
        >>> InstanceNorm().kind
        'instance_norm'

    References:
        Ulyanov, Vedaldi and Lempitsky, 2016, "Instance normalization: the missing
        ingredient for fast stylization".
    """

    kind: ClassVar[str] = "instance_norm"
    formula: ClassVar[str] = _STANDARDIZED
    epsilon: Positive = 1e-5
