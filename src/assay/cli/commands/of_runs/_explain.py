"""`assay explain`: shows how a trained model computes a single number."""

import re
from argparse import Namespace

from assay._errors import Faults, fault
from assay.cli.arguments._command import Answer, Command
from assay.cli.arguments._parser import Parser

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN", help="folder or name of a run")
    parser.add_argument(
        "--row",
        metavar="N",
        help="row number in the data, starting at 0; must be in train or val; "
        "default: the first training row",
    )
    parser.add_argument(
        "--member",
        metavar="N",
        help="network number, starting at 0, if the model averages several networks; "
        "default: 0",
    )
    parser.add_argument(
        "--layer",
        metavar="NAME",
        help="layer to explain; default: list the layers",
    )
    parser.add_argument(
        "--at",
        metavar="POSITION",
        help="position in the layer's output, such as 0,4,2; default: the position of "
        "the largest value",
    )
    parser.add_argument(
        "--all-terms", action="store_true", help="show all terms of long sums"
    )


def _run(arguments: Namespace) -> Answer:
    from assay.cli.arguments._runs import find_run

    faults = Faults()
    row = _number("--row", arguments.row, faults)
    member = _number("--member", arguments.member, faults) or 0
    at = _position(arguments.at, faults)
    if arguments.at is not None and arguments.layer is None:
        faults.add("--at requires --layer. For example: --layer output --at 0")
    faults.raise_if_any()
    folder = find_run(arguments.run)
    from assay.experiment import load, open_row

    opened = open_row(load(folder.path), row, member=member)
    head = {"run": folder.name, "row": opened.row, "part": opened.part}
    if arguments.layer is None:
        heading = f"{folder.name} · row {opened.row} of {opened.part}\n"
        listed = {**head, "layers": opened.watched.layers()}
        return Answer(listed, heading + opened.watched.to_text())
    xray = opened.explain(arguments.layer, at)
    text = xray.to_text(most_terms=None) if arguments.all_terms else xray.to_text()
    return Answer(head | xray.to_json(), text)


def _number(option: str, text: str | None, faults: Faults) -> int | None:
    if text is None or re.fullmatch(r"\d+", text):
        return None if text is None else int(text)
    fix = f"Use a whole number, such as {option} 3."
    faults.add(fault(f"{option} >= 0", option, text, fix))
    return None


def _position(text: str | None, faults: Faults) -> tuple[int, ...] | None:
    if text is None:
        return None
    if re.fullmatch(r"\d+(,\d+)*", text):
        return tuple(map(int, text.split(",")))
    faults.add(
        f"--at must be whole numbers separated by commas, not {text!r}. "
        "For example: --at 0,4,2"
    )
    return None


COMMAND = Command(
    "explain",
    "show, term by term, how a trained model computes a number",
    "assay explain runs/digits-1 --row 3 --layer output --at 7",
    _arguments,
    _run,
)
