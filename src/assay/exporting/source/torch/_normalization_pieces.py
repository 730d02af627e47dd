"""Code for normalization in exported PyTorch files."""

__all__ = ["NORMALIZATION"]

NORMALIZATION = {
    "mean_over": '''
def mean_over(x, axes, lengths):
    """Return the mean over axes (kept with size 1), excluding padded steps."""
    if lengths is None:
        return x.mean(axes, keepdim=True)
    real = torch.arange(x.shape[1], device=x.device) < lengths[:, None]
    real = real.reshape(real.shape + (1,) * (x.ndim - 2))
    count = real.expand(x.shape).sum(axes, keepdim=True)
    return torch.where(real, x, 0.0).sum(axes, keepdim=True) / count.clamp(min=1)
''',
    "FeatureNorm": '''
class FeatureNorm(nn.Module):
    """Standardizes the last axes, or divides them by their root mean square."""

    def __init__(self, shape, epsilon, centered):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(shape))
        self.bias = nn.Parameter(torch.zeros(shape)) if centered else None
        self.epsilon = epsilon

    def forward(self, x, lengths=None):
        axes = tuple(range(-self.scale.ndim, 0))
        if self.bias is not None:
            x = x - mean_over(x, axes, lengths)
        x = x * torch.rsqrt(mean_over(x * x, axes, lengths) + self.epsilon)
        x = x * self.scale
        return x if self.bias is None else x + self.bias
''',
    "GroupNorm": '''
class GroupNorm(nn.Module):
    """Standardizes each example over its positions and groups of channels."""

    def __init__(self, groups, channels, epsilon):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.groups, self.epsilon = groups, epsilon

    def forward(self, x, lengths=None):
        parts = x.reshape(*x.shape[:-1], self.groups, -1)
        axes = (*range(1, x.ndim - 1), x.ndim)
        parts = parts - mean_over(parts, axes, lengths)
        square = mean_over(parts * parts, axes, lengths)
        parts = parts * torch.rsqrt(square + self.epsilon)
        return parts.reshape(x.shape) * self.scale + self.bias
''',
}
"""The code of each definition, by name. Each comes after those that it uses."""
