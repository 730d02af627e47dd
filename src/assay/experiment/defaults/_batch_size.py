"""The default batch size, which depends on the number of training examples."""

__all__ = ["batch_size"]


def batch_size(num_train: int, num_batches: int, low: int, high: int) -> int:
    """Return a power of two that divides an epoch into about `num_batches` batches.

    Args:
        num_train: number of training examples.
        num_batches: number of batches per epoch to aim for.
        low: smallest batch size, a power of two.
        high: largest batch size, a power of two.

    Example:
        >>> batch_size(1000, num_batches=20, low=16, high=512)
        64
    """
    size = low
    while size < high and size * num_batches < num_train:
        size *= 2
    return size
