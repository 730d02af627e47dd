"""Creates workers from their name."""

from assay._errors import InputError
from assay.cluster._ray import RayWorkers
from assay.training import Workers

__all__ = ["open_workers"]

_SCHEME = "ray://"


def open_workers(on: str | None, devices: int | str = "all") -> Workers:
    """Return the workers that train: this machine's cores, or a cluster's.

    Args:
        on: None for this machine; "ray" for the Ray cluster that runs on this machine
            or that RAY_ADDRESS names, and otherwise for a new one on this machine;
            "ray://HOST:PORT" for a cluster elsewhere.
        devices: number of devices of each training on this machine, or "all"; on a
            cluster, each training uses one.

    Raises:
        InputError: the place is unknown, its package is not installed, or no cluster
            answers there.

    Example:
        >>> open_workers("rye")
        Traceback (most recent call last):
        ...
        assay._errors.InputError: `on` must be "ray" or "ray://HOST:PORT", but got \
on='rye'. Use --on ray, or leave it out to train on this machine.
    """
    if on is None:
        return Workers(devices)
    if on == "ray":
        return RayWorkers()
    if on.startswith(_SCHEME) and on != _SCHEME:
        return RayWorkers(on)
    raise InputError(
        f'`on` must be "ray" or "ray://HOST:PORT", but got on={on!r}. Use --on ray, or '
        "leave it out to train on this machine."
    )
