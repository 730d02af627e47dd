"""`assay replay`: repeats a run, and shows where the results differ."""

import math
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from assay.cli.arguments._command import Answer, Command
from assay.cli.arguments._parser import Parser

if TYPE_CHECKING:
    from assay.experiment import Difference, Replay

__all__ = ["COMMAND"]

_MOST_SHOWN = 10


def _arguments(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN", help="folder or name of a finished run")


def _run(arguments: Namespace) -> Answer:
    from assay.cli.arguments._runs import find_run
    from assay.cli.display._progress import show_progress

    folder = find_run(arguments.run)
    with show_progress(arguments.started) as observer:
        observer.stage("start", "loading the engine")
        from assay.experiment import replay

        replayed = replay(folder.path, observer=observer)
    record: dict[str, Any] = {
        "run": replayed.run,
        "same": replayed.same,
        "differences": [vars(each) for each in replayed.differences],
        "surroundings": [vars(each) for each in replayed.surroundings],
    }
    return Answer(record, _text(replayed))


def _text(replayed: "Replay") -> str:
    lines = [f"{replayed.run} · repeated"]
    if replayed.same:
        lines.append("  All results are bit-for-bit identical.")
    else:
        number = len(replayed.differences)
        what = "1 result differs" if number == 1 else f"{number} results differ"
        lines.append(f"  {what}:")
        lines += [f"    {_line(each)}" for each in replayed.differences[:_MOST_SHOWN]]
        if number > _MOST_SHOWN:
            lines.append(f"    and {number - _MOST_SHOWN} more; see --json")
    if replayed.surroundings:
        lines.append("  Differences in versions, device and platform:")
        lines += [f"    {_line(each)}" for each in replayed.surroundings]
    return "\n".join(lines)


def _line(difference: "Difference") -> str:
    if difference.was is not None or difference.now is not None:
        return f"{difference.where}: was {difference.was}, is now {difference.now}"
    if math.isnan(difference.largest):
        return difference.where
    return f"{difference.where}: largest difference {difference.largest:.3g}"


COMMAND = Command(
    "replay",
    "repeat a finished run, and show where the results differ",
    "assay replay runs/digits-1",
    _arguments,
    _run,
)
