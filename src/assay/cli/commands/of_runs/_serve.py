"""`assay serve`: serves the predictions of a trained model over HTTP."""

import os
from argparse import Namespace

from assay.cli.arguments._command import Answer, Command
from assay.cli.arguments._parser import Parser
from assay.cli.arguments._port import read_port

__all__ = ["COMMAND"]

_TOKEN = "ASSAY_TOKEN"


def _arguments(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN", help="folder or name of a run")
    parser.add_argument(
        "--port",
        metavar="N",
        help="port to listen on, 0 for any free port; default: 8000",
    )
    parser.add_argument(
        "--host",
        metavar="ADDRESS",
        default="127.0.0.1",
        help="address to listen on, such as 0.0.0.0 for all addresses; default: "
        "127.0.0.1, which only this computer can reach",
    )
    parser.add_argument(
        "--token",
        metavar="TEXT",
        help=f"secret that clients must send; default: the value of ${_TOKEN} if it is "
        "set; otherwise none for 127.0.0.1, and a newly generated one for other "
        "addresses",
    )
    parser.add_argument(
        "--allow-host",
        metavar="NAME",
        action="append",
        default=[],
        help="additional host name that clients may use, such as that of a proxy; may "
        "be repeated",
    )


def _run(arguments: Namespace) -> Answer:
    from assay.cli.arguments._runs import find_run

    port = read_port(arguments.port, lowest=0, example=8000)
    folder = find_run(arguments.run)
    from assay.experiment import load
    from assay.serving import serve

    serve(
        load(folder.path),
        host=arguments.host,
        port=port,
        token=arguments.token or os.environ.get(_TOKEN) or None,
        names=arguments.allow_host,
    )
    return Answer(None, "")


COMMAND = Command(
    "serve",
    "serve the predictions of a trained model over HTTP",
    "assay serve runs/cells-1\nassay serve runs/cells-1 --host 0.0.0.0 --port 8080",
    _arguments,
    _run,
)
