# %% [markdown]
# # 2 · Costs
#
# Three terms are often confused:
#
# - A **loss** measures the error of the prediction for *one* example.
# - A **cost** measures the error on a whole data set. It is the mean of the losses.
# - An **objective** is the number that training minimizes (or maximizes). It can be the
#   cost alone, or the cost plus a penalty on large weights.
#
# In this notebook you will
#
# - compare the losses for predicting numbers,
# - see how the cost determines what a network predicts,
# - learn about cross-entropy, the usual loss for classes, and its relation to
#   likelihood.

# %%
import matplotlib.pyplot as plt
import numpy as np
from exercise import check

import assay

# %% [markdown]
# ## Losses for numbers
#
# `assay.costs.get` returns a loss by its name. Its function takes the outputs of the
# network, one row per example, and the targets.

# %%
errors = np.linspace(-4, 4, 161, dtype=np.float32)
names = ["squared_error", "absolute_error", "huber"]
for name in names:
    loss = assay.costs.get(name)
    values = loss.loss(errors[:, None], np.zeros_like(errors), **loss.hyperparameters)
    plt.plot(errors, values, label=name)
    print(f"{name:15} {loss.formula}")
plt.xlabel("error = output - target")
plt.ylabel("loss")
plt.ylim(0, 8)
plt.legend()
plt.show()

# %% [markdown]
# - The **squared error** makes large errors very expensive. Its mean is called MSE, or
#   L2 cost.
# - The **absolute error** grows linearly. Its mean is called MAE, or L1 cost.
# - The **Huber** loss is quadratic close to 0 and linear beyond `delta`.
#
# ## What minimizing a cost leads to
#
# The data set `diabetes` contains, for each patient, how far the disease progressed in
# a year. Suppose we had to predict the same number for all patients. Which number is
# the best? That depends on the cost.

# %%
diabetes = assay.data.load("diabetes")
targets = diabetes.target.astype(np.float32)
constants = np.arange(50, 260, 2, dtype=np.float32)

figure, axes = plt.subplots(1, 2, figsize=(9, 3))
best = {}
for axis, name in zip(axes, ["squared_error", "absolute_error"], strict=True):
    loss = assay.costs.get(name)
    costs = [
        assay.costs.cost(loss, np.full((len(targets), 1), c, np.float32), targets)
        for c in constants
    ]
    best[name] = constants[np.argmin(costs)]
    axis.plot(constants, costs)
    axis.axvline(best[name], linestyle="--", color="gray")
    axis.set(title=name, xlabel="prediction for everybody", ylabel="cost")
    print(f"{name:15} is lowest at {best[name]:.0f}")
print(f"mean of the targets {targets.mean():.1f}, median {np.median(targets):.1f}")
figure.tight_layout()
plt.show()

# %% [markdown]
# The squared error is lowest at the *mean* of the targets, and the absolute error at
# the *median*. If the largest target becomes ten times as large, the mean changes, but
# the median does not. Therefore, the absolute error and the Huber loss are safer if
# some targets are wrong.
#
# ## From losses to a cost
#
# We train a small network on `diabetes` and examine its losses. Before training, Assay
# standardizes the targets: it subtracts the mean and divides by the standard deviation.
# Predictions are in the original unit, so we calculate the losses from predictions.

# %%
fit = assay.Fit.on(
    "diabetes",
    model=[assay.Dense(16), assay.ReLU()],
    cost=assay.SquaredError(),
    num_epochs=60,
    seed=0,
).run()
predictions = fit.predict("diabetes").astype(np.float32)
squared = assay.costs.get("squared_error")
losses = np.asarray(squared.loss(predictions[:, None], targets))
cost = assay.costs.cost(squared, predictions[:, None], targets)

