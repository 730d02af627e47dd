"""Memory that programs free is kept for their next call."""

import platform
import subprocess
import sys

import pytest

from assay.training import _allocator

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other C libraries have no such options"
)

# The package would import JAX, which takes a second in each process.
_ALONE = f"""
import importlib.util

spec = importlib.util.spec_from_file_location("allocator", {_allocator.__file__!r})
allocator = importlib.util.module_from_spec(spec)
spec.loader.exec_module(allocator)
"""

_NEW_PAGES = """
import resource, sys
from concurrent.futures import ThreadPoolExecutor

for name in sys.argv[2:]:
    assert getattr(allocator, name)()

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
        [sys.executable, "-c", _ALONE + _NEW_PAGES, *words],
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_large_arrays_reuse_the_pages_of_freed_ones():
    assert _new_pages() < 100


def test_streamed_rows_return_only_large_arrays():
    assert _new_pages(also=("return_large_arrays",)) > 10_000
    assert _new_pages(2_000_000, also=("return_large_arrays",)) < 100


_FREED = """
import psutil

allocator.keep_freed_memory()
arrays = [b"x" * 100_000 for _ in range(1000)]
last = b"x" * 100_000  # keeps the end of the heap in use
del arrays
before = psutil.Process().memory_info().rss
allocator.return_large_arrays()
print(before - psutil.Process().memory_info().rss)
"""


def test_streamed_rows_return_memory_that_was_freed_before():
    done = subprocess.run(
        [sys.executable, "-c", _ALONE + _FREED],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) > 90_000_000


def test_an_option_of_the_user_stays():
    assert _new_pages(MALLOC_MMAP_MAX_="65536") > 10_000
    kept = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 30)}
    assert _new_pages(also=("return_large_arrays",), **kept) < 100
