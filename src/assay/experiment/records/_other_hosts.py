"""Redirects all hosts except the first one to temporary folders."""

import json
import shutil
import tempfile
from pathlib import Path

from assay import spec
from assay._errors import InputError, fault
from assay._version import __version__
from assay.experiment.prepare._load import LoadedData
from assay.records import LOCK
from assay.training import (
    check_hosts_agree,
    is_first_host,
    num_hosts,
    wait_for_hosts,
)

__all__ = ["check_shared", "check_time", "own_folder"]


def check_time(experiment: spec.Experiment) -> None:
    """Check that a run on several hosts has no time limit.

    Raises:
        InputError: several hosts share an experiment with a time limit.
    """
    seconds = experiment.tune.time_seconds
    if num_hosts() > 1 and seconds is not None:
        fix = "On several hosts, use tune.num_trials = 20 (in Python, trials=20)."
        rule = "tune.time_seconds is None"
        raise InputError(fault(rule, "tune.time_seconds", seconds, fix))


def own_folder(out: str | Path | None, *, resume: bool) -> str | Path | None:
    """Return the folder to which this host writes, or None for a new temporary folder.

    The first host writes to the run's own folder. To resume a run, each of the other
    hosts copies the run and writes to its copy; the first host waits for the copies.

    Args:
        out: folder of the run.
        resume: whether the run is resumed.
    """
    if not is_first_host():
        out = _copied(Path(out)) if resume and out is not None else None
    if resume:
        wait_for_hosts()
    return out


def _copied(folder: Path) -> Path:
    if not folder.is_dir():
        raise InputError(
            f"{folder} does not exist on this host. To resume a run on several hosts, "
            "keep it in a folder that all hosts can read."
        )
    copy = Path(tempfile.mkdtemp(prefix="assay-")) / folder.name
    return shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(LOCK))


def check_shared(experiment: spec.Experiment, loaded: LoadedData) -> None:
    """Check that all hosts have the same settings and data.

    Raises:
        InputError: the settings or the data differ between hosts.
    """
    if num_hosts() > 1:
        dataset = loaded.dataset
        streams = dataset.stream is not None
        settings = experiment.training().to_data(), experiment.tune.to_data()
        words = [__version__, dataset.fingerprint, streams, experiment.seed, *settings]
        check_hosts_agree(json.dumps(words, default=str))
