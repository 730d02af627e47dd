"""Random streams: every random number of a run is derived from its only seed.

Each stream has a name of words and numbers, so drawing more from one stream never
changes another. The streams are generated on the host and are therefore equal on every
device.
"""

import zlib

import numpy as np

__all__ = ["generator", "key_data"]


def _sequence(seed: int, stream: tuple[str | int, ...]) -> np.random.SeedSequence:
    names = [zlib.crc32(s.encode()) if isinstance(s, str) else s for s in stream]
    # A spawn key, because zeros at the end of the entropy itself are ignored.
    return np.random.SeedSequence(seed, spawn_key=names)


def generator(seed: int, *stream: str | int) -> np.random.Generator:
    """Return the random generator of a named stream.

    Example:
        >>> generator(0, "order", 3).permutation(4).tolist()
        [1, 2, 3, 0]
    """
    return np.random.Generator(np.random.Philox(_sequence(seed, stream)))


def key_data(seed: int, *stream: str | int) -> np.ndarray:
    """Return the two words of a JAX key for a named stream, without importing JAX."""
    return _sequence(seed, stream).generate_state(2, np.uint32)
