"""Random streams: every random number of a run is derived from its one seed.

A stream is named by words and numbers, so that drawing more from one never changes
another. The streams are made on the host, hence equal on every device.
"""

import zlib

import numpy as np

__all__ = ["generator", "key_data"]


def _sequence(seed: int, stream: tuple[str | int, ...]) -> np.random.SeedSequence:
    names = [zlib.crc32(s.encode()) if isinstance(s, str) else s for s in stream]
    # as a spawn key; trailing zeros of the entropy itself would not count
    return np.random.SeedSequence(seed, spawn_key=names)


def generator(seed: int, *stream: str | int) -> np.random.Generator:
    """Return the random generator of a named stream.

    Example:
        >>> generator(0, "order", 3).permutation(4).tolist()
        [1, 2, 3, 0]
    """
    return np.random.Generator(np.random.Philox(_sequence(seed, stream)))


def key_data(seed: int, *stream: str | int) -> np.ndarray:
    """Return the two words of a JAX key for a named stream, made without JAX."""
    return _sequence(seed, stream).generate_state(2, np.uint32)
