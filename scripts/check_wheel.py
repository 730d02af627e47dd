"""Check that an installed wheel contains the C++ kernels, and train once with them.

python scripts/check_wheel.py
"""

import sys

import assay
from assay.extension import extension_status

if __name__ == "__main__":
    in_use, reason = extension_status()
    if not in_use:
        sys.exit(f"The C++ kernels are missing: {reason}")
    run = assay.train("iris", model=[assay.Dense(8), assay.ReLU()], trials=1, runs=None)
    print(f"C++ kernels {reason}; {run.test}")
