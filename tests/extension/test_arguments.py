"""The C++ functions reject arguments whose shapes do not match.

Python checks shapes first, so these tests call the functions directly.
"""

import functools

import jax
import numpy as np
import pytest

from assay.extension import call, extension_status

IN_USE, REASON = extension_status()
pytestmark = pytest.mark.skipif(not IN_USE, reason=f"C++ extension: {REASON}")
N, T, H = 2, 5, 4


def refuse(name, results, arguments, message, **attributes):
    with pytest.raises(jax.errors.JaxRuntimeError) as caught:
        jax.block_until_ready(call(name, results, *arguments, **attributes))
    assert "INVALID_ARGUMENT" in str(caught.value)
    assert message in str(caught.value)


def floats(*shape):
    return np.ones(shape, np.float32)


def changed(valid, change, name):
    """Replace the valid shape at a position."""
    position, shape = change
    shapes = [shape if i == position else s for i, s in enumerate(valid)]
    return [
        np.full(s, T, np.int32) if i in INTEGERS.get(name, ()) else floats(*s)
        for i, s in enumerate(shapes)
    ]


# Shapes of the arguments and results of each function, for n, t, h = 2, 5, 4.
SHAPES = {
    "lstm_forward": (
        [(N, T, 16), (H, 16), (N, H), (N, H), (N,)],
        [(N, T, H), (N, T, H), (N, T, 16), (N, H), (N, H)],
    ),
    "lstm_backward": (
        [(N, T, 16), (N, T, H), (N, H), (H, 16), (N, T, H), (N, H), (N, H), (N,)],
        [(N, T, 16), (N, H), (N, H)],
    ),
    "gru_forward": (
        [(N, T, 12), (H, 12), (H,), (N, H), (N,)],
        [(N, T, H), (N, T, 12), (N, T, H), (N, H)],
    ),
    "gru_backward": (
        [(N, T, 12), (N, T, H), (N, T, H), (N, H), (H, 12)] + [(N, T, H), (N, H), (N,)],
        [(N, T, 12), (N, T, 12), (N, H)],
    ),
    "convolution_forward": ([(N, 6, 5, 4), (3, 2, 2, 6)], [(N, 4, 4, 6)]),
    "convolution_input_gradient": ([(N, 4, 4, 6), (3, 2, 2, 6)], [(N, 6, 5, 4)]),
    "convolution_kernel_gradient": ([(N, 6, 5, 4), (N, 4, 4, 6)], [(3, 2, 2, 6)]),
    "dense_forward": ([(N, 3), (3, 5), (5,), (5, 2), (2,)], [(N, 5), (N, 2)]),
    "dense_backward": (
        [(N, 3), (N, 2), (3, 5), (N, 5), (5, 2), (N, 2)],
        [(N, 5), (3, 5), (5,), (5, 2), (2,)],
    ),
    "periodic_forward": ([(N, 3), (3, H), (3, H), (3, H, 2)], [(N, 3, 2)]),
    "periodic_backward": (
        [(N, 3), (3, H), (3, H), (3, H, 2), (N, 3, 2)],
        [(N, 3), (3, H), (3, H), (3, H, 2)],
    ),
}
INTEGERS = {
    "lstm_forward": (4,),
    "lstm_backward": (7,),
    "gru_forward": (4,),
    "gru_backward": (7,),
}
WINDOW = {
    "space": (6, 5),
    "window": (3, 2),
    "stride": (1, 1),
    "low": (0, 0),
    "dilation": (1, 1),
    "output": (4, 4),
}


def attributes_of(name):
    if name.startswith("convolution"):
        rows = {key: np.array(value, np.int64) for key, value in WINDOW.items()}
        return {**rows, "groups": np.int64(2)}
    if name.startswith("dense"):
        return {"activations": np.array([1, 0]), "drops": np.array([0, 0])}
    if name.startswith("periodic"):
        return {}
    return {"reverse": False}


@pytest.mark.parametrize("name", SHAPES)
def test_these_shapes_are_valid(name):
    arguments, results = SHAPES[name]
    arrays = changed(arguments, (-1, ()), name)
    jax.block_until_ready(
        call(f"assay_{name}", results, *arrays, **attributes_of(name))
    )


