"""The command `assay`, also available as `python -m assay`."""

import sys

__all__ = ["main"]


def main() -> int:
    """Run the command line of this process and return its exit code.

    Importing the commands takes up to a second. This module imports almost nothing
    before that, so Ctrl-C is handled from the start.
    """
    try:
        from assay.cli import main as run

        return run()
    except KeyboardInterrupt:
        print("assay: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
