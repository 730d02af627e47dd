"""Merged cells of a spreadsheet, which leave a value in the first row, are reported."""

import numpy as np
import pytest

from assay import InputError
from assay.data import load, look, split

BLOCKS = ["A", *[None] * 19, "B", *[None] * 19]
WEIGHTS = np.random.default_rng(0).normal(size=40)


@pytest.mark.parametrize("name", ["site", "patient_id"])
def test_merged_cells_are_reported(name):
    dataset = load({name: BLOCKS, "w": WEIGHTS, "y": [0, 1] * 20}, target="y")
    findings = {f.code: f for f in look(dataset, split(dataset, seed=0))}
    assert findings["merged_cells"].numbers == {"column": name}
    assert findings["merged_cells"].remedy.endswith(
        f"frame.with_columns(pl.col({name!r}).forward_fill())."
    )


@pytest.mark.parametrize("cells", [[None, *BLOCKS[1:]], ["A", None] * 20, ["A", "B"]])
def test_other_empty_cells_are_not_reported(cells):
    cells = (cells * 20)[:40]
    dataset = load({"site": cells, "w": WEIGHTS, "y": [0, 1] * 20}, target="y")
    assert "merged_cells" not in [f.code for f in look(dataset)]


def test_targets_in_merged_cells_have_a_fix():
    with pytest.raises(InputError) as caught:
        load({"w": WEIGHTS, "y": BLOCKS}, target="y")
    assert str(caught.value).endswith(
        "If each target applies to the empty cells below it, write "
        "frame.with_columns(pl.col('y').forward_fill())."
    )