def changes(kind):
    """Return each shape of the arguments (0) or results (1), made wider and deeper."""
    return [
        pytest.param(name, i, wrong, id=f"{name}-{i}-{len(wrong)}")
        for name, lists in SHAPES.items()
        for i, shape in enumerate(lists[kind])
        for wrong in ((*shape[:-1], shape[-1] + 1), (*shape, 2))
    ]


@pytest.mark.parametrize(("name", "i", "shape"), changes(0))
def test_every_argument(name, i, shape):
    arguments, results = SHAPES[name]
    arrays = changed(arguments, (i, shape), name)
    refuse(f"assay_{name}", results, arrays, "must hold", **attributes_of(name))


@pytest.mark.parametrize(("name", "i", "shape"), changes(1))
def test_every_result(name, i, shape):
    arguments, results = SHAPES[name]
    arrays = changed(arguments, (-1, ()), name)
    results = [shape if j == i else s for j, s in enumerate(results)]
    refuse(f"assay_{name}", results, arrays, "must hold", **attributes_of(name))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stride": (0, 1)}, "`stride >= 1` must hold, but got stride=(0, 1)"),
        ({"low": (0, -1)}, "`low >= 0` must hold, but got low=(0, -1)"),
        ({"dilation": (1,)}, "`len(dilation) == 2` must hold, but got dilation=(1,)"),
        ({"groups": 0}, "`groups >= 1` must hold, but got groups=0"),
        ({"groups": 4}, "must hold, but got kernel.shape=(3, 2, 2, 6)"),
        ({"space": (6, 6)}, "`x.shape == (2, 6, 6, 4)` must hold"),
    ],
)
def test_geometry(change, message):
    name = "convolution_forward"
    arguments, results = SHAPES[name]
    geometry = attributes_of(name)
    geometry |= {key: np.array(value, np.int64) for key, value in change.items()}
    geometry["groups"] = np.int64(geometry["groups"])
    refuse(f"assay_{name}", results, map(floats_of, arguments), message, **geometry)


def floats_of(shape):
    return floats(*shape)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"activations": [1, 4]}, "but got activation 1=4"),
        ({"activations": [-1, 0]}, "but got activation 0=-1"),
        ({"activations": [1]}, "`len(drops) == len(activations)` must hold"),
        ({"activations": [], "drops": []}, "`number of layers >= 1` must hold"),
        ({"drops": [1, 0]}, "`number of arguments == 8` must hold, but got 5"),
    ],
)
def test_layers(change, message):
    arguments, results = SHAPES["dense_forward"]
    attributes = attributes_of("dense_forward")
    attributes |= {key: np.array(value, np.int64) for key, value in change.items()}
    arrays = map(floats_of, arguments)
    refuse("assay_dense_forward", results, arrays, message, **attributes)


@pytest.mark.parametrize("shape", [(2, 6, 3), (3,)])
def test_rank_of_a_dense_input(shape):
    """These two cases used to crash the process."""
    arguments, results = SHAPES["dense_forward"]
    arrays = [floats(*shape), *map(floats_of, arguments[1:])]
    message = "x.ndim >= 2" if len(shape) == 1 else "kernel 0.shape == (2, 3, 5)"
    attributes = attributes_of("dense_forward")
    refuse("assay_dense_forward", results, arrays, message, **attributes)


@pytest.mark.parametrize("length", [-1, T + 1])
def test_lengths_beyond_the_steps(length):
    arguments, results = SHAPES["gru_forward"]
    arrays = [*map(floats_of, arguments[:-1]), np.array([1, length], np.int32)]
    message = f"`0 <= lengths <= 5` must hold, but got lengths[1]={length}."
    refuse("assay_gru_forward", results, arrays, message, reverse=True)


def test_wrong_type():
    arguments, results = SHAPES["dense_forward"]
    arrays = [*map(floats_of, arguments[:-1]), np.ones(2, np.int32)]
    attributes = attributes_of("dense_forward")
    refuse("assay_dense_forward", results, arrays, "argument 4 (bias 1)", **attributes)


def test_the_process_goes_on_after_an_error():
    arguments, results = SHAPES["dense_forward"]
    run = functools.partial(call, "assay_dense_forward", results)
    arrays = [floats(N, 3), *map(floats_of, arguments[1:])]
    before = run(*arrays, **attributes_of("dense_forward"))
    test_rank_of_a_dense_input((3,))
    after = run(*arrays, **attributes_of("dense_forward"))
    np.testing.assert_array_equal(before[-1], after[-1])
