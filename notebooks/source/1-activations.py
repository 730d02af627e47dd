# %% [markdown]
# # 1 · Activations
#
# A network consists of *units*. A unit multiplies its inputs by weights, adds up the
# products, and outputs `f(x)`, where `x` is the sum. The function `f` is the
# *activation*. Without it, a network with many layers could not do more than a network
# with a single layer, because a sum of sums is just another sum.
#
# In this notebook you will
#
# - see the usual activations and their slopes,
# - see on handwritten digits why some of them are hard to train in deep networks,
# - find units that have died.

# %%
import matplotlib.pyplot as plt
import numpy as np
from exercise import check

import assay

# %% [markdown]
# ## The curves
#
# `assay.nn.ACTIVATIONS` contains all activations, and `assay.nn.derivative` returns the
# slope of one of them. The slope matters as much as the curve: training sends a signal
# backward through the network, and each unit multiplies the signal by its slope.

# %%
x = np.linspace(-6, 6, 241, dtype=np.float32)
curves = {"sigmoid": {}, "tanh": {}, "relu": {}, "leaky_relu": {"negative_slope": 0.1}}

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), sharex=True)
for name, hyperparameters in curves.items():
    activation = assay.nn.ACTIVATIONS.find(name)
    left.plot(x, activation.function(x, **hyperparameters), label=name)
    slope = assay.nn.derivative(name)(x, **hyperparameters)
    right.plot(x, slope, label=name)
    print(f"{name:11} largest slope {slope.max():.2f}, at x = 6 {slope[-1]:.4f}")
left.set(title="activation f(x)", xlabel="x", ylim=(-1.5, 3))
right.set(title="slope f′(x)", xlabel="x")
left.legend()
figure.tight_layout()
plt.show()

# %% [markdown]
# - **Sigmoid** maps every sum to a number from 0 to 1, which can represent a
#   probability. Use it for the output of a network that decides between two classes.
# - **Tanh** has the same shape, from -1 to 1. Its outputs are centered on 0, which
#   makes it the better of the two inside a network.
# - **ReLU** keeps positive sums and replaces negative ones with 0. It is the usual
#   choice inside a network, especially after convolutions.
# - **Leaky ReLU** keeps a small slope on the negative side. Parametric ReLU learns this
#   slope.
#
# Sigmoid and tanh are flat on both sides. A unit whose sum is in a flat part is
# *saturated*: its slope is almost 0, and it passes almost no signal back.

# %% [markdown]
# ## Gradients that vanish
#
# The *gradient* of a weight shows how the cost changes if the weight increases a
# little. Weights with a gradient close to 0 hardly change. We build three deep networks
# for the digits, which differ only in their activation, and examine the gradients of
# each layer before training.

# %%
hidden_layers = {
    "sigmoid": [assay.Dense(32), assay.Sigmoid()] * 4,
    "tanh": [assay.Dense(32), assay.Tanh()] * 4,
    "relu": [assay.Dense(32), assay.ReLU()] * 4,
}
fits = {
    name: assay.Fit.on(
        "digits",
        model=layers,
        optimizer=assay.SGD(0.1),
        batch_size=64,
        num_epochs=15,
        seed=0,
    )
    for name, layers in hidden_layers.items()
}

first = {}
for name, fit in fits.items():
    gradients = fit.gradients()
    layers = [layer for layer in gradients if "kernel" in gradients[layer]]
    sizes = [np.abs(gradients[layer]["kernel"]).mean() for layer in layers]
    first[name] = sizes[0] / sizes[-1]
    plt.semilogy(layers, sizes, "o-", label=name)
    print(f"{name:8} first layer / output layer: {first[name]:.5f}")
plt.title("mean size of the gradients, before training")
plt.legend()
plt.show()

# %% [markdown]
# Read the plot from right to left, in the direction of the signal. With sigmoid,
# each layer receives a smaller gradient than the layer after it, because every slope
# is at most 0.25. The first layers hardly learn. This is called the *vanishing
# gradient* problem.
#
# Does it matter? We train the network with sigmoid and the one with ReLU.

