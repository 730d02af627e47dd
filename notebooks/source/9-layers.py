# %% [markdown]
# # 9 · Layers
#
# A network is a sequence of *layers*. Each layer turns one array into another, from the
# inputs to the predictions.
#
# In this notebook you will
#
# - follow the shapes of a digit through a convolutional network,
# - see how a single number is calculated,
# - see what batch normalization does,
# - read sequences with a recurrent layer.

# %%
import matplotlib.pyplot as plt
import numpy as np
from exercise import check

import assay
from assay.nn import xray

# %% [markdown]
# ## From the input to the output
#
# - The **input layer** receives the data: height × width × channels for images.
# - **Convolutions** find features, and **pooling** makes the feature maps smaller.
# - **Flatten** turns feature maps into a list of numbers.
# - **Dense** layers connect every input with every unit. They usually come at the end.
# - The **output layer** has a size that depends on the task: one number per class, or
#   one number for a regression. Assay adds this layer automatically.

# %%
layers = [
    assay.Conv2D(6, 3),
    assay.ReLU(),
    assay.MaxPool2D(2),
    assay.Flatten(),
    assay.Dense(16),
    assay.Tanh(),
]
print(assay.nn.description_text(assay.nn.describe(layers, (8, 8, 1), num_outputs=10)))

# %% [markdown]
# We train this network, and look at the output of every layer for one digit.

# %%
digits = assay.data.load("digits")
images = digits.frame.to_numpy().astype(np.float32).reshape(-1, 8, 8, 1)
fit = assay.Fit.on(
    images,
    digits.target,
    model=layers,
    optimizer=assay.Adam(0.01),
    batch_size=64,
    num_epochs=20,
    seed=0,
).run()
print(f"accuracy on the training digits {fit.history.epochs['train_score'][-1]:.3f}")

batch, outputs = fit.batch(), fit.activations()
names = ["conv1", "relu1", "max_pool1", "dense1", "tanh1", "output"]
figure, axes = plt.subplots(1, len(names) + 1, figsize=(12, 3.2))
axes[0].imshow(batch.inputs[0, :, :, 0], cmap="Greys")
axes[0].set_title(f"input {batch.inputs.shape[1:]}", fontsize=9)
for axis, name in zip(axes[1:], names, strict=True):
    y = outputs[name][0]
    # Maps are drawn one below the other.
    picture = np.concatenate(np.moveaxis(y, -1, 0)) if y.ndim == 3 else y[:, None]
    axis.imshow(picture, cmap="viridis", aspect="auto")
    axis.set_title(f"{name} {y.shape}", fontsize=9)
for axis in axes:
    axis.set_xticks([])
    axis.set_yticks([])
figure.tight_layout()
plt.show()
right_class = digits.task.classes[batch.targets[0]]
print(
    f"largest output: class {outputs['output'][0].argmax()}, right class {right_class}"
)

# %% [markdown]
# ## How a single number is calculated
#
# `xray.explain` shows how any number in a network is calculated, and compares the
# result with the output of the network. Here is one number in the output of a small
# convolution.

# %%
rng = np.random.default_rng(0)
model = assay.nn.build([assay.Conv2D(2, 3)], (8, 8, 1), num_outputs=10, rng=rng)
print(xray.explain(model, batch.inputs[:1], "conv1", (3, 3, 0)).to_text())

# %% [markdown]
# ## Batch normalization
#
# *Batch normalization* standardizes the output of each unit within a batch to mean 0
# and standard deviation 1, and then scales and shifts it by learned parameters. It
# makes the training of deep networks more stable. A prediction may be made for a single
# example, without a batch. Therefore, the layer then uses means and standard deviations
# that it has collected during training.

# %%
normalized = assay.Fit.on(
    "wine",
    model=[assay.Dense(16), assay.BatchNorm(), assay.ReLU()],
    batch_size=32,
    num_epochs=3,
    seed=0,
)
before = normalized.activations("dense1")
after = normalized.activations("batch_norm1")
for name, y in [("before", before), ("after", after)]:
    means, spreads = y.mean(axis=0), y.std(axis=0)
    print(f"{name:6} means of 4 units {np.round(means[:4], 2) + 0}", end=", ")
    print(f"spreads {np.round(spreads[:4], 2)}")
