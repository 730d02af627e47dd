"""The interface of a kind of input."""

import random
from pathlib import Path
from typing import Any, ClassVar

__all__ = ["Kind"]


class Kind:
    """A kind of input, with methods that draw and read inputs.

    Args:
        folder: empty folder for the files of this kind.
    """

    name: ClassVar[str]
    share: ClassVar[float]
    """Share of the inputs in a campaign; larger for kinds that are cheap to read."""
    modules: ClassVar[tuple[str, ...]] = ()
    """Modules that are slow to import, which the workers inherit when they fork."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def draw(self, source: random.Random) -> Any:
        """Draw an input that depends only on the source of random numbers."""
        raise NotImplementedError

    def read(self, drawn: Any) -> None:
        """Read an input with Assay.

        Raises:
            AssayError: the input was rejected, as expected for damaged inputs.
            Exception: any other error is a fault.
        """
        raise NotImplementedError

    def content(self, drawn: Any) -> bytes:
        """Return an input as bytes, so that it can be saved."""
        return drawn if isinstance(drawn, bytes) else repr(drawn).encode()
