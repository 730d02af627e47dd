"""Small networks that contain every layer with every option, for tests of exports."""

import functools
from typing import NamedTuple, get_args

import jax
import jax.numpy as jnp
import numpy as np

from assay import nn, spec
from assay.spec._spec import bounds_of
from assay.training import Network

TABLE, SEQUENCE, IMAGE, VOLUME = (5,), (6, 4), (5, 6, 4), (3, 4, 5, 2)
ONLY_IN_TRAINING = {"initializer", "rate", "momentum", "spread"}


class Case(NamedTuple):
    """A network, the shape of its inputs, and whether rows differ in length."""

    layers: tuple[spec.Layer, ...]
    shape: tuple[int, ...]
    uneven: bool = False

    @property
    def name(self):
        """A name for the test."""
        kinds = "-".join(layer.kind for layer in self.layers)
        options = {
            name: getattr(layer, name)
            for layer in self.layers
            for name, field in type(layer).model_fields.items()
            if name != "layers" and getattr(layer, name) != field.default
        }
        text = ",".join(f"{k}={v}".replace(" ", "") for k, v in options.items())
        return f"{kinds}({text})" + "-uneven" * self.uneven


def _even(layers, shape):
    return Case(tuple(layers), shape)


def _both(*layers):
    """Return a network for sequences, once for each kind of length."""
    return [Case(layers, SEQUENCE), Case(layers, SEQUENCE, uneven=True)]


def _tables():
    single = [
        spec.Dense(3),
        spec.Dense(3, bias=False),
        spec.Dropout(),
        spec.BatchNorm(epsilon=0.1),
        spec.LayerNorm(epsilon=0.1),
        spec.RMSNorm(epsilon=0.1),
        spec.GroupNorm(5, epsilon=0.1),
        spec.LearnedScale(),
        spec.EmbedColumns(((0, 8), (2, 4))),
        spec.EmbedColumns(((3, 3), (1, 4)), 3),
        spec.PeriodicEmbedding((0, 2), 2, 7),
        spec.Input(5),
        spec.Reshape((5, 1)),
        spec.Residual([spec.Dense(5), spec.ReLU()]),
        spec.Residual([spec.Dense(3), spec.BatchNorm()]),
        spec.ISRU(0.2),
        spec.LeakyReLU(0.3),
        spec.ELU(0.7),
        spec.CELU(0.7),
        spec.HardSigmoid(0.3),
        spec.ParametricReLU(per_channel=True),
    ]
    single += [spec.Layer.members[kind]() for kind in nn.ACTIVATIONS]
    return [Case((layer,), TABLE) for layer in single]


