"""Opens a server's listening socket."""

import socket
from collections.abc import Sequence

from assay._errors import InputError

__all__ = ["listen", "loopback_hosts"]


def listen(host: str, ports: Sequence[int]) -> socket.socket:
    """Return a socket that listens on the first free port in a list.

    Clients may connect before the server has started.

    Args:
        host: an IP address or a name of this computer.
        ports: ports in order of preference; 0 for any free port.

    Raises:
        InputError: the host is not an address of this computer, or no port is free.
    """
    try:
        found = socket.getaddrinfo(host, ports[0], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise InputError(_no_host(host)) from None
    family, address = found[0][0], found[0][4][0]
    for port in ports:
        # asyncio sets TCP_NODELAY only if the protocol is given. Otherwise, each
        # response waits 40 milliseconds for an acknowledgment.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
            listener.listen()
        except OSError:
            listener.close()
            continue
        return listener
    if not _is_own(family, str(address)):
        raise InputError(_no_host(host))
    other = ports[0] + 1
    raise InputError(
        f"Port {ports[0]} is taken. Use another one, such as --port {other}."
    )


def _is_own(family: int, address: str) -> bool:
    """Return whether an address belongs to this computer."""
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def _no_host(host: str) -> str:
    return (
        f"{host!r} is not an address of this computer. Use 127.0.0.1 to serve this "
        "computer only, or 0.0.0.0 for all of its addresses."
    )


def loopback_hosts(port: int) -> frozenset[str]:
    """Return the hosts at which a browser on this computer can reach a port.

    Example:
        >>> sorted(loopback_hosts(80))
        ['127.0.0.1:80', '[::1]:80', 'localhost:80']
    """
    return frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))
