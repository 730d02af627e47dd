"""Create nn_pooling.npz with values and gradients of PyTorch's pooling.

Inputs are small integers with many ties, which reveal how ties are resolved.

    python tests/reference/make_nn_pooling.py
"""

from pathlib import Path

import numpy as np
import torch

# size of x, F, S, P
CASES = [
    ((9,), (2,), (2,), (0,)),
    ((9,), (3,), (2,), (1,)),
    ((6, 8), (2, 2), (2, 2), (0, 0)),
    ((7, 6), (3, 2), (3, 2), (1, 1)),
    ((7, 8), (3, 3), (2, 2), (1, 1)),
    ((6, 7), (2, 3), (1, 2), (0, 1)),
    ((7, 7), (2, 2), (3, 3), (0, 0)),
    ((4, 5, 4), (2, 2, 2), (2, 2, 2), (0, 1, 0)),
    ((4, 4, 5), (2, 3, 2), (1, 2, 2), (1, 1, 0)),
]


def channel_last(x):
    return np.moveaxis(x.detach().numpy(), 1, -1)


def main():
    generator = torch.Generator().manual_seed(0)
    data, functional = {}, torch.nn.functional
    for number, (space, f, s, p) in enumerate(CASES):
        shape, rank = (2, 2, *space), len(space)
        x = torch.randint(-2, 3, shape, generator=generator).float().requires_grad_()
        data[f"{number}_numbers"] = np.array([f, s, p], np.int16)
        data[f"{number}_x"] = channel_last(x).astype(np.int16)
        y, winner = getattr(functional, f"max_pool{rank}d")(
            x, f, s, p, return_indices=True
        )
        g = torch.randint(-2, 3, y.shape, generator=generator).float()
        data[f"{number}_g"] = channel_last(g).astype(np.int16)
        data[f"{number}_max"] = channel_last(y).astype(np.int16)
        data[f"{number}_winner"] = channel_last(winner).astype(np.int16)
        (dx,) = torch.autograd.grad(y, x, g)
        data[f"{number}_max_dx"] = channel_last(dx).astype(np.int16)
        for counted in (False, True):
            run = getattr(functional, f"avg_pool{rank}d")
            y = run(x, f, s, p, count_include_pad=counted)
            (dx,) = torch.autograd.grad(y, x, g)
            data[f"{number}_average{int(counted)}"] = channel_last(y)
            data[f"{number}_average{int(counted)}_dx"] = channel_last(dx)
    np.savez_compressed(Path(__file__).with_name("nn_pooling.npz"), **data)


if __name__ == "__main__":
    main()
