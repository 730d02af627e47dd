"""Flax is imported without packages that take long."""

import subprocess
import sys


def test_ipython_is_not_imported_outside_of_notebooks():
    code = "import sys, assay.nn; sys.exit('IPython' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
