"""Create options.npz with values and gradients of options of layers.

Most numbers are PyTorch's, and those of "same_lower" padding, of dilated averages and
of the GRU that resets its state before the product are ONNX Runtime's, without
gradients. Each case holds the spec of our layer as JSON, so that the test needs no
list of its own. Channels come last, as in Assay.

    pip install torch onnx onnxruntime
    python tests/reference/options/make_options.py
"""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnx import TensorProto, helper
from torch.nn import functional as F  # noqa: N812 - as PyTorch's documents name it

LENGTHS = [5, 3, 1]
RNG = np.random.default_rng(0)
CASES = []


def drawn(*shape):
    return torch.tensor(RNG.normal(size=shape), dtype=torch.float32, requires_grad=True)


def add(spec, x, function, parameters=None, *, lengths=None):
    """Add a case.

    Args:
        spec: our layer as plain data.
        x: input (n, ..., channels).
        function: maps x and the parameters to the output (n, ..., channels).
        parameters: our parameters by name, in our layout.
        lengths: number of real steps of each row.
    """
    parameters = parameters or {}
    y = function(x, **parameters)
    g = torch.tensor(RNG.normal(size=y.shape), dtype=torch.float32)
    names, arrays = ["x", *parameters], [x, *parameters.values()]
    gradients = torch.autograd.grad(y, arrays, g)
    arrays = {"x": x, "y": y, "g": g}
    arrays |= {f"p.{name}": value for name, value in parameters.items()}
    arrays |= {f"d.{n}": d for n, d in zip(names, gradients, strict=True)}
    store(spec, {k: v.detach().numpy() for k, v in arrays.items()}, lengths)


def store(spec, arrays, lengths=None):
    arrays = {"spec": np.array(json.dumps(spec)), **arrays}
    if lengths is not None:
        arrays["lengths"] = np.array(lengths, np.int32)
    CASES.append(arrays)


def first(x):
    """Move the channels to the second axis."""
    return x.movedim(-1, 1)


def last(y):
    return y.movedim(1, -1)


def torch_kernel(kernel):
    """Return our kernel (*size, inputs, outputs) as (outputs, inputs, *size)."""
    rank = kernel.ndim - 2
    return kernel.permute(rank + 1, rank, *range(rank))


def sides(pairs):
    """Return pairs per axis as F.pad takes them, from the last axis to the first."""
    return [rows for pair in reversed(pairs) for rows in pair]


def convolutions():
    pairs = ((1, 2), (0, 3))
    spec = {"kind": "conv2d", "filters": 3, "size": [3, 2], "stride": 2}
    add(
        spec | {"padding": pairs},
        drawn(2, 5, 6, 2),
        lambda x, kernel, bias: last(
            F.conv2d(F.pad(first(x), sides(pairs)), torch_kernel(kernel), bias, 2)
        ),
        {"kernel": drawn(3, 2, 2, 3), "bias": drawn(3)},
    )
    spec = {"kind": "depthwise_conv1d", "size": 3, "padding": [[2, 1]], "dilation": 2}
    add(
        spec,
        drawn(2, 7, 3),
        lambda x, kernel, bias: last(
            F.conv1d(
                F.pad(first(x), (2, 1)),
                torch_kernel(kernel),
                bias,
                dilation=2,
                groups=3,
            )
        ),
        {"kernel": drawn(3, 1, 3), "bias": drawn(3)},
    )
    spec = {"kind": "conv_transpose2d", "filters": 2, "size": 3, "stride": 2}

    def transposed(x, kernel, bias):
        y = F.conv_transpose2d(first(x), kernel.permute(3, 2, 0, 1), bias, 2)
        return last(y[:, :, 1:, : y.shape[3] - 2])

    add(
        spec | {"padding": ((1, 0), (0, 2))},
        drawn(2, 3, 4, 3),
        transposed,
        {"kernel": drawn(3, 3, 2, 3), "bias": drawn(2)},
    )


