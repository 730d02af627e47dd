"""Check that an installed wheel has, or lacks, the C++ kernels, and train once.

python scripts/check_wheel.py [present | absent]
"""

import sys

import assay
from assay.extension import extension_status

if __name__ == "__main__":
    expected = sys.argv[1] if len(sys.argv) > 1 else "present"
    in_use, reason = extension_status()
    if in_use != (expected == "present"):
        sys.exit(f"The C++ kernels must be {expected}, but are {reason}.")
    run = assay.train("iris", model=[assay.Dense(8), assay.ReLU()], trials=1, runs=None)
    print(f"C++ kernels {reason}; {run.test}")
