"""Code for self-attention in exported PyTorch files."""

from assay.exporting.source._position_pieces import POSITIONS

__all__ = ["ATTENTION"]

ATTENTION = {
    **POSITIONS,
    "Positions": '''
class Positions(nn.Module):
    """Adds a learned vector to each step."""

    def __init__(self, steps, channels):
        super().__init__()
        self.positions = nn.Parameter(torch.zeros(steps, channels))

    def forward(self, x):
        return x + self.positions
''',
    "SelfAttention": '''
class SelfAttention(nn.Module):
    """Multi-head self-attention between the steps of a sequence."""

    def __init__(self, channels, heads, units, *, causal, bias):
        super().__init__()
        width = heads * units
        self.kernel = nn.Parameter(torch.zeros(channels, 3 * width))
        self.output_kernel = nn.Parameter(torch.zeros(width, channels))
        self.bias = nn.Parameter(torch.zeros(3 * width)) if bias else None
        self.output_bias = nn.Parameter(torch.zeros(channels)) if bias else None
        self.heads, self.units, self.causal = heads, units, causal

    def forward(self, x, lengths=None):
        rows, steps, _ = x.shape
        projected = x @ self.kernel
        if self.bias is not None:
            projected = projected + self.bias
        parts = projected.reshape(rows, steps, 3, self.heads, self.units)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        scores = query @ key.permute(0, 1, 3, 2) / self.units**0.5
        step = torch.arange(steps, device=x.device)
        if self.causal:
            earlier = step <= step[:, None]
            scores = torch.where(earlier, scores, torch.finfo(x.dtype).min)
        if lengths is not None:
            real = (step < lengths[:, None])[:, None, None]
            scores = torch.where(real, scores, torch.finfo(x.dtype).min)
        read = torch.softmax(scores, dim=-1) @ value
        read = read.permute(0, 2, 1, 3).reshape(rows, steps, -1)
        y = read @ self.output_kernel
        return y if self.output_bias is None else y + self.output_bias
''',
}
"""The code of each definition, by name. Each comes after those that it uses."""
