"""Create nn_convolution.npz with values and gradients of PyTorch's convolutions.

All numbers are small integers, so both implementations must agree exactly.

    python tests/reference/make_nn_convolution.py
"""

from pathlib import Path

import numpy as np
import torch

# rank, size of x, channels c, filters k, F, S, (low, high) P, D, groups
PLAIN = [
    ((5,), 1, 2, (3,), (1,), (0,), (1,), 1),
    ((8,), 3, 4, (4,), (3,), (2,), (1,), 1),
    ((9,), 4, 6, (2,), (2,), (1,), (3,), 2),
    ((5, 6), 1, 3, (3, 3), (1, 1), (1, 1), (1, 1), 1),
    ((6, 5), 2, 3, (1, 1), (2, 1), (0, 0), (1, 1), 1),
    ((6, 5), 5, 3, (1, 1), (2, 3), (1, 1), (1, 1), 1),
    ((7, 6), 5, 2, (3, 2), (2, 3), (1, 0), (1, 2), 1),
    ((6, 7), 6, 4, (3, 3), (2, 2), (2, 1), (1, 1), 1),
    ((6, 6), 4, 4, (3, 3), (1, 1), (1, 1), (1, 1), 4),
    ((6, 5), 3, 6, (3, 2), (2, 1), (1, 1), (1, 2), 3),
    ((5, 5), 6, 4, (3, 3), (1, 1), (2, 2), (2, 2), 2),
    ((4, 5, 3), 2, 3, (2, 3, 2), (1, 2, 1), (0, 1, 1), (1, 1, 1), 1),
    ((4, 4, 4), 5, 2, (2, 2, 2), (2, 1, 2), (1, 0, 0), (1, 2, 1), 1),
    ((4, 3, 4), 2, 4, (2, 2, 2), (1, 1, 2), (0, 1, 0), (1, 1, 1), 2),
]
# As above, with the output padding before the groups; c is the input of k.
TRANSPOSED = [
    ((4,), 2, 3, (3,), (2,), (1,), (1,), (1,), 1),
    ((3, 4), 3, 2, (2, 3), (2, 1), (0, 1), (1, 2), (0, 0), 1),
    ((3, 3), 5, 1, (3, 3), (3, 2), (1, 1), (1, 1), (2, 1), 1),
    ((3, 3), 4, 2, (2, 2), (2, 2), (0, 0), (1, 1), (0, 0), 2),
    ((2, 3, 2), 2, 1, (2, 2, 2), (2, 2, 1), (0, 1, 0), (1, 1, 1), (1, 0, 0), 1),
]


def channel_last(x):
    return np.moveaxis(x.detach().numpy(), 1, -1)


def kernel_last(w):
    """Move axes from (first, second, *size) to (*size, second, first)."""
    return np.transpose(w.detach().numpy(), (*range(2, w.ndim), 1, 0))


def record(data, name, x, w, y, generator):
    """Store one case with the gradients of sum(y * g)."""
    g = torch.randint(-2, 3, y.shape, generator=generator).float()
    y.backward(g)
    data[f"{name}_x"] = channel_last(x)
    data[f"{name}_kernel"] = kernel_last(w)
    data[f"{name}_y"] = channel_last(y)
    data[f"{name}_g"] = channel_last(g)
    data[f"{name}_dx"] = channel_last(x.grad)
    data[f"{name}_dkernel"] = kernel_last(w.grad)


def integers(shape, generator):
    return torch.randint(-2, 3, shape, generator=generator).float().requires_grad_()


def main():
    generator = torch.Generator().manual_seed(0)
    data, functional = {}, torch.nn.functional
    for number, (space, c, k, f, s, p, d, groups) in enumerate(PLAIN):
        x = integers((2, c, *space), generator)
        w = integers((k, c // groups, *f), generator)
        run = getattr(functional, f"conv{len(space)}d")
        y = run(x, w, stride=s, padding=p, dilation=d, groups=groups)
        record(data, f"plain{number}", x, w, y, generator)
        data[f"plain{number}_numbers"] = np.array([s, p, d, (groups,) * len(s)])
    for number, (space, c, k, f, s, p, d, extra, groups) in enumerate(TRANSPOSED):
        x = integers((2, c, *space), generator)
        w = integers((c, k // groups, *f), generator)
        run = getattr(functional, f"conv_transpose{len(space)}d")
        y = run(x, w, None, s, p, extra, groups, d)
        record(data, f"transposed{number}", x, w, y, generator)
        data[f"transposed{number}_numbers"] = np.array(
            [s, p, d, (groups,) * len(s), extra]
        )
    small = {name: value.astype(np.int16) for name, value in data.items()}
    np.savez_compressed(Path(__file__).with_name("nn_convolution.npz"), **small)


if __name__ == "__main__":
    main()
