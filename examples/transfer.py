"""Transfer from the digits 0-4 to the digits 5-9, starting from a saved run.

Run it with: python examples/transfer.py
"""

import numpy as np

import assay

digits = assay.data.load("digits")
images = digits.frame.to_numpy().reshape(-1, 8, 8, 1)
low = digits.target < 5


def part(rows):
    """Return the images and the digit names of some rows."""
    return images[rows], np.array([f"digit {n}" for n in digits.target[rows]])


network = [assay.Conv2D(16, 3), assay.ReLU(), assay.MaxPool2D(2), assay.Flatten()]
settings = {"num_epochs": 10, "optimizer": assay.Adam(0.003), "trials": 1}
layers = [*network, assay.Dense(32), assay.ReLU()]
first = assay.train(part(low), model=layers, **settings)

run = assay.train(
    part(~low),
    start_from=first,
    freeze=["conv*"],
    learning_rate_of={"dense1": 0.3},
    **settings,
)
print(run)
