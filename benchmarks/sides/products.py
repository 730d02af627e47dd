"""Multiplies large matrices to measure the speed of each engine on this machine."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._task import Product

__all__ = ["Assay", "PyTorch"]


class _Product:
    """Repeated products with the same matrix. Each one uses the previous result."""

    same_batches = True

    def __init__(self, task: Product, folder: Path) -> None:
        self.facts: dict[str, Any] = {"operations": 2 * task.size**3 * task.repeats}
        self._repeats = task.repeats
        rng = np.random.default_rng(0)
        orthogonal, _ = np.linalg.qr(rng.standard_normal((task.size, task.size)))
        self._start = self.take(orthogonal.astype(np.float32))
        self.run()

    def take(self, array: np.ndarray) -> Any:
        """Convert an array to the engine's type."""
        raise NotImplementedError

    def product(self, a: Any, b: Any) -> Any:
        """Return the product of a and b."""
        raise NotImplementedError

    def reset(self) -> None:
        """Do nothing, because the rounds are independent."""

    def run(self) -> None:
        """Multiply the matrices repeatedly."""
        result = self._start
        for _ in range(self._repeats):
            result = self.product(result, self._start)
        self._result = np.asarray(result)

    def outcome(self) -> float:
        """Return the norm, which does not change because the matrix is orthogonal."""
        return float(np.linalg.norm(self._result))


class Assay(_Product):
    """Products by XLA, as in Assay's compiled programs."""

    def take(self, array: np.ndarray) -> Any:
        """Copy the array to the device."""
        import jax
        import jax.numpy as jnp

        self._dot = jax.jit(partial(jnp.dot, preferred_element_type=jnp.float32))
        return jax.device_put(array)

    def product(self, a: Any, b: Any) -> Any:
        """Call the compiled product."""
        return self._dot(a, b)


class PyTorch(_Product):
    """Products by PyTorch."""

    def take(self, array: np.ndarray) -> Any:
        """Return a tensor that shares the array's memory."""
        import torch

        return torch.from_numpy(array)

    def product(self, a: Any, b: Any) -> Any:
        """Multiply in eager mode."""
        return a @ b