def pools():
    options = {"size": 3, "stride": 2, "padding": 1, "ceil_mode": True}
    arguments = (3, 2, 1)
    for rank, space in ((1, (8,)), (2, (6, 8)), (3, (4, 5, 6))):
        x = drawn(2, *space, 2)
        pool = getattr(F, f"max_pool{rank}d")
        add(
            {"kind": f"max_pool{rank}d", **options},
            x,
            lambda x, pool=pool: last(pool(first(x), *arguments, ceil_mode=True)),
        )
        for counted in (False, True):
            pool = getattr(F, f"avg_pool{rank}d")
            add(
                {"kind": f"average_pool{rank}d", **options, "count_padding": counted},
                x,
                lambda x, pool=pool, counted=counted: last(
                    pool(first(x), *arguments, True, counted)
                ),
            )
    add(
        {"kind": "max_pool2d", "size": [2, 3], "stride": 2, "dilation": [3, 2]},
        drawn(2, 7, 9, 2),
        lambda x: last(F.max_pool2d(first(x), (2, 3), 2, 0, (3, 2))),
    )
    add(
        {"kind": "average_pool1d", "size": 4, "stride": 3, "padding": 2}
        | {"count_padding": True},
        drawn(2, 9, 2),
        lambda x: last(F.avg_pool1d(first(x), 4, 3, 2)),
    )


def norms():
    x = drawn(2, 4, 3, 6)
    affine = {"scale": drawn(6), "bias": drawn(6)}
    add(
        {"kind": "group_norm", "groups": 3, "epsilon": 1e-3},
        x,
        lambda x, scale, bias: last(F.group_norm(first(x), 3, scale, bias, 1e-3)),
        affine,
    )
    add(
        {"kind": "instance_norm", "epsilon": 1e-3},
        x,
        lambda x, scale, bias: last(
            F.instance_norm(first(x), weight=scale, bias=bias, eps=1e-3)
        ),
        affine,
    )
    add(
        {"kind": "layer_norm", "epsilon": 1e-3, "num_axes": 2},
        x,
        lambda x, scale, bias: F.layer_norm(x, (3, 6), scale, bias, 1e-3),
        {"scale": drawn(3, 6), "bias": drawn(3, 6)},
    )
    for num_axes, shape in ((1, (6,)), (3, (4, 3, 6))):
        add(
            {"kind": "rms_norm", "epsilon": 1e-3, "num_axes": num_axes},
            x,
            lambda x, scale, shape=shape: F.rms_norm(x, shape, scale, 1e-3),
            {"scale": drawn(*shape)},
        )


def resizing():
    pairs = ((1, 2), (0, 3))
    negative = tuple((-before, -after) for before, after in pairs)
    image = drawn(2, 5, 6, 2)
    add(
        {"kind": "zero_padding2d", "padding": pairs},
        image,
        lambda x: last(F.pad(first(x), sides(pairs))),
    )
    add(
        {"kind": "cropping2d", "cropping": pairs},
        image,
        lambda x: last(F.pad(first(x), sides(negative))),
    )
    modes = {
        ("upsampling1d", "linear"): ((4,), 3, "linear"),
        ("upsampling2d", "linear"): ((4, 3), (2, 4), "bilinear"),
        ("upsampling3d", "linear"): ((2, 3, 2), (2, 1, 3), "trilinear"),
        ("upsampling2d", "nearest"): ((4, 3), (2, 3), "nearest"),
    }
    for (kind, interpolation), (space, factor, mode) in modes.items():
        add(
            {"kind": kind, "factor": factor, "interpolation": interpolation},
            drawn(2, *space, 2),
            lambda x, factor=factor, mode=mode: last(
                F.interpolate(first(x), scale_factor=factor, mode=mode)
            ),
        )


