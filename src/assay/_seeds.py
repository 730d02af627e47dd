"""Random streams, derived from one seed, that supply all random numbers in a run.

Streams are identified by words and numbers. They are independent, so drawing more
numbers from one stream never changes another. Streams are generated on the host, so
they are identical on all devices.
"""

import zlib

import numpy as np

__all__ = ["generator", "key_data"]


def _sequence(seed: int, stream: tuple[str | int, ...]) -> np.random.SeedSequence:
    names = [zlib.crc32(s.encode()) if isinstance(s, str) else s for s in stream]
    # Use a spawn key, because SeedSequence ignores trailing zeros in the entropy.
    return np.random.SeedSequence(seed, spawn_key=names)


def generator(seed: int, *stream: str | int) -> np.random.Generator:
    """Return the random generator for a named stream.

    Example:
        >>> generator(0, "order", 3).permutation(4).tolist()
        [1, 2, 3, 0]
    """
    return np.random.Generator(np.random.Philox(_sequence(seed, stream)))


def key_data(seed: int, *stream: str | int) -> np.ndarray:
    """Return JAX key data (2,) for a named stream without importing JAX."""
    return _sequence(seed, stream).generate_state(2, np.uint32)