# %%
for name in ["sigmoid", "relu"]:
    fit = fits[name].run()
    accuracy = fit.history.epochs["train_score"]
    plt.plot(np.arange(1, len(accuracy) + 1), accuracy, label=name)
    print(f"{name:8} accuracy after {len(accuracy)} epochs: {accuracy[-1]:.3f}")
plt.xlabel("epoch")
plt.ylabel("accuracy on the training digits")
plt.legend()
plt.show()

# %% [markdown]
# ## Units that die
#
# ReLU does not saturate on the positive side, but it is completely flat on the negative
# side. A unit whose sum is negative for *every* example always returns 0, and its
# gradient is 0 as well. The unit is dead, and stays dead. This can happen if a step is
# too long. `fit.activations` returns the outputs of all layers for one batch of digits.
# We count the units that return 0 for the whole batch, after training with a good
# learning rate (0.1) and with one that is far too large (2).


# %%
def count_units(layers, learning_rate):
    """Train, and count the units below 0 and the units without a gradient by layer."""
    fit = assay.Fit.on(
        "digits",
        model=layers,
        optimizer=assay.SGD(learning_rate),
        batch_size=64,
        num_epochs=15,
        seed=0,
    ).run()
    outputs, gradients = fit.activations(), fit.gradients()
    hidden = [name for name in outputs if name.startswith(("relu", "leaky"))]
    below = [int((outputs[name].max(axis=0) <= 0).sum()) for name in hidden]
    kernels = [gradients[f"dense{n + 1}"]["kernel"] for n in range(len(hidden))]
    stuck = [int((np.abs(kernel).max(axis=0) == 0).sum()) for kernel in kernels]
    return below, stuck


leaky = [assay.Dense(32), assay.LeakyReLU(0.1)] * 4
for name, layers, rate in [
    ("ReLU", hidden_layers["relu"], 0.1),
    ("ReLU", hidden_layers["relu"], 2.0),
    ("Leaky ReLU", leaky, 2.0),
]:
    below, stuck = count_units(layers, rate)
    print(f"{name}, learning rate {rate}, units of 32 in each of the 4 layers:")
    print(f"  never above 0: {below}, with gradients of exactly 0: {stuck}")

# %% [markdown]
# With the large learning rate, almost all units of the ReLU network are dead, and no
# gradient reaches any weight, so the network cannot recover. The steps are too long for
# Leaky ReLU as well, but its units still get gradients.
#
# Try these remedies in this order: smaller steps, then Leaky ReLU, which lets some
# gradient through on the negative side, then parametric ReLU.
#
# ## Exercises
#
# **Exercise 1.** The slope of the sigmoid is `f(x) · (1 - f(x))`. Calculate it at
# `x = 0` by hand.

# %% answer
answer = 0.25

# %%
right = assay.nn.derivative("sigmoid")(np.float32([0]))[0]
check(answer, right, "First calculate f(0) = 1 / (1 + exp(0)).")

# %% [markdown]
# **Exercise 2.** A unit with the inputs `(1, 2)`, the weights `(3, -4)` and the bias 1
# has a sum `x`. What does it return with ReLU, and with Leaky ReLU with the slope 0.1?
# Write a list of two numbers.

# %% answer
answer = [0, -0.4]

# %%
total = np.float32([1 * 3 + 2 * -4 + 1])
functions = assay.nn.ACTIVATIONS
relu = functions.find("relu").function(total)[0]
leaky = functions.find("leaky_relu").function(total, negative_slope=0.1)[0]
check(answer, [relu, leaky], "The sum is 1·3 + 2·(-4) + 1. Is it negative?")

# %% [markdown]
# **Exercise 3.** A signal passes backward through 5 sigmoid units. Each unit multiplies
# the signal by the slope of the sigmoid. What is the largest possible factor for all 5
# units together?

# %% answer
answer = 0.25**5

# %%
largest_slope = assay.nn.derivative("sigmoid")(x).max()
check(answer, largest_slope**5, "The largest slope of one unit is printed above.")