def recurrent():
    cells = {"simple_rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
    for kind, layer_class in cells.items():
        layer = layer_class(3, 4, batch_first=True)
        state = {"initial_state": drawn(4)}
        state |= {"initial_cell": drawn(4)} if kind == "lstm" else {}

        def run(x, kernel, recurrent_kernel, bias, kind=kind, layer=layer, **rest):
            weights = {"weight_ih_l0": kernel.T, "weight_hh_l0": recurrent_kernel.T}
            inner = torch.zeros_like(bias)
            if kind == "gru":
                inner = torch.cat([inner[:8], rest.pop("recurrent_bias")])
            weights |= {"bias_ih_l0": bias, "bias_hh_l0": inner}
            initial = [v.expand(1, len(x), 4).contiguous() for v in rest.values()]
            initial = tuple(initial) if kind == "lstm" else initial[0]
            call = torch.func.functional_call
            y, _ = call(layer, weights, (x.flip(1), initial))
            return y.flip(1)

        gates = layer.weight_ih_l0.shape[0]
        parameters = {
            "kernel": drawn(3, gates),
            "recurrent_kernel": drawn(4, gates),
            "bias": drawn(gates),
        }
        parameters |= {"recurrent_bias": drawn(4)} if kind == "gru" else {}
        spec = {"kind": kind, "units": 4, "return_sequences": True, "reverse": True}
        spec |= {"initial_state": "learned"}
        add(spec, drawn(2, 5, 3), run, parameters | state)


def attention():
    for causal, lengths in ((False, LENGTHS), (True, None)):
        layer = torch.nn.MultiheadAttention(6, 2, batch_first=True)

        def run(x, kernel, bias, output_kernel, output_bias, *, how):
            causal, lengths, layer = how
            weights = {
                "in_proj_weight": kernel.T,
                "in_proj_bias": bias,
                "out_proj.weight": output_kernel.T,
                "out_proj.bias": output_bias,
            }
            step, masks = torch.arange(5), {"need_weights": False}
            if causal:
                masks["attn_mask"] = step[None] > step[:, None]
            if lengths:
                padded = step[None] >= torch.tensor(lengths)[:, None]
                masks["key_padding_mask"] = padded
            y, _ = torch.func.functional_call(layer, weights, (x, x, x), masks)
            return y.masked_fill(padded[..., None], 0) if lengths else y

        how = causal, lengths, layer
        add(
            {"kind": "self_attention", "heads": 2, "causal": causal},
            drawn(3, 5, 6),
            lambda x, how=how, **parameters: run(x, **parameters, how=how),
            {
                "kernel": drawn(6, 18),
                "bias": drawn(18),
                "output_kernel": drawn(6, 6),
                "output_bias": drawn(6),
            },
            lengths=lengths,
        )


def slopes():
    add(
        {"kind": "parametric_relu", "per_channel": True},
        drawn(2, 4, 3),
        lambda x, negative_slope: last(F.prelu(first(x), negative_slope)),
        {"negative_slope": drawn(3)},
    )


def onnx_runs(operator, inputs, **attributes):
    """Return the first output of one ONNX operator for named inputs."""
    kinds = {"f": TensorProto.FLOAT, "i": TensorProto.INT32}
    told = [
        helper.make_tensor_value_info(name, kinds[array.dtype.kind], array.shape)
        for name, array in inputs.items()
        if name
    ]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    node = helper.make_node(operator, list(inputs), ["y"], **attributes)
    graph = helper.make_graph([node], "one", told, [output])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9
    )
    session = onnxruntime.InferenceSession(model.SerializeToString())
    feeds = {name: array for name, array in inputs.items() if name}
    return session.run(None, feeds)[0]


def channels_first(x):
    return np.ascontiguousarray(np.moveaxis(x, -1, 1))


def channels_last(y):
    return np.ascontiguousarray(np.moveaxis(y, 1, -1))