print(f"target {targets[0]:.0f}, prediction {predictions[0]:.1f}, loss {losses[0]:.1f}")
print(f"mean of {len(losses)} losses: {losses.mean():.1f} = cost {cost:.1f}")
print(f"square root of the cost, in the unit of the target: {cost**0.5:.1f}")
largest = np.sort(losses)[-len(losses) // 10 :]
print(f"the 10% largest losses are {largest.sum() / losses.sum():.0%} of the cost")

plt.hist(losses, bins=60)
plt.axvline(cost, linestyle="--", color="black", label="cost = mean")
plt.xlabel("loss of one patient")
plt.ylabel("patients")
plt.legend()
plt.show()

# %% [markdown]
# ## Losses for classes
#
# A network for two classes returns the probability `p` of class 1. *Cross-entropy* is
# `-log(p)` if class 1 is right, and `-log(1 - p)` otherwise. It penalizes predictions
# that are confident but wrong. The *hinge* loss is 0 if the output has the correct sign
# and a margin of at least 1.
#
# Networks calculate these losses from their raw output, before the sigmoid.

# %%
outputs = np.linspace(-5, 5, 201, dtype=np.float32)
ones = np.ones_like(outputs)
for name in ["binary_cross_entropy", "hinge"]:
    plt.plot(outputs, assay.costs.get(name).loss(outputs[:, None], ones), label=name)
plt.plot(outputs, outputs < 0, ":", color="gray", label="1 if wrong, else 0")
plt.xlabel("output of the network, if class 1 is right")
plt.ylabel("loss")
plt.legend()
plt.show()

for p in (0.99, 0.9, 0.5, 0.1, 0.01):
    print(f"probability of the right class {p:4.2f}: loss {-np.log(p):.3f}")

# %% [markdown]
# We train a network that recognizes malignant tumors, and look at the tumors with the
# largest losses.

# %%
tumors = assay.data.load("breast_cancer")
fit = assay.Fit.on("breast_cancer", model=[assay.Dense(8), assay.ReLU()], num_epochs=15)
p = fit.run().predict("breast_cancer")  # the probability of the second class
of_right_class = np.where(tumors.target == 1, p, 1 - p)
losses = -np.log(of_right_class)
print(f"classes {tumors.task.classes}, cost {losses.mean():.4f}")
for row in np.argsort(losses)[:-4:-1]:
    right_class = tumors.task.classes[tumors.target[row]]
    print(f"{right_class:9} had probability {of_right_class[row]:.4f}", end=", ")
    print(f"loss {losses[row]:.2f}")

# %% [markdown]
# ## Likelihood
#
# The *likelihood* is the product of the probabilities that the network assigns to the
# right classes. Products of many probabilities are tiny, so we add up their logarithms.
# A likelihood is *maximized*. Since `-log(p)` is the cross-entropy, maximizing the
# log-likelihood is the same as minimizing the cross-entropy.

# %%
p = np.clip(p.astype(float), 1e-7, 1 - 1e-7)  # p = 1 has no finite logit
raw = np.log(p / (1 - p)).astype(np.float32)[:, None]
classes = tumors.target.astype(np.float32)
for name in ["binary_cross_entropy", "log_likelihood"]:
    loss = assay.costs.get(name)
    cost = assay.costs.cost(loss, raw, classes)
    objective = assay.costs.objective(loss, raw, classes)
    print(f"{name:21} {loss.direction}: mean {cost:.4f}, objective {objective:.4f}")

# %% [markdown]
# ## Exercises
#
# **Exercise 1.** A network returns 1.5, -0.5 and 6 for three examples. The targets are
# 0, 0 and 1. Calculate the cost for the squared error.

# %% answer
answer = (1.5**2 + 0.5**2 + 5**2) / 3

# %%
three = np.float32([[1.5], [-0.5], [6]])
right = assay.costs.cost(assay.costs.get("squared_error"), three, np.float32([0, 0, 1]))
check(answer, right, "Square the three errors, and take the mean.")

# %% [markdown]
# **Exercise 2.** The targets are 1, 2 and 9. Which constant prediction has the lowest
# cost for the squared error, and which for the absolute error? Write a list of two
# numbers.

# %% answer
answer = [4, 2]

# %%
few = np.float32([1, 2, 9])
tried = np.linspace(0, 10, 101, dtype=np.float32)
right = []
for name in ["squared_error", "absolute_error"]:
    loss = assay.costs.get(name)
    rows = [np.full((3, 1), constant) for constant in tried]
    costs = [assay.costs.cost(loss, row, few) for row in rows]
    right.append(tried[np.argmin(costs)])
check(answer, right, "One of them is the mean, and the other the median.")

# %% [markdown]
# **Exercise 3.** A network for two classes has learned nothing and returns the
# probability 0.5 for every example. What is its cost with cross-entropy?

# %% answer
answer = 0.693

# %%
knows_nothing = np.zeros((4, 1), np.float32)  # sigmoid(0) = 0.5
loss = assay.costs.get("binary_cross_entropy")
right = assay.costs.cost(loss, knows_nothing, np.float32([0, 1, 1, 0]))
check(answer, right, "Every loss is -log(0.5), with the natural logarithm.")
