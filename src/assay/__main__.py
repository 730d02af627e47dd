"""The command `assay`, also available as `python -m assay`."""

import os
import sys
import threading

__all__ = ["main"]


def main() -> int:
    """Run the command line of this process and return its exit code.

    Importing the commands takes up to a second. This module imports almost nothing
    before that, so Ctrl-C is handled from the start.
    """
    try:
        from assay.cli import main as run

        return _leave(run())
    except KeyboardInterrupt:
        print("assay: interrupted", file=sys.stderr)
        return 130


def _leave(code: int) -> int:
    """Return the exit code; exit now if an unneeded program is still compiling."""
    from assay._parallel_map import AHEAD

    if any(each.name.startswith(AHEAD) for each in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
