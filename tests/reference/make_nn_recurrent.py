"""Create nn_recurrent.npz with values and gradients of PyTorch's recurrent layers.

Sequences have lengths 5, 3 and 1 and are packed. The layers are bidirectional and have
random initial states.

    python tests/reference/make_nn_recurrent.py
"""

from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

N, T, C, H = 3, 5, 3, 4
LENGTHS = torch.tensor([5, 3, 1])
LAYERS = {"simple_rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def main():
    torch.manual_seed(0)
    data = {"lengths": LENGTHS.numpy()}
    for name, layer_class in LAYERS.items():
        layer = layer_class(C, H, batch_first=True, bidirectional=True)
        x = torch.randn(N, T, C, requires_grad=True)
        start = torch.randn(2, N, H)
        cell = torch.randn(2, N, H)
        initial = (start, cell) if name == "lstm" else start
        packed = pack_padded_sequence(x, LENGTHS, batch_first=True)
        y, last = layer(packed, initial)
        y, _ = pad_packed_sequence(y, batch_first=True)
        g = torch.randn(y.shape)
        y.backward(g)
        data |= {f"{name}_{k}": v.detach().numpy() for k, v in {
            "x": x, "start": start, "cell": cell, "y": y, "g": g, "dx": x.grad,
            "last": torch.stack(last) if name == "lstm" else last,
        }.items()}  # fmt: skip
        for key, parameter in layer.named_parameters():
            data[f"{name}_{key}"] = parameter.detach().numpy()
            data[f"{name}_grad_{key}"] = parameter.grad.numpy()
    np.savez_compressed(Path(__file__).with_name("nn_recurrent.npz"), **data)


if __name__ == "__main__":
    main()
