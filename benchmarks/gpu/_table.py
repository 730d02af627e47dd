"""Formats the results of a run on a GPU as a Markdown table."""

import datetime
import importlib.metadata
import json
import platform
import subprocess
import sys
from collections.abc import Sequence

from benchmarks._machine import device, environment
from benchmarks._row import Row

__all__ = ["table"]

_PACKAGES = ("jax", "jaxlib", "flax", "optax", "numpy", "torch")
_HEAD = ("workload", "Assay, s", "PyTorch, s", "ratio", "lowest", "highest", "remark")
_LEGEND = "Seconds: median of the rounds. Ratio: PyTorch's time divided by Assay's."
# Code that runs in a separate process, because JAX reserves GPU memory.
_ASK = """import json, jax
device = jax.devices()[0]
print(json.dumps([jax.default_backend(), device.device_kind]))"""


def table(rows: Sequence[Row], *, tests: str, is_tiny: bool) -> str:
    """Return the results as Markdown, with the device, the date and the versions.

    Args:
        rows: the result rows, one per race.
        tests: summary of the tests marked `gpu`.
        is_tiny: whether the sizes are too small for meaningful times.
    """
    backend, kind = _device()
    facts = {
        "device": f"{kind} ({backend})",
        "date": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC",
        "versions": f"Python {platform.python_version()}, {_versions()}",
        "tests marked gpu": tests,
    }
    lines = ["# Training on a GPU", ""]
    if backend == "cpu":
        lines += ["**A dry run on the CPU; nothing here was measured on a GPU.**", ""]
    if is_tiny:
        lines += ["**The sizes are tiny, so the times are meaningless.**", ""]
    lines += [f"- {name}: {text}" for name, text in facts.items()]
    lines += ["", _LEGEND, ""]
    lines += [_line(_HEAD), _line(["---"] * len(_HEAD))]
    lines += [_line(_cells(row)) for row in rows]
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> list[str]:
    seconds = [row.more.get(name) for name in ("our_seconds", "peer_seconds")]
    remark = row.failed or row.skipped or row.more.get("peer_variant", "")
    numbers = [*seconds, row.value, row.low, row.high]
    texts = ["" if number is None else f"{number:.3g}" for number in numbers]
    return [row.workload, *texts, f"FAILED: {remark}" if row.failed else str(remark)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _device() -> tuple[str, str]:
    """Return JAX's backend and the name of its device, as seen by the contestants."""
    asked = subprocess.run(
        [sys.executable, "-c", _ASK],
        env=environment(1),
        capture_output=True,
        text=True,
    )
    if asked.returncode != 0:  # the rows of the table show the error
        return device(), "unknown"
    backend, kind = json.loads(asked.stdout.splitlines()[-1])
    return backend, kind


def _versions() -> str:
    versions: list[str] = []
    for package in _PACKAGES:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"no {package}")
    return ", ".join(versions)