plt.hist(before.ravel(), 40, alpha=0.6, label="before")
plt.hist(after.ravel(), 40, alpha=0.6, label="after")
plt.xlabel("number in the layer, one batch")
plt.legend()
plt.show()

# %% [markdown]
# ## Recurrent layers read sequences
#
# `mnist1d` contains digits as sequences of 40 steps. A *recurrent* layer reads a
# sequence step by step. It keeps a *state*: some numbers that summarize what it has
# read. LSTM and GRU use *gates* (numbers from 0 to 1) to decide what to keep and what
# to forget. The layer below returns its state after every step, and the output layer
# receives all of these states.

# %%
sequences = assay.data.load("mnist1d")
steps = np.stack(sequences.frame.to_series(0).to_numpy()).reshape(-1, 40, 1)
steps = steps.astype(np.float32)
for row in range(3):
    label = f"digit {sequences.task.classes[sequences.target[row]]}"
    plt.plot(steps[row, :, 0] + 5 * row)
    plt.text(40, steps[row, -1, 0] + 5 * row, label)
plt.xlabel("step")
plt.xlim(0, 48)
plt.yticks([])
plt.show()

# %%
some = slice(0, 2000)
reader = assay.Fit.on(
    steps[some],
    sequences.target[some],
    model=[assay.GRU(16, return_sequences=True), assay.Flatten()],
    optimizer=assay.Adam(0.01),
    batch_size=64,
    num_epochs=12,
    seed=0,
).run()
accuracy = reader.history.epochs["train_score"]
print(
    f"accuracy on the training sequences: {accuracy[0]:.3f} after the first epoch,",
    end=" ",
)
print(f"{accuracy[-1]:.3f} after the last")

states = reader.activations("gru1")[0]
figure, (top, below) = plt.subplots(2, 1, figsize=(7, 4.5), sharex=True)
inputs = reader.batch().inputs
top.plot(inputs[0, :, 0])
top.set_title("a sequence")
below.imshow(states.T, aspect="auto", cmap="RdBu_r", vmin=-1, vmax=1)
below.set(title="the state of the GRU, 16 numbers", xlabel="step", ylabel="number")
figure.tight_layout()
plt.show()

# %% [markdown]
# Each row of the lower plot is one number of the state. Some of them follow the
# sequence closely. Others change slowly and store information over many steps.
#
# ## Exercises
#
# **Exercise 1.** An image of 8 × 8 pixels goes through
# `Conv2D(6, 3, stride=2, padding=0)`. What is the shape of the result: height, width
# and channels?

# %% answer
answer = [3, 3, 6]

# %%
small = [assay.Conv2D(6, 3, stride=2, padding=0)]
described = assay.nn.describe(small, (8, 8, 1), num_outputs=10)
hint = "(W - F + 2P) / S + 1, rounded down. Each filter produces one channel."
check(answer, described[0].output_shape, hint, within=0)

# %% [markdown]
# **Exercise 2.** The result of exercise 1 is flattened and passed to a dense output
# layer with 10 units. How many parameters does the output layer have?

# %% answer
answer = 54 * 10 + 10

# %%
check(answer, described[-1].num_parameters, "3 · 3 · 6 inputs, 10 units.", within=0)

# %% [markdown]
# **Exercise 3.** A simple recurrent layer with 16 units reads sequences with 1 channel.
# It has weights from the input to each unit, weights from each unit of the old state to
# each unit of the new one, and a bias per unit. How many parameters are there in total?

# %% answer
answer = 16 + 16 * 16 + 16

# %%
described = assay.nn.describe([assay.SimpleRNN(16)], (40, 1), num_outputs=10)
hint = "16 from the input, 16 · 16 from the state, and 16 biases."
check(answer, described[0].num_parameters, hint, within=0)