def _sequences():
    return [
        Case((spec.Embedding(5, 3), spec.GRU(2)), (6,)),
        Case((spec.Embedding(5, 3), spec.GRU(2)), (6,), uneven=True),
        *_both(spec.Dense(3)),
        *_both(spec.ParametricReLU(per_channel=True)),
        *_both(spec.BatchNorm(), spec.LayerNorm(), spec.SpatialDropout()),
        *_both(spec.GroupNorm(2), spec.InstanceNorm(epsilon=0.1), spec.RMSNorm()),
        *_both(spec.LayerNorm(num_axes=2), spec.RMSNorm(num_axes=2)),
        *_both(spec.PositionEmbedding(), spec.SelfAttention(2), spec.GRU(2)),
        *_both(spec.PositionEmbedding("learned"), spec.SelfAttention(2, causal=True)),
        *_both(spec.SelfAttention(3, 2, bias=False), spec.GlobalAveragePool()),
        *_both(spec.Reshape((24,))),
        *_both(spec.Reshape((6, 2, 2)), spec.Reshape((6, 4)), spec.LSTM(3)),
        *_both(spec.Residual([spec.Conv1D(3, 3, stride=2)]), spec.GRU(2)),
        *_both(spec.Residual([spec.LSTM(4, return_sequences=True)])),
        *_both(spec.Conv1D(3, 3, padding="causal", dilation=2), spec.GRU(2)),
        *_both(spec.Conv1D(4, 2, stride=2, padding="valid", groups=2), spec.GRU(2)),
        *_both(spec.Conv1D(3, 2, bias=False), spec.GRU(2)),
        *_both(spec.DepthwiseConv1D(3, 2, padding="causal"), spec.GRU(2)),
        *_both(spec.DepthwiseConv1D(2, padding="valid", bias=False), spec.GRU(2)),
        *_both(spec.DepthwiseConv1D(2, padding="same"), spec.GRU(2)),
        *_both(spec.DepthwiseConv1D(2, stride=2, padding=1, dilation=3), spec.GRU(2)),
        *_both(spec.ConvTranspose1D(3, 3, 2, output_padding=1), spec.GRU(2)),
        *_both(spec.ConvTranspose1D(4, 2, 3, "valid", 2, groups=2), spec.GRU(2)),
        *_both(spec.ConvTranspose1D(3, 2, padding=1, bias=False), spec.GRU(2)),
        *_both(spec.MaxPool1D(2, padding="valid"), spec.GRU(2)),
        *_both(spec.MaxPool1D(3, 2, "same"), spec.Conv1D(2, 1)),
        *_both(spec.AveragePool1D(2, padding="valid"), spec.GRU(2)),
        *_both(spec.AveragePool1D(3, 2, "same"), spec.Conv1D(2, 1)),
        *_both(spec.Conv1D(3, 4, padding="same_lower"), spec.GRU(2)),
        *_both(spec.DepthwiseConv1D(2, padding="same_lower"), spec.GRU(2)),
        *_both(spec.ConvTranspose1D(3, 3, 2, "same_lower"), spec.GRU(2)),
        *_both(spec.Conv1D(3, 3, 2, padding=((2, 1),)), spec.GRU(2)),
        *_both(spec.MaxPool1D(2, 1, "same_lower", dilation=3), spec.Conv1D(2, 1)),
        *_both(spec.MaxPool1D(2, 4, ((1, 0),), ceil_mode=True), spec.Conv1D(2, 1)),
        *_both(spec.AveragePool1D(2, 1, "same_lower", 3), spec.Conv1D(2, 1)),
        *_both(spec.AveragePool1D(3, 2, ((1, 0),), 1, ceil_mode=True), spec.GRU(2)),
        *_both(
            spec.AveragePool1D(4, 3, 2, ceil_mode=True, count_padding=True),
            spec.GRU(2),
        ),
        *_both(spec.AveragePool1D(4, 1, ((2, 1),), 2, count_padding=True), spec.GRU(2)),
        *_both(spec.ZeroPadding1D(((2, 1),)), spec.GRU(2)),
        *_both(spec.Cropping1D(((1, 2),)), spec.GRU(2)),
        *_both(spec.Upsampling1D(3), spec.GRU(2)),
        *_both(spec.Upsampling1D(2, "linear"), spec.GRU(2)),
        *_both(spec.GlobalMaxPool()),
        *_both(spec.GlobalAveragePool()),
        *(
            case
            for member in (spec.SimpleRNN, spec.LSTM, spec.GRU)
            for case in [
                *_both(member(3)),
                *_both(member(2, return_sequences=True, bidirectional=True)),
                *_both(member(2, bidirectional=True)),
                *_both(member(3, reverse=True)),
                *_both(member(3, True, reverse=True, initial_state="learned")),
                *_both(member(2, bidirectional=True, initial_state="learned")),
            ]
        ),
        *_both(spec.GRU(3, reset_after=False)),
        *_both(spec.GRU(3, True, reverse=True, reset_after=False)),
        *_both(
            spec.GRU(2, bidirectional=True, initial_state="learned", reset_after=False),
        ),
    ]


