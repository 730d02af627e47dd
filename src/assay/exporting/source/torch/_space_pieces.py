"""Code for pooling and upsampling in exported PyTorch files."""

__all__ = ["SPACE"]

SPACE = {
    "pad_space": '''
def pad_space(x, padding):
    """Add zeros to x (rows, *space, channels) at both ends of each spatial axis."""
    return F.pad(x, [0, 0] + [n for pair in reversed(padding) for n in pair])
''',
    "window_sum": '''
def window_sum(x, size, stride, dilation):
    """Sum the numbers in each window of x (rows, *space, channels)."""
    convolve = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[len(size)]
    each = x.movedim(-1, 1).flatten(0, 1)[:, None]
    ones = torch.ones((1, 1, *size), dtype=x.dtype, device=x.device)
    total = convolve(each, ones, stride=stride, dilation=dilation)[:, 0]
    return total.unflatten(0, (len(x), -1)).movedim(1, -1)
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
    ones, x = torch.ones_like(x[..., :1]), pad_space(x, padding)
    if count_padding:
        ones = torch.ones_like(x[..., :1])
        lengths = None if lengths is None else lengths + sum(padding[0])
    if lengths is not None:
        ones = fill(ones, lengths, 0.0)
    if not count_padding:
        ones = pad_space(ones, padding)
    after = [(0, rows) for rows in beyond]
    total, count = (
        window_sum(pad_space(part, after), size, stride, dilation)
        for part in (x, ones)
    )
    return total / torch.where(count > 0, count, 1.0)
''',
    "repeat_last_step": '''
def repeat_last_step(x, lengths):
    """Fill the padded steps of x with the last real step of each row."""
    step = torch.arange(x.shape[1], device=x.device)
    source = torch.minimum(step, (lengths - 1).clamp(min=0)[:, None])
    return x[torch.arange(len(x), device=x.device)[:, None], source]
''',
}
"""The code of each definition, by name. Each comes after those that it uses."""
