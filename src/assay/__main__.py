"""The command `assay`, also available as `python -m assay`."""

import sys

__all__ = ["main"]


def main() -> int:
    """Run the command line of this process and return its exit code.

    This module imports almost nothing, so that Ctrl-C is handled from the start:
    importing the commands takes up to a second.
    """
    try:
        from assay.cli import main as run

        return run()
    except KeyboardInterrupt:
        print("assay: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
