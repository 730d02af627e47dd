"""Training on several hosts with one process per host.

All hosts run the same protocol on the same data, so they make the same decisions.
Decisions that depend on the time or on a file are made by the first host.
"""

import zlib
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils

from assay._errors import InputError

__all__ = [
    "agreed",
    "check_hosts_agree",
    "is_first_host",
    "join_hosts",
    "num_hosts",
    "wait_for_hosts",
]

_jax: Any = jax  # some of JAX's functions are untyped
_multihost: Any = multihost_utils


def join_hosts(
    coordinator: str | None = None,
    num_hosts: int | None = None,
    host_index: int | None = None,
) -> None:
    """Connect this process to those on other hosts. Call this before any computation.

    Arguments that are None are read from the environment, as described for
    `jax.distributed.initialize`.

    Args:
        coordinator: address "HOST:PORT" of the first host, with any free port.
        num_hosts: number of hosts.
        host_index: index of this host, starting at 0.

    Raises:
        InputError: an argument is missing or the hosts cannot be reached.
    """
    try:
        jax.distributed.initialize(coordinator, num_hosts, host_index)
    except (ValueError, RuntimeError) as error:
        raise InputError(
            f"The hosts cannot be connected: {error} Run the same command on every "
            "host, with --coordinator HOST:PORT --num-hosts N --host-index INDEX, "
            "where INDEX is 0, 1, … N - 1."
        ) from None


def num_hosts() -> int:
    """Return the number of hosts."""
    return _jax.process_count()


def is_first_host() -> bool:
    """Return whether this is the first host, which writes the records."""
    return _jax.process_index() == 0


def agreed(number: int) -> int:
    """Return the first host's number. All hosts must call this function."""
    if num_hosts() == 1:
        return number
    return int(_multihost.broadcast_one_to_all(np.int32(number)))


def wait_for_hosts() -> None:
    """Wait until all hosts have called this function."""
    agreed(0)


def check_hosts_agree(text: str) -> None:
    """Check that all hosts train the same network on the same data.

    Args:
        text: description of the data and the settings.

    Raises:
        InputError: the descriptions differ.
    """
    if num_hosts() == 1:
        return
    own = np.uint32(zlib.crc32(text.encode()))
    found = np.ravel(_multihost.process_allgather(own))
    different = [str(index) for index, value in enumerate(found) if value != found[0]]
    if different:
        raise InputError(
            f"The data or the settings of host {', '.join(different)} differ from "
            "those of host 0. Run the same command on every host, with the same "
            "version and the same files."
        )
