# %% [markdown]
# # 8 · Regularization
#
# Learning has two goals. *Optimization* lowers the cost on the training examples.
# *Generalization* means that the network also predicts new examples well. A large
# network can achieve the first goal without the second: it memorizes its examples. We
# say that it *overfits*. Methods that reduce overfitting are called *regularization*.
#
# In this notebook you will
#
# - make a network overfit,
# - regularize it with L2, dropout and early stopping,
# - see that L1 sets weights to 0,
# - look at augmented images.

# %%
import jax
import matplotlib.pyplot as plt
import numpy as np
from exercise import check

import assay

# %% [markdown]
# ## A network that overfits
#
# We train on only 80 digits, and intentionally give every tenth of them a wrong target.
# Real data contain wrong targets, too. We measure the cost on 400 other digits, whose
# targets are correct.

# %%
digits = assay.data.load("digits")
pixels = digits.frame.to_numpy().astype(np.float32)
X_train, X_val = pixels[:80], pixels[80:480]
y_train, y_val = digits.target[:80].copy(), digits.target[80:480]
y_train[::10] = (y_train[::10] + 1) % 10


def cost_on_val(fit):
    """Return the cross-entropy on val, and the accuracy."""
    p = fit.predict(X_val)
    losses = -np.log(np.maximum(p[np.arange(len(p)), y_val], 1e-7))
    return losses.mean(), np.mean(p.argmax(1) == y_val)


def train(l1=0.0, l2=0.0, dropout=0.0, num_epochs=40):
    """Train a network, and return the fit, and the costs by epoch."""
    fit = assay.Fit.on(
        X_train,
        y_train,
        task="multiclass",
        model=[assay.Dense(100), assay.ReLU(), assay.Dropout(dropout)],
        optimizer=assay.Adam(0.01),
        regularizers=[assay.L1(l1), assay.L2(l2)],
        batch_size=16,
        num_epochs=num_epochs,
        seed=0,
    )
    on_val = []
    while not fit.done:
        on_val.append(cost_on_val(fit.epoch())[0])
    return fit, fit.history.epochs["train_cost"], np.array(on_val)


plain, on_train, on_val = train()
epochs = np.arange(1, len(on_val) + 1)
plt.plot(epochs, on_train, label="train, 80 digits")
plt.plot(epochs, on_val, label="val, 400 other digits")
plt.axvline(
    epochs[on_val.argmin()], linestyle="--", color="gray", label="lowest on val"
)
plt.xlabel("epoch")
plt.ylabel("cost")
plt.legend()
plt.show()
print(f"after {len(on_val)} epochs: cost {on_train[-1]:.4f} on train", end=", ")
print(f"{on_val[-1]:.4f} on val, a gap of {on_val[-1] - on_train[-1]:.4f}")
print(f"lowest on val: {on_val.min():.4f}, after epoch {on_val.argmin() + 1}")

# %% [markdown]
# At first, both costs fall: the network learns what digits look like. Then the cost on
# val rises again while the cost on train still falls: the network memorizes the 80
# examples, including their wrong targets.
#
# **Early stopping** is the simplest remedy: keep the weights of the epoch with the
# lowest cost on val.
#
# ## Three regularizers
#
# - **L2** adds `strength · Σw²` to the cost, so large weights are expensive.
# - **L1** adds `strength · Σ|w|`, which drives many weights to 0.
# - **Dropout** sets random units to 0 in each iteration, so no unit can rely on a
#   single other unit. For predictions, nothing is dropped.

# %%
treatments = {
    "none": {},
    "L2": {"l2": 0.003},
    "L1": {"l1": 0.001},
    "dropout": {"dropout": 0.5},
}
fits = {}
for name, treatment in treatments.items():
    fits[name], on_train, on_val = train(**treatment)
    plt.plot(epochs, on_val, label=name)
    accuracy = cost_on_val(fits[name])[1]
    print(
        f"{name:8} cost on train {on_train[-1]:.3f}, on val {on_val[-1]:.3f}", end=", "
    )
    print(f"gap {on_val[-1] - on_train[-1]:.3f}, accuracy on val {accuracy:.3f}")
plt.xlabel("epoch")
plt.ylabel("cost on val")
plt.legend()
plt.show()

# %% [markdown]
# Each regularizer makes the gap smaller. The cost on *train* increases, as intended,
# because the network no longer learns the wrong targets.
#
# How much is enough? The strength is a hyperparameter, so it is chosen on val.
#
# ## What the penalties do to the weights

