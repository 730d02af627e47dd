"""Code of functions and classes that exported PyTorch files may need."""

from assay.exporting.source.torch._attention_pieces import ATTENTION
from assay.exporting.source.torch._normalization_pieces import NORMALIZATION
from assay.exporting.source.torch._recurrent_pieces import RECURRENT
from assay.exporting.source.torch._space_pieces import SPACE

__all__ = ["PIECES"]

PIECES = {
    "fill": '''
def fill(x, lengths, value):
    """Fill the padded steps of x (rows, steps, ...)."""
    real = torch.arange(x.shape[1], device=x.device) < lengths[:, None]
    return torch.where(real.reshape(real.shape + (1,) * (x.ndim - 2)), x, value)
''',
    "limited": '''
def limited(steps, lengths, most):
    """Clip step counts to the range from 0 to most; rows without steps get 0."""
    return torch.where(lengths > 0, steps.clamp(0, most), 0)
''',
    "codes": '''
def codes(x, size):
    """Convert x to whole numbers from 0 to size - 1."""
    return x.long().clamp(0, size - 1)
''',
    **SPACE,
    **RECURRENT,
    "Scale": '''
class Scale(nn.Module):
    """Multiplies each channel by a learned factor."""

    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))

    def forward(self, x):
        return x * self.scale
''',
    "Periodic": '''
class Periodic(nn.Module):
    """Computes learned mixtures of cosines for each number."""

    def __init__(self, numbers, frequencies, units):
        super().__init__()
        self.frequency = nn.Parameter(torch.zeros(numbers, frequencies))
        self.phase = nn.Parameter(torch.zeros(numbers, frequencies))
        self.mixture = nn.Parameter(torch.zeros(numbers, frequencies, units))
        self.bias = nn.Parameter(torch.zeros(numbers, units))

    def forward(self, x):
        turns = self.frequency * x[:, :, None] + self.phase
        # whole turns are removed, because 2 pi times a large number is inexact
        cosines = torch.cos(2 * torch.pi * (turns - torch.round(turns)))
        mixed = torch.einsum("npk,pku->npu", cosines, self.mixture)
        return (mixed + self.bias).reshape(len(x), -1)
''',
    **NORMALIZATION,
    **ATTENTION,
}
"""The code of each definition, by name. Each comes after those that it uses."""
