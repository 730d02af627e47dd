"""From the digits 0-4 to the digits 5-9: what one net has learned, another one uses.

Run it with: python examples/transfer.py
"""

import numpy as np

import assay

digits = assay.data.load("digits")
images = digits.frame.to_numpy().reshape(-1, 8, 8, 1)
low = digits.target < 5


def part(rows):
    """Return images and their names."""
    return images[rows], np.array([f"digit {n}" for n in digits.target[rows]])


net = [assay.Conv2D(16, 3), assay.ReLU(), assay.MaxPool2D(2), assay.Flatten()]
how = {"num_epochs": 10, "optimizer": assay.Adam(0.003), "trials": 1}
first = assay.train(part(low), model=[*net, assay.Dense(32), assay.ReLU()], **how)

run = assay.train(
    part(~low),
    start_from=first,
    freeze=["conv*"],
    learning_rate_of={"dense1": 0.3},
    **how,
)
print(run)
