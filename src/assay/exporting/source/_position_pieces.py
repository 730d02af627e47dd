"""Code for fixed position embeddings, shared by all libraries."""

__all__ = ["POSITIONS"]

POSITIONS = {
    "sinusoids": '''
def sinusoids(steps, channels):
    """Return sines (even channels) and cosines (odd channels) of the positions."""
    channel = np.arange(channels)
    frequency = 10_000.0 ** (-2 * (channel // 2) / channels)
    angle = np.arange(steps)[:, None] * frequency
    table = np.where(channel % 2 == 0, np.sin(angle), np.cos(angle))
    return table.astype(np.float32)
''',
}
"""The code of each function, by name."""
