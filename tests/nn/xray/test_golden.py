"""Worked examples are explained number by number."""

import numpy as np
import pytest

from assay import nn, spec
from assay.nn import xray

IMAGE = [
    [2, 1, 0, 1, 1],
    [1, 1, 0, 2, 0],
    [0, 0, 1, 1, 1],
    [1, 2, 2, 0, 2],
    [2, 0, 1, 2, 1],
]
KERNEL = [[0, 1, -1], [-1, 1, 0], [0, 1, 1]]
CONVOLVED = [[4, 1, 0], [3, 1, 2], [1, 3, 1]]
POOLED_FROM = [[2, 13, 3, 1], [1, 20, 2, 3], [15, 14, 7, 1], [10, 2, 2, 9]]


def watched(layer_spec, image, **parameters):
    """Watch a model with one layer on one image."""
    x = np.float32(image)[None, :, :, None]
    rng = np.random.default_rng(0)
    model = nn.build([layer_spec], x.shape[1:], num_outputs=1, rng=rng)
    for name, value in parameters.items():
        getattr(model.layer(model.names[0]), name).set_value(value)
    return xray.watch(model, x)


@pytest.fixture(scope="module")
def convolved():
    kernel = np.float32(KERNEL)[:, :, None, None]
    layer_spec = spec.Conv2D(1, 3, stride=2, padding=1, bias=False)
    return watched(layer_spec, IMAGE, kernel=kernel)


def test_convolution_step_by_step(convolved):
    padded = np.pad(IMAGE, 1)
    for i, j in np.ndindex(3, 3):
        explained = convolved.explain("conv1", (i, j, 0))
        assert explained.value == explained.check.sum == CONVOLVED[i][j]
        window = padded[2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
        pairs = list(zip(window.ravel(), np.ravel(KERNEL), strict=True))
        assert [term.factors for term in explained.terms] == pairs
        for term in explained.terms:
            real = term.source is not None
            assert term.what == ("input" if real else "padding")
            if real:
                assert IMAGE[term.source[0]][term.source[1]] == term.factors[0]


def test_convolution_as_text(convolved):
    assert convolved.explain("conv1", (0, 0, 0)).to_text() == (
        "conv1 · conv2d · y[0, 0, 0] of row 0\n"
        "  5 x 5 x 1 → 3 x 3 x 1\n"
        "  y[p, k] = sum over t, c of x[S p + dilation t - P, c] W[t, c, k]\n"
        "  window: from (-1, -1), to (1, 1), stride (2, 2), padding (1, 1), dilation "
        "(1, 1),\n    channels (0, 0)\n"
        "  y[0, 0, 0] = 0·0 + 0·1 + 0·(-1) + 0·(-1) + 2·1 + 1·0 + 0·0 + 1·1 + 1·1 = 4\n"
        "  check: the terms sum to 4; the forward pass gives 4"
    )


def test_max_pooling_step_by_step():
    pooled = watched(spec.MaxPool2D(2), POOLED_FROM)
    wanted = {(0, 0): (20, [1, 1, 0]), (0, 1): (3, [0, 2, 0]),
              (1, 0): (15, [2, 0, 0]), (1, 1): (9, [3, 3, 0])}  # fmt: skip
    for place, (value, winner) in wanted.items():
        explained = pooled.explain("max_pool1", (*place, 0))
        assert (explained.value, explained.details["winner"]) == (value, winner)
        i, j = place
        window = np.array(POOLED_FROM)[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].ravel()
        assert [term.value for term in explained.result.terms] == window.tolist()
    text = pooled.explain("max_pool1", (0, 0, 0)).to_text()
    assert "  window: from (0, 0), to (1, 1)\n  winner: (1, 1, 0)\n" in text
    assert "  y[0, 0, 0] = max(2, 13, 1, 20) = 20\n" in text


def test_a_bias_is_written_as_a_letter():
    layer_spec = spec.Conv2D(1, 3, stride=2, padding=1)
    kernel = np.float32(KERNEL)[:, :, None, None]
    model_pass = watched(layer_spec, IMAGE, kernel=kernel, bias=np.float32([-0.25]))
    text = model_pass.explain("conv1", (0, 0, 0)).to_text(most_terms=6)
    assert "  y[0, 0, 0] = 0·0 + 0·1 + 0·(-1) + 0·(-1) + 2·1 + … + b = 3.75, " in text
    assert " = 3.75, with b = -0.25\n" in text
