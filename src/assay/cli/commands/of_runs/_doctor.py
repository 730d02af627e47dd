"""`assay doctor`: examines how a run was trained, or the installation."""

import os
import shlex
from argparse import Namespace
from typing import Any

from assay._errors import InputError
from assay.cli.arguments._command import Answer, Command
from assay.cli.arguments._parser import Parser

__all__ = ["COMMAND"]

_PACKAGES = (
    *("jax", "jaxlib", "flax", "optax", "numpy"),
    *("polars", "optuna", "scikit-learn"),
)


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "run", nargs="?", metavar="RUN", help="folder or name of a run to examine"
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help="try remedies with several seeds; if any improve the validation result, "
        "the settings are written to mended.toml in the run folder",
    )
    parser.add_argument(
        "--system",
        action="store_true",
        help="show versions, devices, memory, C++ kernels and the program cache",
    )


def _run(arguments: Namespace) -> Answer:
    if arguments.run is not None:
        return _examine(arguments.run, fix=arguments.fix)
    if not arguments.system:
        raise InputError(
            "RUN is missing. Use: assay doctor runs/digits-1\n"
            "To examine the installation, use: assay doctor --system"
        )
    system = _system()
    return Answer(system, _text(system))


def _examine(name: str, *, fix: bool) -> Answer:
    from assay.cli.arguments._as_options import with_options
    from assay.cli.arguments._runs import find_run

    folder = find_run(name)
    from assay.experiment import MENDED, examine_run, load
    from assay.report import findings_text

    examination = examine_run(load(folder.path), fix=fix)
    findings = [finding.to_json() for finding in examination.findings]
    record: dict[str, Any] = with_options({"run": folder.name, "findings": findings})
    lines = [
        f"{folder.name} · examined with the training and validation sets; the test set "
        "stays sealed"
    ]
    lines += [findings_text(record) or "  Training is healthy. No changes are needed."]
    if examination.experiment is not None:
        path = folder.path_of(MENDED)
        record["mended"] = str(path)
        quoted = shlex.quote(str(path))
        lines.append(f"To train with the corrected settings: assay train {quoted}")
    elif not fix and examination.serious:
        lines.append(f"To try remedies: assay doctor {shlex.quote(name)} --fix")
    return Answer(record, "\n".join(lines))


def _system() -> dict[str, Any]:
    import jax

    from assay._memory import available_bytes
    from assay.nn.ops import extension_status
    from assay.training import cache_status

    in_use, reason = extension_status()
    folder, size, most = cache_status()
    return {
        "versions": _versions(),
        "backend": jax.default_backend(),
        "devices": [str(device) for device in jax.devices()],
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory": {"total_bytes": _total_bytes(), "free_bytes": available_bytes()},
        "extension": {"in_use": in_use, "reason": reason},
        "cache": {
            "folder": None if folder is None else str(folder),
            "size_bytes": size,
            "most_bytes": most,
        },
    }


def _versions() -> dict[str, str]:
    import importlib.metadata
    import platform

    from assay import __version__

    versions = {"assay": __version__, "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return versions


def _total_bytes() -> int | None:
    import psutil

    try:
        return psutil.virtual_memory().total
    except (OSError, RuntimeError, NotImplementedError):  # /proc may not be readable
        return None


def _text(system: dict[str, Any]) -> str:
    memory, cache = system["memory"], system["cache"]
    extension = "yes" if system["extension"]["in_use"] else "no"
    rows = {
        **system["versions"],
        "backend": f"{system['backend']}: {', '.join(system['devices'])}",
        "cores": str(system["cores"]),
        "memory": f"{_size(memory['total_bytes'])}, {_size(memory['free_bytes'])} free",
        "C++ kernels": f"{extension}: {system['extension']['reason']}",
        "cache": "off"
        if cache["folder"] is None
        else f"{cache['folder']}, {_size(cache['size_bytes'])}, "
        f"at most {_size(cache['most_bytes'])}",
    }
    width = max(map(len, rows)) + 2
    return "\n".join(f"{name:<{width}}{value}" for name, value in rows.items())


def _size(num_bytes: int | None) -> str:
    """Format a number of bytes; -1 means no limit."""
    if num_bytes is None:
        return "unknown size"
    if num_bytes < 0:
        return "no limit"
    large = num_bytes >= 1e9
    return f"{num_bytes / (1e9 if large else 1e6):.1f} {'GB' if large else 'MB'}"


COMMAND = Command(
    "doctor",
    "find problems in the training of a run, and try remedies",
    "assay doctor runs/digits-1 --fix\nassay doctor --system",
    _arguments,
    _run,
)
