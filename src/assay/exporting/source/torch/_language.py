"""The parts of an export that are specific to PyTorch."""

from assay.exporting.source._language import Language
from assay.exporting.source.torch import layers as _layers  # noqa: F401, registers
from assay.exporting.source.torch._pieces import PIECES
from assay.exporting.source.torch._registry import TRANSLATORS

__all__ = ["TORCH"]

_LOAD = '''
def load():
    """Return the trained networks."""
    arrays = load_file(Path(__file__).with_suffix(".safetensors"))
    networks = [Network() for _ in range(NUM_NETWORKS)]
    for number, network in enumerate(networks):
        start = f"{number}."
        own = {
            name.removeprefix(start): torch.from_numpy(array)
            for name, array in arrays.items()
            if name.startswith(start)
        }
        network.load_state_dict(own)
        network.eval()  # disable dropout, use running statistics
    return networks
'''

_PREDICT = '''
@torch.no_grad()
def predict(networks, x, lengths=None):
    """Return predictions for prepared inputs, which are described at the top."""
    x = torch.as_tensor(x)
    lengths = None if lengths is None else torch.as_tensor(lengths)
    outputs = [link(network(x, lengths)) for network in networks]
    return (sum(outputs) / len(outputs)).numpy(){restore}
'''

TORCH = Language(
    name="torch",
    title="PyTorch",
    packages="torch safetensors numpy",
    imports=(
        "from pathlib import Path\n\nimport numpy as np\nimport torch\n"
        "import torch.nn.functional as F\n"
        "from safetensors.numpy import load_file\nfrom torch import nn\n"
    ),
    translators=TRANSLATORS,
    pieces=PIECES,
    head=(
        'class Network(nn.Module):\n    """The trained network."""\n\n'
        "    def __init__(self):\n        super().__init__()\n"
    ),
    run="    def forward(self, x, lengths=None):\n",
    load=_LOAD,
    predict=_PREDICT,
    links={
        "identity": "outputs[:, 0]",
        "sigmoid": "torch.sigmoid(outputs[:, 0])",
        "softmax": "torch.softmax(outputs, dim=-1)",
        "rate": "torch.exp(outputs[:, 0].clamp(max=88.0))",
    },
)
