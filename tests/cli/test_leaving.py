"""A command does not wait for a program that it no longer needs."""

import subprocess
import sys

CODE = """
import time
from concurrent.futures import ThreadPoolExecutor

from assay.__main__ import _leave
from assay._parallel_map import AHEAD

ThreadPoolExecutor(1, thread_name_prefix=AHEAD).submit(time.sleep, 3600)
print("the result")
_leave(3)
"""


def test_a_compilation_that_nobody_waits_for_ends_with_the_command():
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stdout) == (3, "the result\n")
