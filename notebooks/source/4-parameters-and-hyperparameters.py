# %% [markdown]
# # 4 · Parameters and hyperparameters
#
# *Parameters* are the numbers inside a network: weights and biases. They start with
# random values and are learned from the training data.
#
# *Hyperparameters* are set before training, such as the layers, the learning rate, the
# batch size and the number of epochs. They control training, but training does not
# change them.
#
# In this notebook you will
#
# - count the parameters of a network,
# - see that training changes them, but not the hyperparameters,
# - choose a hyperparameter correctly.

# %%
import matplotlib.pyplot as plt
import numpy as np
from exercise import check

import assay

# %% [markdown]
# ## Counting parameters
#
# A dense layer connects each of `n` inputs with each of `u` units. It has `n · u`
# weights and one bias per unit. `assay.nn.describe` does the calculation for every
# layer. We use it for a network for the digits. They have 8 × 8 pixels, but Assay
# excludes pixels that are the same in every digit, because they contain no information.

# %%
layers = [assay.Dense(32), assay.ReLU(), assay.Dense(16), assay.ReLU()]
fit = assay.Fit.on(
    "digits",
    model=layers,
    optimizer=assay.SGD(0.1),
    batch_size=32,
    num_epochs=5,
    seed=0,
)
num_inputs = fit.batch().inputs.shape[1]
print(f"{num_inputs} of the 64 pixels vary\n")
rows = assay.nn.describe(layers, (num_inputs,), num_outputs=10)
print(assay.nn.description_text(rows))

# %% [markdown]
# Most parameters are in a single layer: the one with the largest product of inputs and
# outputs. The fit contains the parameters as arrays, and their sizes are the same.

# %%
for layer, arrays in fit.parameters.items():
    for name, array in arrays.items():
        print(f"{layer:7} {name:7} shape {array.shape!s:9} {array.size:5} parameters")

# %% [markdown]
# ## What training changes
#
# We look at all weights of the first layer before and after training.

# %%
before = fit.parameters["dense1"]["kernel"].copy()
settings_before = fit.training.traced()
fit.run()
after = fit.parameters["dense1"]["kernel"]

bins = np.linspace(-0.8, 0.8, 61)
plt.hist(before.ravel(), bins, alpha=0.6, label="before")
plt.hist(after.ravel(), bins, alpha=0.6, label="after")
plt.xlabel("weight in the first layer")
plt.ylabel("weights")
plt.legend()
plt.show()
moved = np.abs(after - before)
print(
    f"{(moved > 0).mean():.0%} of the weights moved, on average by {moved.mean():.4f}"
)
print("hyperparameters:", fit.training.traced())
print("the same as before:", fit.training.traced() == settings_before)

# %% [markdown]
# The weights have spread out: training has made some of them larger. The
# hyperparameters are the same as before.
#
# ## How many parameters are too many?
#
# As a rule of thumb, a good data set has about ten times as many examples as the
# network has parameters. Networks with more parameters can still work well with
# regularization (see notebook 8), but they can also memorize their examples.

# %%
num_examples = assay.data.load("digits").num_examples
for units in (1, 2, 8, 32, 128):
    described = assay.nn.describe([assay.Dense(units)], (num_inputs,), num_outputs=10)
    count = sum(row.num_parameters for row in described)
    ratio = num_examples / count
    print(f"{units:4} units: {count:6} parameters, {ratio:6.2f} examples for each")

# %% [markdown]
# ## Choosing a hyperparameter
#
# Hyperparameters must not be chosen on the examples that the network was trained on,
# because a larger network would always win. They must not be chosen on the test
# examples either, because the test examples would then influence the network.
# Therefore, some of the data are held out for this choice only: the *validation* part.
#
# We choose the learning rate by training on train and measuring the accuracy on val.

# %%
digits = assay.data.load("digits")
parts = assay.data.split(digits, seed=0)
pixels = digits.frame.to_numpy()
X_train, y_train = pixels[parts.train], digits.target[parts.train]
X_val, y_val = pixels[parts.val], digits.target[parts.val]


def accuracies(rate):
    """Train with a learning rate, and return the accuracy on train and on val."""
    fit = assay.Fit.on(
        X_train,
        y_train,
        model=layers,
        optimizer=assay.SGD(rate),
        batch_size=32,
        num_epochs=5,
        seed=0,
    ).run()
    pairs = [(X_train, y_train), (X_val, y_val)]
    return [np.mean(fit.predict(X).argmax(1) == y) for X, y in pairs]


rates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
measured = np.array([accuracies(rate) for rate in rates])
plt.semilogx(rates, measured[:, 0], "o-", label="train")
plt.semilogx(rates, measured[:, 1], "s--", label="val")
plt.xlabel("learning rate, a hyperparameter")
plt.ylabel("accuracy after 5 epochs")
plt.legend()
plt.show()
chosen = rates[int(measured[:, 1].argmax())]
print(f"chosen on val: {chosen}, with an accuracy of {measured[:, 1].max():.3f}")

# %% [markdown]
# The best accuracy on val is a little too optimistic, because it is the best of several
# attempts. Only the test set, which is opened once, at the very end, gives an unbiased
# estimate. Notebook 5 shows the whole protocol.
#
# ## Exercises
#
# **Exercise 1.** A dense layer has 30 inputs and 16 units, each with a bias. How many
# parameters does it have?

# %% answer
answer = 30 * 16 + 16

# %%
right = assay.nn.describe([assay.Dense(16)], (30,), num_outputs=1)[0].num_parameters
check(answer, right, "Multiply for the weights, then add one bias per unit.", within=0)

# %% [markdown]
# **Exercise 2.** Which of these are hyperparameters? Write a list with 1 for a
# hyperparameter and 0 for a parameter, in this order: the batch size, the bias of a
# unit, the learning rate, the number of units, a weight.

# %% answer
answer = [1, 0, 1, 1, 0]

# %%
learned = {name for arrays in fit.parameters.values() for name in arrays}
words = ["batch_size", "bias", "learning_rate", "units", "kernel"]
right = [int(word not in learned) for word in words]
check(answer, right, "Training changes only the parameters.", within=0)

# %% [markdown]
# **Exercise 3.** A convolution on an image with 1 channel has 8 filters of 3 × 3
# pixels. Each filter has its own bias. How many parameters does the layer have? (The
# result does not depend on the size of the image.)

# %% answer
answer = 8 * (3 * 3 + 1)

# %%
described = assay.nn.describe([assay.Conv2D(8, 3)], (28, 28, 1), num_outputs=10)
hint = "One filter has 3 · 3 weights and a bias."
check(answer, described[0].num_parameters, hint, within=0)
