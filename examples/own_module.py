"""Train a custom Flax NNX module with the whole protocol and load it again.

Run it with: python examples/own_module.py
"""

import numpy as np
from flax import nnx

import assay


class MyNetwork(nnx.Module):
    """A network that adds two branches, with Flax's dropout and normalization."""

    def __init__(self, input_shape, num_outputs, *, rngs):
        self.wide = nnx.Linear(input_shape[0], 32, rngs=rngs)
        self.deep = nnx.Linear(32, 32, rngs=rngs)
        self.norm = nnx.BatchNorm(32, rngs=rngs)
        self.dropout = nnx.Dropout(0.2, rngs=rngs)
        self.output = nnx.Linear(32, num_outputs, rngs=rngs)

    def __call__(self, x):
        """Map inputs (n, features) to raw outputs (n, num_outputs)."""
        wide = nnx.relu(self.wide(x))
        deep = self.dropout(nnx.relu(self.norm(self.deep(wide))))
        return self.output(wide + deep)


run = assay.train("breast_cancer", model=MyNetwork, num_epochs=15, trials=2)
print(run)

# The folder of a run contains the parameters, but no code, so pass the class again.
loaded = assay.load(run.path, model=MyNetwork)
rows = assay.data.load("breast_cancer")
same = np.array_equal(loaded.predict(rows), run.predict(rows))
print("same predictions:", same)