def _spaces():
    """Return the layers with windows over images and volumes."""
    for rank, shape in ((2, IMAGE), (3, VOLUME)):
        member = {
            kind.removesuffix(f"{rank}d"): cls
            for kind, cls in spec.Layer.members.items()
            if kind.endswith(f"{rank}d")
        }
        sizes = (2, 3, 2)[:rank]
        yield _even([member["conv"](3, 3, stride=2, bias=False)], shape)
        yield _even([member["conv"](4, sizes, groups=2, padding="valid")], shape)
        yield _even([member["conv"](2, 2, padding=1, dilation=2)], shape)
        yield _even([member["depthwise_conv"](2, 2, 2, bias=False)], shape)
        yield _even([member["depthwise_conv"](sizes, padding="valid")], shape)
        yield _even([member["depthwise_conv"](2, dilation=2)], shape)
        transposed = member["conv_transpose"]
        yield _even([transposed(2, sizes, 2)], shape)
        yield _even([transposed(4, 3, 2, 1, output_padding=1, groups=2)], shape)
        yield _even([transposed(2, 2, padding="valid", dilation=2, bias=False)], shape)
        for pool in ("max_pool", "average_pool"):
            yield _even([member[pool](2)], shape)
            yield _even([member[pool](3, 2, "same")], shape)
            yield _even([member[pool](sizes, padding="valid")], shape)
            yield _even([member[pool](2, 1, 1)], shape)
            yield _even([member[pool](2, 1, "same_lower", 2)], shape)
            yield _even([member[pool](2, 3, 1, ceil_mode=True)], shape)
        average = member["average_pool"]
        yield _even([average(2, 2, 1, count_padding=True)], shape)
        yield _even([average(3, 3, 1, 1, True, True)], shape)
        for kind in ("conv", "conv_transpose"):
            yield _even([member[kind](2, 4, padding="same_lower")], shape)
            yield _even([member[kind](2, 2, padding=((1, 0),) * rank)], shape)
        yield _even([member["depthwise_conv"](4, padding="same_lower")], shape)
        padding = ((1, 0), 2, 0)[:rank]
        cropping = member["cropping"](((0, 1), 1, 0)[:rank])
        yield _even([member["zero_padding"](padding), cropping], shape)
        yield _even([member["upsampling"](sizes)], shape)
        yield _even([member["upsampling"](sizes, "linear")], shape)
    yield _even([spec.Residual([spec.Conv2D(3, 3, stride=2)])], IMAGE)
    yield _even([spec.SpatialDropout(), spec.BatchNorm(), spec.Flatten()], IMAGE)
    yield _even([spec.GroupNorm(2), spec.InstanceNorm(), spec.RMSNorm()], IMAGE)
    yield _even([spec.LayerNorm(num_axes=2), spec.RMSNorm(num_axes=3)], IMAGE)
    yield _even([spec.GlobalMaxPool()], IMAGE)
    yield _even([spec.GlobalAveragePool()], VOLUME)
    yield _even([spec.Residual([spec.MaxPool3D(2, padding="same")])], VOLUME)


CASES = {case.name: case for case in [*_tables(), *_sequences(), *_spaces()]}


def network_of(case):
    """Return the network of a case, with two outputs."""
    return Network(case.layers, case.shape, num_outputs=2)


def perturbed(network, seed=0):
    """Return parameters and statistics that differ from all initial values."""
    rng = np.random.default_rng(seed)
    parameters, statistics = network.initialize(rng)

    def moved(leaf):
        noise = rng.uniform(0.05, 0.3, np.shape(leaf)).astype(np.float32)
        return np.asarray(leaf) + noise

    return jax.tree.map(moved, (parameters, statistics))


def hyperparameters_of(case):
    """Return the hyperparameters of the layers, nested by layer and name."""
    from assay.training import hyperparameters

    training = spec.Training(model=list(case.layers), regularizers=[])
    return hyperparameters(training, num_classes=2, total_iterations=1).model


def inputs_of(case, num_rows=5):
    """Return inputs, some of which are also valid as codes, and the lengths."""
    rng = np.random.default_rng(1)
    values = rng.normal(0, 2, (num_rows, *case.shape)).astype(np.float32)
    if not case.uneven:
        return values, None
    return values, np.array([case.shape[0], 1, 3, 2, 0][:num_rows], np.int32)


@functools.cache
def expected(name):
    """Return the outputs of Assay for the inputs of a case."""
    case = CASES[name]
    network = network_of(case)
    values, lengths = inputs_of(case)
    inputs = values if lengths is None else {"values": values, "lengths": lengths}
    inputs = jax.tree.map(jnp.asarray, inputs)
    model = perturbed(network)
    return np.asarray(jax.jit(network.infer)(*model, hyperparameters_of(case), inputs))


def all_layers(layers):
    """Yield layers and the layers inside them."""
    for layer in layers:
        yield layer
        yield from all_layers(getattr(layer, "layers", ()))


def missing_options():
    """Return the options of layers that no case sets, such as "dense.bias"."""
    used = {}
    for case in CASES.values():
        for layer in all_layers(case.layers):
            for name in type(layer).model_fields:
                used.setdefault((layer.kind, name), []).append(getattr(layer, name))
    missing = []
    for kind, member in spec.Layer.members.items():
        for name, field in member.model_fields.items():
            if name in ONLY_IN_TRAINING:
                continue
            values = used.get((kind, name), [])
            missing += [f"{kind}.{name}"] * all(v == field.default for v in values)
            words = {*getattr(bounds_of(field), "words", ()), *_words(field.annotation)}
            missing += [f"{kind}.{name}={w}" for w in words if w not in values]
    return missing


def _words(annotation):
    """Return the words in a type, such as "same" in Literal["same"]."""
    if isinstance(annotation, str):
        return {annotation}
    return set().union(*map(_words, get_args(annotation)))
