"""The command `assay`, also available as `python -m assay`."""

import os
import signal
import sys
from types import FrameType

__all__ = ["main"]

_COMPILED = ("jax", "numpy", "polars", "pydantic_core")


def main() -> int:
    """Run the command given by this process's arguments and return its exit code.

    Importing the commands takes up to a second. This module imports almost nothing
    beforehand, so Ctrl-C is handled from the start.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    try:
        from assay.cli import main as run

        return _leave(run())
    except KeyboardInterrupt:
        print("assay: interrupted", file=sys.stderr)
        return 130


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt, or exit at once if a compiled package is being imported.

    Compiled modules swallow a KeyboardInterrupt or replace it with another exception.
    """
    specs = [getattr(sys.modules.get(name), "__spec__", None) for name in _COMPILED]
    if any(getattr(spec, "_initializing", False) for spec in specs):
        print("assay: interrupted", file=sys.stderr, flush=True)
        os._exit(130)
    signal.default_int_handler(number, frame)


def _leave(code: int) -> int:
    """Return the exit code, or exit immediately if a program is being compiled."""
    import threading

    from assay._parallel_map import AHEAD

    if any(each.name.startswith(AHEAD) for each in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
