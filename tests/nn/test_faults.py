"""All faults of a model are reported together, each with a fix."""

import numpy as np
import pytest

from assay import nn, spec
from assay._errors import InputError


def faults(*layers, shape):
    """Return the faults of a model."""
    with pytest.raises(InputError) as caught:
        nn.build(layers, shape, num_outputs=2, rng=np.random.default_rng(0))
    return list(caught.value.faults)


@pytest.mark.parametrize(
    ("layer_spec", "shape", "message"),
    [
        (
            spec.Conv2D(8, 7, padding="valid"),
            (5, 5, 3),
            "`size <= input + padding` must hold, but got model[0].size=7. The padded "
            "input is 5 x 5. Use a smaller kernel or more padding.",
        ),
        (
            spec.Conv1D(8, 3, dilation=4, padding=1),
            (5, 3),
            "`size <= input + padding` must hold, but got model[0].size=3. The padded "
            "input is 7. The dilated kernel covers 9. Use a smaller kernel or more "
            "padding.",
        ),
        (
            spec.Conv2D(8, 3, groups=3),
            (5, 5, 4),
            "`channels % groups == filters % groups == 0` must hold, but got "
            "model[0].groups=3. For 4 channels and 8 filters, use 1, 2 or 4.",
        ),
        (
            spec.Conv2D(8, 3),
            (64,),
            "`conv2d.input_shape == (height, width, channels)` must hold, but got "
            "model[0].input_shape=(64,). Put Reshape((height, width, 1)) before this "
            "layer, with the sizes of your data.",
        ),
        (
            spec.Conv2D(8, 3),
            (28, 28),
            "`conv2d.input_shape == (height, width, channels)` must hold, but got "
            "model[0].input_shape=(28, 28). Put Reshape((28, 28, 1)) before this "
            "layer.",
        ),
        (
            spec.MaxPool1D(2),
            (28, 28, 3),
            "`max_pool1d.input_shape == (steps, channels)` must hold, but got "
            "model[0].input_shape=(28, 28, 3). Use MaxPool2D.",
        ),
        (
            spec.MaxPool2D(6),
            (5, 9, 3),
            "`size <= input + padding` must hold, but got model[0].size=6. The padded "
            "input is 5 x 9. Use a smaller window or more padding.",
        ),
        (
            spec.AveragePool2D(2, padding=(0, 2)),
            (5, 9, 3),
            "`padding <= size / 2` must hold, but got model[0].padding=(0, 2). Use at "
            "most half the window size, so that each window has a real value.",
        ),
        (
            spec.ConvTranspose1D(8, 2, padding=3),
            (3, 1),
            "`output size >= 1` must hold, but got model[0].padding=3. The output "
            "would be empty (W2 = (3 - 1)*1 - 2*3 + 2 = -2). Use less padding.",
        ),
        (
            spec.ConvTranspose1D(8, 2, stride=2, padding=0, output_padding=2),
            (3, 1),
            "`output_padding < stride` must hold, but got model[0].output_padding=2. "
            "Use a number smaller than the stride 2.",
        ),
        (
            spec.MaxPool1D(2, 1, 1, dilation=4),
            (3, 1),
            "`every window has a real value` must hold, but got model[0].dilation=4. "
            "Use less padding or a smaller dilation.",
        ),
        (
            spec.Cropping2D(((2, 3), 1)),
            (5, 9, 3),
            "`sum(cropping) < input size` must hold, but got model[0].cropping=((2, "
            "3), 1). The input is 5 x 9. Crop less.",
        ),
        (
            spec.Upsampling2D(),
            (5, 3),
            "`upsampling2d.input_shape == (height, width, channels)` must hold, but "
            "got model[0].input_shape=(5, 3). Put Reshape((5, 3, 1)) before this "
            "layer.",
        ),
        (
            spec.GroupNorm(4),
            (5, 6),
            "`channels % groups == 0` must hold, but got model[0].groups=4. For 6 "
            "channels, use 1, 2, 3, 6.",
        ),
        (
            spec.InstanceNorm(),
            (64,),
            "`instance_norm.input_shape == (*space, channels)` must hold, but got "
            "model[0].input_shape=(64,). Use LayerNorm() for inputs without positions.",
        ),
        (
            spec.LayerNorm(num_axes=3),
            (5, 6),
            "`num_axes <= len(input_shape)` must hold, but got model[0].num_axes=3. "
            "The input is 5 x 6. Write num_axes = 2.",
        ),
        (
            spec.SelfAttention(4),
            (5, 6),
            "`channels % heads == 0` must hold, but got model[0].heads=4. For 6 "
            "channels, use 1, 2, 3, 6 heads, or set head_units.",
        ),
        (
            spec.SelfAttention(4),
            (5, 6, 3),
            "`self_attention.input_shape == (steps, channels)` must hold, but got "
            "model[0].input_shape=(5, 6, 3). Put Reshape((5, 18)) before this layer, "
            "or, for codes, Embedding(size, units).",
        ),
        (
            spec.PositionEmbedding(),
            (64,),
            "`position_embedding.input_shape == (steps, channels)` must hold, but got "
            "model[0].input_shape=(64,). Put Reshape(...) before this layer, or, for "
            "codes, Embedding(size, units).",
        ),
        (
            spec.GRU(8),
            (64,),
            "`gru.input_shape == (steps, channels)` must hold, but got "
            "model[0].input_shape=(64,). If the numbers are a sequence, put "
            "Reshape((64, 1)) before this layer. If they are codes, put "
            "Embedding(size, units) before it. If the previous layer is recurrent, "
            "set return_sequences = true in that layer.",
        ),
        (
            spec.LSTM(8),
            (28, 28, 3),
            "`lstm.input_shape == (steps, channels)` must hold, but got "
            "model[0].input_shape=(28, 28, 3). Put Reshape((28, 84)) before this "
            "layer.",
        ),
        (
            spec.Dense(8),
            (14, 14, 32),
            "`len(input_shape) <= 2` must hold, but got model[0].input_shape=(14, 14, "
            "32). Put Flatten() or GlobalAveragePool() before this layer. For a dense "
            "layer at each of the 14 x 14 positions, use Conv2D(8, 1).",
        ),
        (
            spec.Input((28, 28, 1)),
            (28, 28, 3),
            "`shape == data.shape` must hold, but got model[0].shape=(28, 28, 1). The "
            "data have shape 28 x 28 x 3, channels last. Write shape = [28, 28, 3].",
        ),
        (
            spec.Reshape((8, 7)),
            (64,),
            "`prod(shape) == prod(input_shape)` must hold, but got model[0].shape=(8, "
            "7). The input (64) has 64 numbers. Use sizes whose product is 64.",
        ),
        (
            spec.GlobalMaxPool(),
            (64,),
            "`global_max_pool.input_shape == (*space, channels)` must hold, but got "
            "model[0].input_shape=(64,). Remove the layer, because the input is "
            "already flat.",
        ),
        (
            spec.Embedding(10, 3),
            (5, 2),
            "`embedding.input_shape in ((steps,), (steps, 1))` must hold, but got "
            "model[0].input_shape=(5, 2). Each step must be a single code. Put this "
            "layer first.",
        ),
        (
            spec.EmbedColumns(((1, 3), (7, 4))),
            (5,),
            "`position < 5` must hold, but got model[0].columns=(7, 4). The input has "
            "5 columns, counted from 0.",
        ),
        (
            spec.EmbedColumns(((1, 3),)),
            (5, 2),
            "`embed_columns.input_shape == (columns,)` must hold, but got "
            "model[0].input_shape=(5, 2). For tables, put this layer first. For "
            "sequences, use Embedding.",
        ),
        (
            spec.Residual([spec.Conv2D(4, 3, stride=2, padding="valid")]),
            (28, 28, 4),
            "`output size == ceil(input size / stride)` must hold, but got "
            "model[0].layers.output_shape=(13, 13, 4). The input is 28 x 28 x 4. Use "
            'padding = "same" in the layers, and reduce the size with strides.',
        ),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_text_of_a_fault(layer_spec, shape, message):
    assert faults(layer_spec, shape=shape) == [message]


def test_all_faults_of_a_model_are_reported_together():
    """This includes layers inside a residual block and layers after a faulty layer."""
    messages = faults(
        spec.Conv2D(8, 9, padding="valid"),
        spec.Residual([spec.Conv2D(8, 3, groups=3), spec.MaxPool2D(6)]),
        spec.MaxPool2D(9),
        spec.Flatten(),
        spec.LSTM(4),
        shape=(5, 5, 3),
    )
    starts = [
        "`size <= input + padding` must hold, but got model[0].size=9",
        "`channels % groups == filters % groups == 0` must hold, but got "
        "model[1].layers[0].groups=3",
        "`size <= input + padding` must hold, but got model[1].layers[1].size=6",
        "`size <= input + padding` must hold, but got model[2].size=9",
        "`lstm.input_shape == (steps, channels)` must hold, but got "
        "model[4].input_shape=(200,)",
    ]
    assert len(messages) == len(starts)
    for message, start in zip(messages, starts, strict=True):
        assert message.startswith(start)


def test_fixing_a_layer_reveals_no_unreported_fault():
    """Faults after a faulty layer are true regardless of how that layer is fixed."""
    rest = [spec.MaxPool2D(2), spec.MaxPool2D(2), spec.Conv2D(4, 3, padding="valid")]
    assert (
        len(faults(spec.Conv2D(8, 13, padding="valid"), *rest, shape=(12, 12, 1))) == 1
    )
    fixed = [spec.Conv2D(8, 1), *rest]
    nn.build(fixed, (12, 12, 1), num_outputs=2, rng=np.random.default_rng(0))


def test_the_output_layer_gets_a_flat_input():
    """A Flatten layer is added before the layer if its input has spatial axes."""

    def names(*layers, shape):
        model = nn.build(layers, shape, num_outputs=3, rng=np.random.default_rng(0))
        assert model.output.output_shape == (3,)
        return model.names

    assert names(shape=(8, 8, 1)) == ("flatten1", "output")
    assert names(spec.Conv2D(4, 3), shape=(8, 8, 1))[1:] == ("flatten1", "output")
    reshaped = [spec.Flatten(), spec.Reshape((8, 8, 1))]
    assert names(*reshaped, shape=(64,))[2:] == ("flatten2", "output")
    assert names(spec.GlobalMaxPool(), shape=(8, 8, 1))[1:] == ("output",)
