"""Options that connect the hosts of a run."""

import atexit
import os
import sys
from argparse import Namespace
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from assay._errors import Faults, InputError, fault
from assay.cli.arguments._parser import Parser

__all__ = ["add_host_options", "connected"]

_ADDRESS = "JAX_COORDINATOR_ADDRESS"
_NUMBERS = {"num_hosts": ("--num-hosts", 1), "host_index": ("--host-index", 0)}


def add_host_options(parser: Parser) -> None:
    """Add the options for several hosts to a parser."""
    group = parser.add_argument_group(
        "several hosts (start the same command on every host)"
    )
    group.add_argument(
        "--coordinator",
        metavar="HOST:PORT",
        help="address of the first host, with any free port; default: the environment "
        f"variable {_ADDRESS}",
    )
    group.add_argument(
        "--num-hosts",
        metavar="N",
        help="number of hosts; default: the number from Slurm, Open MPI or Kubernetes",
    )
    group.add_argument(
        "--host-index",
        metavar="I",
        help="index of this host, starting at 0 for the host that writes the run; "
        "default: the index from Slurm, Open MPI or Kubernetes",
    )


@contextmanager
def connected(arguments: Namespace) -> Generator[None, None, None]:
    """Connect the hosts if the options or the environment request it.

    If the body of the `with` statement fails on a host, that host's process exits
    immediately, so the other hosts do not wait for it.

    Raises:
        InputError: an option is invalid, or the hosts cannot be connected.
    """
    given = [arguments.coordinator, arguments.num_hosts, arguments.host_index]
    if given == [None] * 3 and not os.environ.get(_ADDRESS):
        yield
        return
    numbers = _numbers(arguments)
    if arguments.coordinator is None and not os.environ.get(_ADDRESS):
        raise InputError(
            "--num-hosts and --host-index need the address of the first host. For "
            "example: --coordinator 192.168.0.10:5000"
        )
    from assay.training import join_hosts

    _keep_output_clean()
    join_hosts(arguments.coordinator, **numbers)
    try:
        yield
    except BaseException as error:
        # otherwise, JAX would wait for the other hosts at exit
        atexit.register(os._exit, getattr(error, "exit_code", 1))
        raise


def _keep_output_clean() -> None:
    """Prevent Gloo from printing connection messages to standard output."""
    sys.stdout.flush()
    stdout = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stdout = stdout


def _numbers(arguments: Namespace) -> dict[str, Any]:
    """Return the number of hosts and the index of this host; None if not specified."""
    faults, numbers = Faults(), dict[str, Any]()
    for name, (flag, lowest) in _NUMBERS.items():
        text = getattr(arguments, name)
        numbers[name] = None
        if text is None:
            continue
        if not (text.isdecimal() and lowest <= int(text)):
            fix = f"Use a whole number, such as {flag} {lowest + 1}."
            faults.add(fault(f"{flag} >= {lowest}", flag, text, fix))
            continue
        numbers[name] = int(text)
    hosts, index = numbers["num_hosts"], numbers["host_index"]
    if hosts is not None and index is not None and index >= hosts:
        fix = f"Use --host-index 0, … --host-index {hosts - 1}, one on each host."
        faults.add(fault("--host-index < --num-hosts", "--host-index", index, fix))
    faults.raise_if_any()
    return numbers
