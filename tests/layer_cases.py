"""Small networks that contain every layer with every option, for tests of exports."""

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from assay import nn, spec
from assay.exporting._trained_layers import trained_layers
from assay.training import Network, hyperparameters

TABLE, SEQUENCE, IMAGE, VOLUME = (5,), (6, 4), (5, 6, 4), (3, 4, 5, 2)


def all_layers(layers):
    """Yield layers and the layers inside them."""
    for layer in layers:
        yield layer
        yield from all_layers(getattr(layer, "layers", ()))


class Case(NamedTuple):
    """A network, the shape of its inputs, and whether rows differ in length."""

    layers: tuple[spec.Layer, ...]
    shape: tuple[int, ...]
    uneven: bool = False

    @property
    def name(self):
        """A name for the test."""
        layers = list(all_layers(self.layers))
        kinds = "-".join(layer.kind for layer in layers)
        options = {
            name: getattr(layer, name)
            for layer in layers
            for name, field in type(layer).model_fields.items()
            if name != "layers" and getattr(layer, name) != field.default
        }
        text = ",".join(f"{k}={v}".replace(" ", "") for k, v in options.items())
        return f"{kinds}({text})-{len(self.shape)}d" + "-uneven" * self.uneven


def _even(*layers):
    """Return a network for sequences of the same length."""
    return Case(layers, SEQUENCE)


def _uneven(*layers):
    """Return a network for sequences of different lengths."""
    return Case(layers, SEQUENCE, uneven=True)


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
    mean = spec.GlobalAveragePool()  # depends on the number of steps
    return [
        Case((spec.Embedding(5, 3), spec.GRU(2)), (6,), uneven=True),
        _uneven(spec.Dense(3)),
        _even(spec.ParametricReLU(per_channel=True)),
        _uneven(spec.BatchNorm(), spec.LayerNorm(), spec.SpatialDropout()),
        _uneven(spec.GroupNorm(2), spec.InstanceNorm(epsilon=0.1), spec.RMSNorm()),
        _uneven(spec.LayerNorm(num_axes=2), spec.RMSNorm(num_axes=2)),
        _even(spec.PositionEmbedding(), spec.SelfAttention(2)),
        _uneven(spec.PositionEmbedding(), spec.SelfAttention(2), mean),
        _uneven(spec.PositionEmbedding("learned"), spec.SelfAttention(2, causal=True)),
        _uneven(spec.SelfAttention(3, 2, bias=False), mean),
        _uneven(spec.Reshape((24,))),
        _uneven(spec.Reshape((6, 2, 2)), spec.Reshape((6, 4)), spec.LSTM(3)),
        _uneven(spec.Residual([spec.Conv1D(3, 3, stride=2)]), mean),
        _uneven(spec.Residual([spec.LSTM(4, return_sequences=True)])),
        _uneven(spec.Conv1D(3, 3, padding="causal", dilation=2), mean),
        _uneven(spec.Conv1D(4, 2, stride=2, padding="valid", groups=2), mean),
        _uneven(spec.Conv1D(3, 2, bias=False), mean),
        _uneven(spec.Conv1D(3, 4, padding="same_lower"), mean),
        _uneven(spec.Conv1D(3, 3, 2, padding=((2, 1),)), mean),
        _uneven(spec.DepthwiseConv1D(3, 2, padding="causal"), mean),
        _uneven(spec.DepthwiseConv1D(2, padding="valid", bias=False), mean),
        _uneven(spec.DepthwiseConv1D(2, stride=2, padding=1, dilation=3), mean),
        _uneven(spec.DepthwiseConv1D(2, padding="same_lower"), mean),
        _uneven(spec.DepthwiseConv1D(2, 2), mean),
        _uneven(spec.ConvTranspose1D(3, 3, 2, output_padding=1), mean),
        _uneven(spec.ConvTranspose1D(4, 2, 3, "valid", 2, groups=2), mean),
        _uneven(spec.ConvTranspose1D(3, 2, padding=1, bias=False), mean),
        _uneven(spec.ConvTranspose1D(3, 3, 2, "same_lower"), mean),
        _uneven(spec.MaxPool1D(2, padding="valid"), mean),
        _uneven(spec.MaxPool1D(3, 2, "same"), spec.Conv1D(2, 1)),
        _uneven(spec.MaxPool1D(3, 1, "same_lower", dilation=2), spec.Conv1D(2, 1)),
        _uneven(spec.MaxPool1D(2, 1, "same_lower", dilation=4), mean),
        _uneven(spec.MaxPool1D(2, 4, ((1, 0),), ceil_mode=True), spec.Conv1D(2, 1)),
        _uneven(spec.AveragePool1D(2, padding="valid"), mean),
        _uneven(spec.AveragePool1D(3, 2, "same"), spec.Conv1D(2, 1)),
        _uneven(spec.AveragePool1D(2, 1, "same_lower", 3), spec.Conv1D(2, 1)),
        _uneven(spec.AveragePool1D(3, 2, ((1, 0),), 1, ceil_mode=True), mean),
        _uneven(spec.AveragePool1D(4, 3, 2, 1, True, True), mean),
        _uneven(spec.AveragePool1D(4, 1, ((2, 1),), 2, count_padding=True), mean),
        _uneven(spec.ZeroPadding1D(((2, 1),)), mean),
        _uneven(spec.Cropping1D(((1, 2),)), mean),
        _uneven(spec.Upsampling1D(3), mean),
        _uneven(spec.Upsampling1D(2, "linear"), mean),
        _uneven(spec.GlobalMaxPool()),
        _uneven(mean),
    ]


