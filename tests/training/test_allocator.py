"""Memory that programs free is kept for their next call."""

import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other C libraries have no such options"
)

_NEW_PAGES = """
import resource
from concurrent.futures import ThreadPoolExecutor
from assay.training._allocator import keep_freed_memory

assert keep_freed_memory()

def new_pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    b"x" * 80_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

with ThreadPoolExecutor(1) as pool:
    print([pool.submit(new_pages).result() for _ in range(3)][-1])
"""


def _new_pages(**variables: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _NEW_PAGES],
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_large_arrays_reuse_the_pages_of_freed_ones():
    assert _new_pages() < 100


def test_an_option_of_the_user_stays():
    assert _new_pages(MALLOC_MMAP_MAX_="65536") > 10_000
