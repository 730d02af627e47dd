"""The description of a model contains the shapes, formulas and counts of its layers."""

import jax
import numpy as np
import pytest
from flax import nnx

from assay import nn, spec

NET = [
    spec.Conv2D(32, 3),
    spec.BatchNorm(),
    spec.ReLU(),
    spec.MaxPool2D(2),
    spec.Residual([spec.Conv2D(64, 3, stride=2), spec.ReLU(), spec.Conv2D(64, 3)]),
    spec.GlobalAveragePool(),
]


def test_formula_of_a_convolution():
    """The output size is shown with the numbers inserted."""
    row = nn.describe(NET, (28, 28, 1), num_outputs=10)[0]
    assert row.name == "conv1"
    assert row.input_shape == (28, 28, 1)
    assert row.output_shape == (28, 28, 32)
    assert row.formula == "H2 = W2 = (28 - 3 + 2*1)/1 + 1 = 28, D2 = K = 32"
    assert row.parameters == "(3*3*1 + 1)*32 = 320"
    assert row.num_parameters == 320
    assert row.multiply_adds == 28 * 28 * 32 * 9
    assert row.notes == ()


def test_strides_that_do_not_divide_are_noted():
    (row, *_) = nn.describe(
        [spec.Conv2D(4, 3, stride=(3, 4), padding=0)], (28, 28, 1), num_outputs=2
    )
    assert row.formula == (
        "H2 = (28 - 3 + 2*0)/3 + 1 = 9, rounded down, "
        "W2 = (28 - 3 + 2*0)/4 + 1 = 7, rounded down, D2 = K = 4"
    )
    assert row.notes == (
        "with stride 3, no window reaches the last row along H",
        "with stride 4, no window reaches the last row along W",
    )
    (row, *_) = nn.describe([spec.MaxPool2D(5)], (28, 28, 1), num_outputs=2)
    assert row.notes == (
        "with stride 5, no window reaches the last 3 rows along H and W",
    )


def test_every_layer_is_described_once_and_counts_add_up():
    rows = nn.describe(NET, (28, 28, 1), num_outputs=10)
    names = [row.name for row in rows]
    assert names == [
        "conv1", "batch_norm1", "relu1", "max_pool1", "residual1", "residual1.conv1",
        "residual1.relu1", "residual1.conv2", "global_average_pool1", "output",
    ]  # fmt: skip
    rng = np.random.default_rng(0)
    model = nn.build(NET, (28, 28, 1), num_outputs=10, rng=rng)
    parameters = jax.tree.leaves(nnx.state(model, nnx.Param))
    assert sum(row.num_parameters for row in rows) == sum(p.size for p in parameters)
    assert rows[4].notes == ("x is projected by a 1 x 1 convolution with stride 2 x 2",)
    shapes = {row.name: row.output_shape for row in rows}
    assert shapes["max_pool1"] == (14, 14, 32)
    assert shapes["residual1"] == shapes["residual1.conv2"] == (7, 7, 64)
    assert rows[5].input_shape == (14, 14, 32)


@pytest.mark.parametrize(
    ("layer_spec", "shape", "products"),
    [
        (spec.Dense(3), (4,), 12),
        (spec.Dense(3), (5, 4), 60),
        (spec.Conv2D(6, 3, groups=2), (5, 7, 4), 5 * 7 * 9 * 2 * 6),
        (spec.DepthwiseConv1D(3), (5, 4), 5 * 3 * 4),
        (spec.ConvTranspose1D(6, 3, stride=2), (5, 4), 5 * 3 * 4 * 6),
        (spec.SimpleRNN(3), (5, 4), 5 * (12 + 9)),
        (spec.LSTM(3, bidirectional=True), (5, 4), 2 * 5 * 4 * (12 + 9)),
        (spec.GRU(3), (5, 4), 5 * 3 * (12 + 9)),
        (spec.MaxPool1D(2), (5, 4), 0),
    ],
    ids=str,
)
def test_multiply_adds(layer_spec, shape, products):
    (row, *_) = nn.describe([layer_spec], shape, num_outputs=1)
    assert row.multiply_adds == products


def test_the_first_value_of_a_space_is_used_and_noted():
    layers = [spec.Dense(spec.Choice(8, 16)), spec.Dropout(spec.Uniform(0.1, 0.5))]
    rows = nn.describe(layers, (4,), num_outputs=2)
    assert rows[0].output_shape == (8,)
    assert rows[0].notes == ("uses units = 8 from choice(8, 16)",)
    assert rows[1].notes == ("uses rate = 0.1 from uniform(0.1, 0.5)",)


def test_the_table():
    text = nn.description_text(nn.describe(NET[:1], (28, 28, 1), num_outputs=10))
    assert text == (
        "layer           output  parameters  multiply-adds\n"
        "input      28 x 28 x 1\n"
        "conv1     28 x 28 x 32         320        225,792\n"
        "          H2 = W2 = (28 - 3 + 2*1)/1 + 1 = 28, D2 = K = 32\n"
        "          parameters: (3*3*1 + 1)*32 = 320\n"
        "flatten1         25088           0              0\n"
        "          28*28*32 = 25088\n"
        "          note: added because the output layer needs a flat input\n"
        "output              10     250,890        250,880\n"
        "          y (10) = x (25088) W (25088 x 10) + b (10)\n"
        "          parameters: 25088*10 + 10 = 250890\n"
        "\n"
        "total                      251,210        476,672"
    )