# %%
bins = np.linspace(-0.6, 0.6, 61)
figure, axes = plt.subplots(1, 3, figsize=(10, 2.8), sharey=True)
for axis, name in zip(axes, ["none", "L2", "L1"], strict=True):
    weights = fits[name].parameters["dense1"]["kernel"].ravel()
    axis.hist(np.clip(weights, -0.6, 0.6), bins)
    axis.set(title=name, xlabel="weight", yscale="log")
    zeros = np.mean(np.abs(weights) < 0.005)
    print(f"{name:5} mean size {np.abs(weights).mean():.3f}, {zeros:.0%} almost 0")
figure.tight_layout()
plt.show()

# %% [markdown]
# L2 makes all weights smaller. L1 makes most of them 0 and keeps a few large ones.
#
# ## Inside dropout
#
# We look at the outputs of one layer before and after dropout, for one digit.

# %%
start = assay.Fit.on(
    X_train,
    y_train,
    task="multiclass",
    model=[assay.Dense(12), assay.ReLU(), assay.Dropout(0.5)],
    num_epochs=1,
    seed=0,
)
before = start.activations("relu1")[0]
after = start.activations("dropout1")[0]
print("before ", np.round(before, 2))
print("after  ", np.round(after, 2))

# %% [markdown]
# About half of the numbers become 0. The others are doubled, so the sum in the next
# layer stays the same on average.
#
# ## Augmentation
#
# *Augmentation* trains the network on changed copies of the examples: shifted, rotated
# or with a different contrast. A shifted 3 is still a 3. This adds examples at no cost,
# and the network learns which changes do not matter. `fit.batch` returns the examples
# before augmentation, so we apply the same functions ourselves.

# %%
images = jax.numpy.array(pixels[:6]).reshape(-1, 8, 8, 1)
targets = jax.numpy.array(digits.target[:6])
batch = assay.regularize.Batch(images, targets, jax.numpy.ones(6))
rows = [images]
for seed in range(2):
    changed = assay.regularize.augment(
        batch,
        ["shift", "rotate"],
        assay.nn.Draws(jax.random.key(seed)),
        hyper={
            "shift": assay.Shift(0.15).traced(),
            "rotate": assay.Rotate(20).traced(),
        },
    )
    rows.append(changed.inputs)

figure, axes = plt.subplots(3, 6, figsize=(8, 4))
for line, pictures in zip(axes, rows, strict=True):
    for axis, picture in zip(line, pictures, strict=True):
        axis.imshow(picture[:, :, 0], cmap="Greys")
        axis.set_xticks([])
        axis.set_yticks([])
for line, name in zip(axes, ["original", "copy 1", "copy 2"], strict=True):
    line[0].set_ylabel(name)
plt.show()

# %% [markdown]
# For training, write `augment=[assay.Shift(0.15), assay.Rotate(20)]`.
#
# ## Exercises
#
# **Exercise 1.** A network has the weights 1 and -2. The strength of L2 is 0.1. What is
# the penalty?

# %% answer
answer = 0.1 * (1 + 4)

# %%
right = assay.regularize.l2(np.float32([1, -2]), np.float32(0.1))
check(answer, float(right), "The strength times the sum of the squares.")

# %% [markdown]
# **Exercise 2.** The dropout rate is 0.2. The output of a unit was 4 before dropout,
# and the unit is kept. What is its output after dropout? During training, the remaining
# outputs are divided by the fraction of units that are kept.

# %% answer
answer = 4 / 0.8

# %%
rule = assay.Dropout(0.2)
right = 4 / (1 - rule.rate)
check(answer, right, f"The formula is {rule.formula}.")

# %% [markdown]
# **Exercise 3.** The costs on val after epochs 1, 2, 3, … are those below. Early
# stopping has a patience of 3 epochs: it stops after 3 epochs in a row without a new
# lowest cost. After which epoch does it stop, and from which epoch are the weights
# kept? Write a list of two numbers.

# %%
costs = np.float32([0.9, 0.7, 0.6, 0.65, 0.58, 0.6, 0.61, 0.59, 0.5])

# %% answer
answer = [8, 5]

# %%
best, stale, best_epoch, stopped = np.float32(np.inf), np.int32(0), 0, 0
for epoch, cost in enumerate(costs, 1):
    improved, stale, stop = assay.regularize.patience(
        cost,
        best,
        stale,
        patience_epochs=np.int32(3),
        min_improvement=np.float32(0),
    )
    if improved:
        best, best_epoch = cost, epoch
    if stop:
        stopped = epoch
        break
hint = "The cost after epoch 5 is lower than all before. Count from there."
check(answer, [stopped, best_epoch], hint, within=0)
