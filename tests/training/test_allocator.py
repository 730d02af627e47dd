"""Memory that programs free is kept for their next call."""

import os
import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other C libraries have no such options"
)

_NEW_PAGES = """
import resource, sys
from concurrent.futures import ThreadPoolExecutor
from assay.training import _allocator

for name in sys.argv[2:]:
    assert getattr(_allocator, name)()

def new_pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    b"x" * int(sys.argv[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

with ThreadPoolExecutor(1) as pool:
    print([pool.submit(new_pages).result() for _ in range(3)][-1])
"""


def _new_pages(
    num_bytes: int = 80_000_000, also: tuple[str, ...] = (), **variables: str
) -> int:
    words = [str(num_bytes), "keep_freed_memory", *also]
    done = subprocess.run(
        [sys.executable, "-c", _NEW_PAGES, *words],
        env={"PYTHONPATH": os.environ.get("PYTHONPATH", ""), **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_large_arrays_reuse_the_pages_of_freed_ones():
    assert _new_pages() < 100


def test_streamed_rows_return_only_large_arrays():
    assert _new_pages(also=("return_large_arrays",)) > 10_000
    assert _new_pages(8_000_000, also=("return_large_arrays",)) < 100


def test_an_option_of_the_user_stays():
    assert _new_pages(MALLOC_MMAP_MAX_="65536") > 10_000
    kept = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 30)}
    assert _new_pages(also=("return_large_arrays",), **kept) < 100
