"""Applies the cost model to up to 1,000 GPUs, with published rates."""

from typing import NamedTuple

from benchmarks.devices._model import Machine, Work, predict

__all__ = ["paper_tables"]

_COUNTS = (1, 8, 64, 256, 1000)
# From the data sheets of the NVIDIA H100 SXM and the DGX H100, in decimal units.
_OPERATIONS = 495e12  # TF32 matrix products without sparsity
_MEMORY = 3.35e12  # bytes per second
_CAPACITY = 80e9  # bytes
_NVLINK = 450e9  # bytes per second to the other 7 GPUs in the same host
_INFINIBAND = 50e9  # bytes per second per GPU to other hosts (400 Gbit/s)
_PER_HOST = 8
# The following values are assumptions, not published rates.
_REACHED = 0.4  # fraction of the published rates that programs reach
_LAUNCH_SECONDS = 200e-6  # about 50 kernels per iteration, which take 4 us each
_HOP_SECONDS = 5e-6  # latency per level of a message tree, in each direction
_STATE_ARRAYS = 5  # the parameters, their best copy, the gradients and two means
_READ = 25e9  # bytes per second from a host to its GPUs (40% of PCIe 5.0)


class _Case(NamedTuple):
    """A hypothetical training run.

    Args:
        name: description of the data and the network.
        batch: number of rows in a batch.
        work: the work in an epoch.
    """

    name: str
    batch: int
    work: Work


def _case(name: str, rows: int, batch: int, *sizes: int) -> _Case:
    """Return a case; `sizes` are the fields of `Work` after `num_iterations`."""
    return _Case(name, batch, Work(rows, -(-rows // batch), *sizes))


_CASES = (
    _case(
        "table: 60,000 x 784, MLP 128, batch 128",
        *(60_000, 128, 784, 101_632, 0, 266, 101_770),
    ),
    _case(
        "images: 1.28M x 224x224x3, ResNet-50, batch 32,000",
        *(1_281_167, 32_000, 150_528, 2_130_000_000, 1_970_000_000),
        *(11_000_000, 25_600_000),
    ),
    _case(
        "texts: 10M x 512 tokens, 1.3B-parameter transformer, batch 2,000",
        *(10_000_000, 2_000, 512, 665_000_000_000, 0, 900_000_000, 1_300_000_000),
    ),
)


def _reduce_bytes_per_second(count: int) -> float:
    """Return the rate of a ring all-reduce, first within and then between hosts."""
    if count == 1:
        return float("inf")
    inside = min(count, _PER_HOST)
    seconds = 2 * (inside - 1) / inside / _NVLINK
    hosts = count // _PER_HOST
    if hosts > 1:  # then each GPU sums its part of the array over the hosts
        seconds += 2 * (hosts - 1) / hosts / _PER_HOST / _INFINIBAND
    return _REACHED / seconds


def _machine(count: int) -> Machine:
    hops = 2 * max(count - 1, 0).bit_length()
    return Machine(
        count,
        _REACHED * _OPERATIONS * count,
        # GPUs use the same hardware units for convolutions.
        _REACHED * _OPERATIONS * count,
        _REACHED * _MEMORY * count,
        _reduce_bytes_per_second(count),
        _LAUNCH_SECONDS + hops * _HOP_SECONDS,
    )


def paper_tables() -> str:
    """Return the memory per GPU and a table of epoch durations for each case."""
    parts = (f"{case.name}\n{_memory(case)}\n{_table(case)}" for case in _CASES)
    return "\n\n".join(parts)


def _table(case: _Case) -> str:
    """Return a row for each number of GPUs."""
    heads = ("GPUs", "rows a GPU", "epoch", "faster", "efficient", "limit")
    lines = ["".join(f"{head:>12}" for head in heads)]
    alone = _seconds(case, 1)[0]
    for count in _COUNTS:
        seconds, limit = _seconds(case, count)
        cells = (
            f"{count:,}",
            f"{case.batch / count:,.1f}",
            _time(seconds),
            f"{alone / seconds:,.1f}x",
            f"{alone / seconds / count:.0%}",
            limit,
        )
        lines.append("".join(f"{cell:>12}" for cell in cells))
    return "\n".join(lines)


def _seconds(case: _Case, count: int) -> tuple[float, str]:
    """Return the duration of an epoch and the name of its largest component."""
    costs = predict(case.work, _machine(count))
    # each GPU stores complete chunks, so all rows are sent to all GPUs
    reading = 0.0 if _fits(case) else _data(case) / _READ
    if reading > costs.total:  # rows are read while the GPUs compute
        return reading, "reading"
    parts = costs._asdict()
    parts["products"] += parts.pop("convolved")
    return costs.total, max(parts, key=lambda name: parts[name])


def _data(case: _Case) -> float:
    return 4.0 * case.work.input_size * case.work.num_rows


def _state(case: _Case) -> float:
    return 4.0 * _STATE_ARRAYS * case.work.num_parameters


def _fits(case: _Case) -> bool:
    return _state(case) + _data(case) < _CAPACITY


def _memory(case: _Case) -> str:
    fits = "both fit" if _fits(case) else "they do not fit, so rows are streamed"
    return (
        f"state {_state(case) / 1e9:,.3g} GB and data {_data(case) / 1e9:,.3g} GB on "
        f"every GPU of {_CAPACITY / 1e9:.0f} GB: {fits}"
    )


def _time(seconds: float) -> str:
    for unit, scale in (("h", 3600), ("min", 60), ("s", 1), ("ms", 1e-3)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds * 1e6:.3g} us"
