"""A small table in several forms, for tests of the sources that accept it."""

import numpy as np
import pandas as pd
import pytest

from assay._errors import InputError
from assay.data import load

X = np.random.default_rng(0).normal(size=(24, 3))
Y = np.arange(24) % 2
FRAME = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": Y})


def fault_of(source, **options):
    """Return the message with which `load` refuses a source."""
    with pytest.raises(InputError) as caught:
        load(source, **options)
    return str(caught.value)