def normal(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def same_lower():
    x, kernel = normal(2, 6, 7, 2), normal(4, 2, 2, 3)
    w = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
    y = onnx_runs(
        "Conv",
        {"x": channels_first(x), "w": w},
        auto_pad="SAME_LOWER",
        kernel_shape=[4, 2],
        strides=[1, 2],
    )
    spec = {"kind": "conv2d", "filters": 3, "size": [4, 2], "stride": [1, 2]}
    spec |= {"padding": "same_lower", "bias": False}
    store(spec, {"x": x, "y": channels_last(y), "p.kernel": kernel})
    x, kernel = normal(2, 3, 4, 3), normal(4, 4, 2, 3)
    w = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
    for padding in ("same", "same_lower"):
        word = "SAME_LOWER" if padding == "same_lower" else "SAME_UPPER"
        inputs = {"x": channels_first(x), "w": w}
        y = onnx_runs("ConvTranspose", inputs, auto_pad=word, strides=[1, 1])
        spec = {"kind": "conv_transpose2d", "filters": 2, "size": 4}
        spec |= {"padding": padding, "bias": False}
        store(spec, {"x": x, "y": channels_last(y), "p.kernel": kernel})
    x = normal(2, 7, 8, 2)
    y = onnx_runs(
        "MaxPool",
        {"x": channels_first(x)},
        auto_pad="SAME_LOWER",
        kernel_shape=[2, 3],
        strides=[1, 2],
    )
    spec = {"kind": "max_pool2d", "size": [2, 3], "stride": [1, 2]}
    store(spec | {"padding": "same_lower"}, {"x": x, "y": channels_last(y)})


def dilated_average():
    x = normal(2, 7, 8, 2)
    for counted in (False, True):
        y = onnx_runs(
            "AveragePool",
            {"x": channels_first(x)},
            kernel_shape=[3, 2],
            strides=[2, 2],
            dilations=[2, 3],
            pads=[1, 0, 2, 1],
            count_include_pad=int(counted),
        )
        spec = {"kind": "average_pool2d", "size": [3, 2], "stride": 2}
        spec |= {"dilation": [2, 3], "padding": [[1, 2], [0, 1]]}
        spec |= {"count_padding": counted}
        store(spec, {"x": x, "y": channels_last(y)})


def reset_first():
    h = 4
    for reverse in (False, True):
        x, state = normal(3, 5, 3), np.zeros((1, 3, h), np.float32)
        kernel, inner = normal(3, 3 * h), normal(h, 3 * h)
        bias = normal(3 * h)

        def their(columns):
            """Return gates r, z, n as z, r, n along the first axis."""
            r, z, n = np.split(columns.T, 3)
            return np.concatenate([z, r, n])[None]

        bias_of = np.concatenate([their(bias), np.zeros((1, 3 * h), np.float32)], 1)
        y = onnx_runs(
            "GRU",
            {
                "x": np.ascontiguousarray(x.swapaxes(0, 1)),
                "w": their(kernel),
                "r": their(inner),
                "b": bias_of,
                "lengths": np.array(LENGTHS, np.int32),
                "h": state,
            },
            hidden_size=h,
            linear_before_reset=0,
            direction="reverse" if reverse else "forward",
        )
        spec = {"kind": "gru", "units": h, "return_sequences": True}
        spec |= {"reverse": reverse, "reset_after": False}
        parameters = {"kernel": kernel, "recurrent_kernel": inner, "bias": bias}
        arrays = {f"p.{name}": value for name, value in parameters.items()}
        store(spec, {"x": x, "y": y[:, 0].swapaxes(0, 1), **arrays}, LENGTHS)


def main():
    torch.manual_seed(0)
    convolutions()
    pools()
    norms()
    resizing()
    recurrent()
    attention()
    slopes()
    same_lower()
    dilated_average()
    reset_first()
    data = {f"{i:02}/{k}": v for i, case in enumerate(CASES) for k, v in case.items()}
    np.savez_compressed(Path(__file__).with_name("options.npz"), **data)


if __name__ == "__main__":
    main()
