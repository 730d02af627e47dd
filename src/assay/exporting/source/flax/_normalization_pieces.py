"""Code for normalization in exported Flax files."""

__all__ = ["NORMALIZATION"]

NORMALIZATION = {
    "mean_over": '''
def mean_over(x, axes, lengths):
    """Return the mean over axes (kept with size 1), excluding padded steps."""
    if lengths is None:
        return x.mean(axes, keepdims=True)
    real = jnp.arange(x.shape[1]) < lengths[:, None]
    real = real.reshape(real.shape + (1,) * (x.ndim - 2))
    count = jnp.broadcast_to(real, x.shape).sum(axes, keepdims=True)
    return jnp.where(real, x, 0.0).sum(axes, keepdims=True) / jnp.maximum(count, 1)
''',
    "FeatureNorm": '''
class FeatureNorm(nnx.Module):
    """Standardizes the last axes, or divides them by their root mean square."""

    def __init__(self, shape, epsilon, centered):
        self.scale = nnx.Param(jnp.ones(shape))
        self.bias = nnx.Param(jnp.zeros(shape)) if centered else None
        self.epsilon = epsilon

    def __call__(self, x, lengths=None):
        axes = tuple(range(-self.scale.ndim, 0))
        if self.bias is not None:
            x = x - mean_over(x, axes, lengths)
        x = x * jax.lax.rsqrt(mean_over(x * x, axes, lengths) + self.epsilon)
        x = x * self.scale[...]
        return x if self.bias is None else x + self.bias[...]
''',
    "GroupNorm": '''
class GroupNorm(nnx.Module):
    """Standardizes each example over its positions and groups of channels."""

    def __init__(self, groups, channels, epsilon):
        self.scale = nnx.Param(jnp.ones(channels))
        self.bias = nnx.Param(jnp.zeros(channels))
        self.groups, self.epsilon = groups, epsilon

    def __call__(self, x, lengths=None):
        parts = x.reshape(*x.shape[:-1], self.groups, -1)
        axes = (*range(1, x.ndim - 1), x.ndim)
        parts = parts - mean_over(parts, axes, lengths)
        square = mean_over(parts * parts, axes, lengths)
        parts = parts * jax.lax.rsqrt(square + self.epsilon)
        return parts.reshape(x.shape) * self.scale[...] + self.bias[...]
''',
}
"""The code of each definition, by name. Each comes after those that it uses."""
