"""Creates workers for this machine or a cluster."""

from assay._errors import InputError
from assay.cluster._ray import RayWorkers
from assay.training import Workers

__all__ = ["open_workers"]

_SCHEME = "ray://"


def open_workers(on: str | None, devices: int | str = "all") -> Workers:
    """Return the workers that run fits on this machine or on a cluster.

    Args:
        on: None for this machine; "ray" for the Ray cluster at RAY_ADDRESS or on this
            machine, which is started if necessary; "ray://HOST:PORT" for a remote
            cluster.
        devices: number of devices per fit on this machine, or "all"; on a cluster,
            each fit uses one device.

    Raises:
        InputError: `on` is invalid, Ray is not installed, or no cluster answers at the
            address.

    Example:
        >>> open_workers("rye")
        Traceback (most recent call last):
        ...
        assay._errors.InputError: `on` must be "ray" or "ray://HOST:PORT", but got \
on='rye'. Omit it to train on this machine.
    """
    if on is None:
        return Workers(devices)
    if on == "ray":
        return RayWorkers()
    if on.startswith(_SCHEME) and on != _SCHEME:
        return RayWorkers(on)
    raise InputError(
        f'`on` must be "ray" or "ray://HOST:PORT", but got on={on!r}. Omit it to train '
        "on this machine."
    )
