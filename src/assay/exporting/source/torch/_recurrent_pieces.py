"""Code for recurrent layers in exported PyTorch files."""

__all__ = ["RECURRENT"]

RECURRENT = {
    "walk": '''
def walk(layer, x, lengths, start=()):
    """Run a recurrent layer over x (rows, steps, channels).

    Returns the states (rows, steps, units), zero at padded steps, and the last state.
    `start` contains the initial states, each (directions, 1, units).
    """
    start = [state.expand(-1, len(x), -1).contiguous() for state in start]
    options = start if len(start) < 2 else [tuple(start)]
    if lengths is None:
        states, last = layer(x, *options)
        last = last[0] if isinstance(last, tuple) else last
        return states, last.transpose(0, 1).flatten(1)
    packed = nn.utils.rnn.pack_padded_sequence(
        x, lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False
    )
    packed_states, last = layer(packed, *options)
    last = last[0] if isinstance(last, tuple) else last
    states, _ = nn.utils.rnn.pad_packed_sequence(
        packed_states, batch_first=True, total_length=x.shape[1]
    )
    some = (lengths > 0)[:, None]
    first = start[0] if start else torch.zeros_like(last)
    last, first = (state.transpose(0, 1).flatten(1) for state in (last, first))
    return states * some[:, None], torch.where(some, last, first)
''',
    "backward": '''
def backward(x, lengths):
    """Reverse the real steps of x (rows, steps, ...), but not the padding."""
    if lengths is None:
        return x.flip(1)
    step = torch.arange(x.shape[1], device=x.device)
    ends = lengths[:, None]
    source = torch.where(step < ends, ends - 1 - step, step)
    return x[torch.arange(len(x), device=x.device)[:, None], source]
''',
    "ResetFirstGRU": '''
class ResetFirstGRU(nn.Module):
    """A GRU whose reset gate multiplies the state before the recurrent product."""

    def __init__(self, channels, units, learned=False):
        super().__init__()
        self.kernel = nn.Parameter(torch.zeros(channels, 3 * units))
        self.recurrent_kernel = nn.Parameter(torch.zeros(units, 3 * units))
        self.bias = nn.Parameter(torch.zeros(3 * units))
        self.initial_state = nn.Parameter(torch.zeros(units)) if learned else None

    def forward(self, x, lengths=None, reverse=False):
        ur, uz, un = self.recurrent_kernel.chunk(3, dim=1)
        state, states = x.new_zeros(len(x), len(ur)), []
        if self.initial_state is not None:
            state = state + self.initial_state
        inputs = x @ self.kernel + self.bias
        places = list(range(x.shape[1]))
        for place in reversed(places) if reverse else places:
            xr, xz, xn = inputs[:, place].chunk(3, dim=1)
            r, z = torch.sigmoid(xr + state @ ur), torch.sigmoid(xz + state @ uz)
            n = torch.tanh(xn + (r * state) @ un)
            new, real = (1 - z) * n + z * state, torch.ones_like(z, dtype=torch.bool)
            if lengths is not None:
                real = (place < lengths)[:, None]
            state = torch.where(real, new, state)
            states.append(torch.where(real, state, 0.0))
        if reverse:
            states.reverse()
        return torch.stack(states, dim=1), state
''',
}
"""The code of each definition, by name. Each comes after those that it uses."""
