"""The process that passes the damaged inputs to Assay."""

import faulthandler
import os
import random
import signal
import struct
import sys
import traceback
import warnings
from mmap import mmap
from pathlib import Path
from typing import Any, NoReturn

from scripts.fuzz.kinds import KINDS, Kind

__all__ = ["draw", "try_one", "work"]


def draw(kind: Kind, seed: int, number: int) -> Any:
    """Draw an input for a campaign."""
    return kind.draw(random.Random(f"{seed}/{kind.name}/{number}"))


def work(
    name: str, folder: Path, *, seed: int, numbers: range, progress: mmap
) -> NoReturn:
    """Read inputs in this forked process, write the faults to files and exit.

    Args:
        name: name of the kind.
        folder: folder for the files of this kind.
        seed: seed of the campaign.
        numbers: the input numbers.
        progress: shared memory with the number of the current input, which is -1 at
            first.
    """
    code = 1
    try:
        _be_quiet(folder / "output.txt")
        kind = KINDS[name](folder)
        for number in numbers:
            progress[:8] = struct.pack("<q", number)
            try_one(kind, seed, number, folder)
        progress[:8] = struct.pack("<q", numbers.stop)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def try_one(kind: Kind, seed: int, number: int, folder: Path) -> str | None:
    """Read an input. If it causes a fault, save the input and return the fault."""
    from assay import AssayError

    drawn = draw(kind, seed, number)
    try:
        kind.read(drawn)
    except AssayError:
        return None
    except BaseException as error:
        words = describe(error)
        with open(folder / "faults.txt", "a") as file:
            file.write(f"{number}\t{words!r}\n")
        (folder / f"fault-{number}").write_bytes(kind.content(drawn))
        return words
    return None


def describe(error: BaseException) -> str:
    """Return the type of an error, the place where Assay raised it, and the message."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/assay/" in frame.filename]
    at = ours[-1] if ours else frames[-1]
    where = f"{Path(at.filename).name}:{at.lineno}"
    return f"{type(error).__name__} at {where}: {str(error)[:300]}"


def _be_quiet(output: Path) -> None:
    """Redirect the output of libraries to a file and hide warnings about damaged files.

    The signal SIGUSR1 writes the stacks of all threads to the same file.
    """
    target = os.open(output, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o666)
    for stream in (1, 2):
        os.dup2(target, stream)
    warnings.simplefilter("ignore")
    faulthandler.register(signal.SIGUSR1)
