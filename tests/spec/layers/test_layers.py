"""Layer specs accept one number for all axes or one per axis, and nested layers."""

import pytest

from assay import spec
from assay._errors import InputError


def faults(build, *values, **fields):
    """Return the faults of a rejected spec."""
    with pytest.raises(InputError) as caught:
        build(*values, **fields)
    return list(caught.value.faults)


@pytest.mark.parametrize("layer", spec.Layer.members.values())
def test_every_layer_has_a_formula(layer):
    assert layer.formula


def test_a_size_is_one_number_or_one_for_each_axis():
    assert spec.Conv2D(8, 3).size == 3
    assert spec.Conv2D(8, [3, 5]).size == (3, 5)
    assert spec.Conv3D(8, (1, 2, 3), padding=(0, 1, 1)).padding == (0, 1, 1)
    assert hash(spec.Conv2D(8, [3, 5])) == hash(spec.Conv2D(8, (3, 5)))


def test_wrong_numbers_of_axes_are_all_reported():
    fix = "Use one number for all axes, or one number per axis."
    assert faults(spec.Conv2D, 8, (3, 3, 3), stride=[1]) == [
        f"`len(size) == 2` must hold, but got size=(3, 3, 3). {fix}",
        f"`len(stride) == 2` must hold, but got stride=(1,). {fix}",
    ]


@pytest.mark.parametrize("value", [0, -1, (3, 0), (), [3, "a"], 1.5, (1.5, 2), "big"])
def test_an_invalid_size_is_refused(value):
    (message,) = faults(spec.MaxPool2D, size=value)
    assert message.startswith("`size ")
    assert f"size={value!r}" in message
    assert message.endswith("such as 3.")


@pytest.mark.parametrize("kind", [spec.Conv1D, spec.DepthwiseConv1D])
def test_causal_padding_is_for_sequences_only(kind):
    fields = {"filters": 2} if kind is spec.Conv1D else {}
    assert kind(size=3, padding="causal", **fields).padding == "causal"
    (message,) = faults(spec.Conv2D, 8, 3, padding="causal")
    assert message == (
        "`padding >= 0` must hold, but got padding='causal'. Use a number, such as "
        "1. These words are also allowed: same, same_lower, valid."
    )


def test_padding_may_differ_on_both_sides_of_an_axis():
    pairs = ((1, 2), (0, 3))
    assert spec.Conv2D(8, 3, padding=[[1, 2], [0, 3]]).padding == pairs
    assert spec.Conv2D(8, 3, padding=[[1, 2], 3]).padding == ((1, 2), 3)
    assert spec.MaxPool1D(2, padding=[[1, 0]]).padding == ((1, 0),)
    searched = spec.Conv1D(8, 3, padding="choice(1, [[1, 2]])").padding
    assert searched == spec.Choice(1, ((1, 2),))
    layer_spec = spec.ZeroPadding2D(pairs)
    assert spec.Layer.read(layer_spec.to_data()) == layer_spec
    assert hash(layer_spec) == hash(spec.ZeroPadding2D([[1, 2], [0, 3]]))
    fix = "Use one number for all axes, or one number per axis."
    assert faults(spec.Cropping2D, [[1, 2]]) == [
        "`len(cropping) == 2` must hold, but got cropping=((1, 2),). " + fix
    ]


@pytest.mark.parametrize("value", [[[1]], [[1, 2, 3]], [[1, -1]], [[1, "a"]], [[[1]]]])
def test_invalid_pairs_are_refused(value):
    (message,) = faults(spec.ZeroPadding1D, value)
    assert message == (
        f"`padding >= 0` must hold, but got padding={value!r}. Use a number, such as 1."
    )


def test_recurrent_layers_have_one_kind_of_direction():
    assert faults(spec.GRU, 3, bidirectional=True, reverse=True) == [
        "`not (bidirectional and reverse)` must hold, but got reverse=True. Remove "
        "reverse; bidirectional already processes both directions."
    ]


def test_sizes_can_be_searched():
    layer_spec = spec.Training(
        model=[spec.Conv2D(spec.Choice(8, 16), "choice(3, [3, 5])")]
    )
    size = layer_spec.spaces()["model[0].size"]
    assert size == spec.Choice(3, (3, 5))
    chosen = layer_spec.with_values(
        {"model[0].size": size.ends()[1], "model[0].filters": 8}
    )
    assert chosen.model == (spec.Conv2D(8, (3, 5)),)
    assert hash(layer_spec) == hash(spec.Training(**layer_spec.to_data()))
    assert (
        "traced"
        not in spec.Training(model=[spec.Conv2D(8, 3)])
        .structure()
        .split('"model[0].bias"')[0]
        .split('"model[0].kind"')[1]
    )


def test_layers_in_layers_are_found_by_their_path():
    layer_spec = spec.Training(model=[spec.ReLU(), spec.Residual([spec.Dropout(0.2)])])
    path = "model[1].layers[0].rate"
    assert layer_spec.traced()[path] == 0.2
    changed = layer_spec.with_values({path: 0.4})
    assert changed.model[1] == spec.Residual([spec.Dropout(0.4)])
    assert changed.structure() == layer_spec.structure()
    nested = {"kind": "residual", "layers": [{"kind": "conv2d", "filters": 0}, "rel"]}
    messages = faults(spec.Training, model=[nested])
    assert [line.partition(" ")[0] for line in messages] == [
        "`filters",
        "model[0].layers[0].size",
        "unknown",
    ]
    assert "model[0].layers[0].filters=0" in messages[0]
    assert "model[0].layers[1]='rel'. Did you mean 'relu'?" in messages[2]
    (message,) = faults(spec.Residual, [])
    assert message.startswith("`len(layers) >= 1` must hold, but got layers=().")


def test_columns_to_embed_are_checked():
    columns = ((1, 5), (1, 3), (-1, 4), (2, 0))
    messages = faults(spec.EmbedColumns, columns)
    rule = "`position >= 0 and 1 <= codes <= 16777216` must hold, but got columns="
    fix = "Write [position, number of codes]."
    assert messages == [
        f"Each column of codes must be listed exactly once, but got columns={columns}. "
        "Write [[position, number of codes], ...], such as [[3, 40], [5, 7]].",
        f"{rule}(-1, 4). {fix}",
        f"{rule}(2, 0). {fix}",
    ]
    assert spec.EmbedColumns([[1, 5]], "auto").columns == ((1, 5),)