def _recurrent():
    for member in (spec.SimpleRNN, spec.LSTM, spec.GRU):
        yield _even(member(3, bidirectional=True, initial_state="learned"))
        yield _uneven(member(2, return_sequences=True, bidirectional=True))
        yield _uneven(member(2, bidirectional=True, initial_state="learned"))
        yield _uneven(member(3, reverse=True))
        yield _uneven(member(3, True, reverse=True, initial_state="learned"))
    yield _even(spec.GRU(3, return_sequences=True, reverse=True))
    yield _even(spec.GRU(3, reset_after=False))
    yield _uneven(spec.GRU(3, True, reverse=True, reset_after=False))
    options = {"bidirectional": True, "initial_state": "learned"}
    yield _uneven(spec.GRU(2, reset_after=False, **options))


def _images():
    networks = [
        [spec.Conv2D(3, 3, stride=2, bias=False)],
        [spec.Conv2D(4, (2, 3), groups=2, padding="valid")],
        [spec.Conv2D(2, 2, padding=1, dilation=2)],
        [spec.Conv2D(2, 4, padding="same_lower")],
        [spec.Conv2D(2, 2, padding=((1, 0), (0, 2)))],
        [spec.DepthwiseConv2D(2, 2, 2, bias=False)],
        [spec.DepthwiseConv2D((2, 3), padding="valid", dilation=2)],
        [spec.DepthwiseConv2D(4, padding="same_lower")],
        [spec.ConvTranspose2D(2, (2, 3), 2)],
        [spec.ConvTranspose2D(4, 3, 2, 1, output_padding=1, groups=2)],
        [spec.ConvTranspose2D(2, 2, padding="valid", dilation=2, bias=False)],
        [spec.ConvTranspose2D(2, 4, padding="same_lower")],
        [spec.ConvTranspose2D(2, 2, padding=((1, 0), 0))],
        [spec.AveragePool2D(2, 2, 1, count_padding=True)],
        [spec.AveragePool2D(3, 3, 1, 1, True, True)],
        [spec.ZeroPadding2D(((1, 0), 2)), spec.Cropping2D(((0, 1), 1))],
        [spec.Upsampling2D((2, 3))],
        [spec.Upsampling2D((2, 3), "linear")],
        [spec.Residual([spec.Conv2D(3, 3, stride=2)])],
        [spec.SpatialDropout(), spec.BatchNorm(), spec.Flatten()],
        [spec.GroupNorm(2), spec.InstanceNorm(), spec.RMSNorm()],
        [spec.LayerNorm(num_axes=2), spec.RMSNorm(num_axes=3)],
        [spec.GlobalMaxPool()],
    ]
    for pool in (spec.MaxPool2D, spec.AveragePool2D):
        networks += [
            [pool(2)],
            [pool(3, 2, "same")],
            [pool((2, 3), padding="valid")],
            [pool(2, 1, 1)],
            [pool(2, 1, "same_lower", 2)],
            [pool(2, 3, 1, ceil_mode=True)],
        ]
    return [Case(tuple(layers), IMAGE) for layers in networks]


def _volumes():
    """Return several layers at once, because images test their options one by one."""
    networks = [
        [
            spec.Conv3D(4, (2, 3, 2), (1, 1, 2), "same_lower", bias=False),
            spec.Conv3D(4, 2, padding="valid", groups=2),
            spec.Conv3D(2, 2, dilation=2),
        ],
        [
            spec.DepthwiseConv3D(2, 2, 2, bias=False),
            spec.DepthwiseConv3D((2, 1, 2), padding="valid"),
            spec.DepthwiseConv3D(2, padding="same_lower", dilation=2),
        ],
        [
            spec.ConvTranspose3D(2, (2, 3, 2), 2),
            spec.ConvTranspose3D(4, 3, 2, 1, output_padding=1, groups=2),
        ],
        [
            spec.ConvTranspose3D(2, 2, padding="valid", dilation=2, bias=False),
            spec.ConvTranspose3D(2, 4, padding="same_lower"),
        ],
        [
            spec.ZeroPadding3D(((1, 0), 2, 0)),
            spec.Cropping3D(((0, 1), 1, 0)),
            spec.Upsampling3D((1, 2, 1)),
            spec.Upsampling3D((2, 1, 3), "linear"),
        ],
        [spec.AveragePool3D(2, 3, 1, ceil_mode=True, count_padding=True)],
        [spec.Residual([spec.MaxPool3D(2, padding="same")])],
        [spec.GlobalAveragePool()],
    ]
    for pool in (spec.MaxPool3D, spec.AveragePool3D):
        networks += [
            [pool(3, 1, "same"), pool((1, 3, 2), padding="valid")],
            [pool(2, 1, "same_lower", 2), pool(2, 3, 1, ceil_mode=True)],
        ]
    return [Case(tuple(layers), VOLUME) for layers in networks]


_ALL = [*_tables(), *_sequences(), *_recurrent(), *_images(), *_volumes()]
CASES = {case.name: case for case in _ALL}
assert len(CASES) == len(_ALL), "two cases have the same name"


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
    training = spec.Training(model=list(case.layers), regularizers=[])
    return hyperparameters(training, num_classes=2, total_iterations=1).model


def trained_layers_of(case):
    """Return the layers of a case, with perturbed parameters, for translators."""
    network = network_of(case)
    trees = [*perturbed(network), hyperparameters_of(case)]
    return trained_layers(network, trees)


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
