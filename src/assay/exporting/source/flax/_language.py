"""The parts of an export that are specific to Flax NNX."""

from assay.exporting.source._language import Language
from assay.exporting.source.flax import layers as _layers  # noqa: F401, registers
from assay.exporting.source.flax._pieces import PIECES
from assay.exporting.source.flax._registry import TRANSLATORS

__all__ = ["FLAX"]

_LOAD = '''
def load():
    """Return the trained networks."""
    arrays = load_file(Path(__file__).with_suffix(".safetensors"))
    networks = [Network(nnx.Rngs(0)) for _ in range(NUM_NETWORKS)]
    for path, array in arrays.items():
        number, *parts, name = path.split(".")
        module = networks[int(number)]
        for part in parts:
            module = getattr(module, part)
        getattr(module, name).set_value(jnp.asarray(array))
    for network in networks:
        network.eval()  # disable dropout, use running statistics
    return networks
'''

_PREDICT = '''
def predict(networks, x, lengths=None):
    """Return predictions for prepared inputs, which are described at the top."""
    x = jnp.asarray(x)
    lengths = None if lengths is None else jnp.asarray(lengths)
    outputs = [link(network(x, lengths)) for network in networks]
    return np.asarray(sum(outputs) / len(outputs)){restore}
'''

FLAX = Language(
    name="flax",
    title="Flax NNX",
    packages="flax safetensors",
    imports=(
        "from pathlib import Path\n\nimport jax\nimport jax.numpy as jnp\n"
        "import numpy as np\nfrom flax import nnx\n"
        "from safetensors.numpy import load_file\n"
    ),
    translators=TRANSLATORS,
    pieces=PIECES,
    head=(
        'class Network(nnx.Module):\n    """The trained network."""\n\n'
        "    def __init__(self, rngs):\n"
    ),
    run="    def __call__(self, x, lengths=None):\n",
    load=_LOAD,
    predict=_PREDICT,
    links={
        "identity": "outputs[:, 0]",
        "sigmoid": "jax.nn.sigmoid(outputs[:, 0])",
        "softmax": "jax.nn.softmax(outputs)",
        "rate": "jnp.exp(jnp.minimum(outputs[:, 0], 88.0))",
    },
)
