"""Code for pooling and upsampling in exported Flax files."""

__all__ = ["SPACE"]

SPACE = {
    "in_windows": '''
def in_windows(x, start, combine, size, stride, dilation):
    """Combine the numbers in each window of x (rows, *space, channels)."""
    size, stride, dilation = ((1, *axes, 1) for axes in (size, stride, dilation))
    return jax.lax.reduce_window(
        x, start, combine, size, stride, "VALID", window_dilation=dilation
    )
''',
    "average_pool": '''
def average_pool(
    x, lengths, size, stride, dilation, *, padding, beyond, count_padding
):
    """Average the numbers in each window.

    Args:
        x: the numbers, (rows, *space, channels).
        lengths: the number of real steps in each row, or None.
        size, stride, dilation: the window along each axis.
        padding: number of zeros before and after each axis.
        beyond: number of zeros after the padding; they are never counted.
        count_padding: whether the means include the padding.
    """
    widths = ((0, 0), *padding, (0, 0))
    ones, x = jnp.ones_like(x[..., :1]), jnp.pad(x, widths)
    if count_padding:
        ones = jnp.ones_like(x[..., :1])
        lengths = None if lengths is None else lengths + sum(padding[0])
    if lengths is not None:
        ones = fill(ones, lengths, 0.0)
    if not count_padding:
        ones = jnp.pad(ones, widths)
    after = ((0, 0), *((0, rows) for rows in beyond), (0, 0))
    total, count = (
        in_windows(jnp.pad(part, after), 0.0, jax.lax.add, size, stride, dilation)
        for part in (x, ones)
    )
    return total / jnp.where(count > 0, count, 1.0)
''',
    "repeat_last_step": '''
def repeat_last_step(x, lengths):
    """Fill the padded steps of x with the last real step of each row."""
    source = jnp.minimum(jnp.arange(x.shape[1]), (lengths - 1).clip(0)[:, None])
    return x[jnp.arange(len(x))[:, None], source]
''',
}
"""The code of each definition, by name. Each comes after those that it uses."""
