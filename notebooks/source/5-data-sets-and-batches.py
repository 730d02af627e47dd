# %% [markdown]
# # 5 · Data sets and batches
#
# A data set is a list of *examples*. Each example has inputs and a target, and the data
# set has a task: to predict the target of new examples.
#
# In this notebook you will
#
# - split a data set into its three parts,
# - see iterations, batches and epochs at work,
# - measure how well the gradient of a batch approximates the gradient of all examples,
# - run the complete protocol, up to the result that you can report.

# %%
import matplotlib.pyplot as plt
import numpy as np
from exercise import check

import assay

# %% [markdown]
# ## Three parts
#
# - **train** (70%): the network learns from these examples.
# - **val** (15%): hyperparameters are chosen on these examples.
# - **test** (15%): these examples stay sealed until the end. They measure how well the
#   network predicts examples that did not influence it.
#
# The split is *stratified*: every part has the same proportion of each class.

# %%
iris = assay.data.load("iris")
parts = assay.data.split(iris, seed=0)
for name, rows in parts.parts.items():
    counts = np.bincount(iris.target[rows])
    print(f"{name:5} {len(rows):3} examples, by class {counts}")
print("classes:", iris.task.classes)

# %% [markdown]
# ## Scaling the inputs
#
# Inputs in different units (centimeters, years, dollars) are put on the same scale: we
# subtract the mean and divide by the standard deviation. Both are calculated from
# *train only*. Otherwise, information about the test examples would leak into training.

# %%
preparation = assay.data.Preparation.fit(iris, parts.train)
raw = iris.frame.select(preparation.columns).to_numpy()
scaled = preparation.transform(iris)

figure, axes = plt.subplots(1, 2, figsize=(9, 3))
labels = [name.replace(" ", "\n", 1) for name in preparation.columns]
for axis, values, title in zip(axes, (raw, scaled), ("raw", "scaled"), strict=True):
    axis.boxplot(values, tick_labels=labels)
    axis.set_title(title)
figure.tight_layout()
plt.show()
for name in parts.parts:
    means = scaled[parts.parts[name]].mean(axis=0)
    print(f"{name:5} means after scaling: {np.round(means, 2) + 0}")

# %% [markdown]
# The means are 0 on train, but only approximately 0 on the other parts. This is
# intended.
#
# ## Batches, iterations, epochs
#
# - A **batch** consists of a few examples that are used together.
# - An **iteration** is one update of the weights, computed from one batch.
# - An **epoch** is one pass over all examples.
#
# We step through two epochs with batches of 32, and print the classes in each batch.

# %%
X_train, y_train = raw[parts.train], iris.target[parts.train]
MODEL = [assay.Dense(16), assay.Tanh()]
fit = assay.Fit.on(X_train, y_train, model=MODEL, batch_size=32, num_epochs=2, seed=0)

seen = []
while not fit.done:
    batch = fit.batch()
    seen.append(len(batch.targets))
    print(f"epoch {fit.num_epochs_done + 1}, iteration {fit.iteration + 1}:", end=" ")
    print(f"{len(batch.targets):2} examples, first classes {batch.targets[:8]}")
    fit.step()
print(f"{sum(seen)} examples in 2 epochs, {len(y_train)} examples in train")

# %% [markdown]
# The last batch of an epoch is smaller, because the number of examples is not a
# multiple of 32. The second epoch uses the same examples in a different order.
#
# ## How good is the gradient of a batch?
#
# The gradient of a batch is the mean of the gradients of its examples. The larger the
# batch, the closer its gradient is to the gradient of the whole training set. We
# compute the gradient of each example, with a learning rate so small that the weights
# do not change, and then draw batches of these gradients.

# %%
still = assay.Fit.on(
    X_train,
    y_train,
    model=MODEL,
    optimizer=assay.SGD(1e-9),
    batch_size=1,
    num_epochs=1,
    seed=0,
)
single = []
while not still.done:
    gradients = still.gradients()
    single.append(
        np.concatenate([a.ravel() for g in gradients.values() for a in g.values()])
    )
    still.step()
single = np.array(single)
whole = single.mean(axis=0)

rng = np.random.default_rng(0)
sizes = [1, 2, 4, 8, 16, 32, 64]
angles = []
for size in sizes:
    batches = [rng.choice(len(single), size, replace=False) for _ in range(200)]
    means = np.array([single[rows].mean(axis=0) for rows in batches])
    norms = np.linalg.norm(means, axis=1) * np.linalg.norm(whole)
    cosines = np.clip(means @ whole / norms, -1, 1)
    angles.append(np.degrees(np.arccos(cosines)))
    print(f"batch of {size:2}: {np.median(angles[-1]):5.1f}° from the full gradient")

plt.boxplot(angles, tick_labels=sizes, showfliers=False)
plt.xlabel("batch size")
plt.ylabel("angle to the full gradient, in degrees")
plt.show()

# %% [markdown]
# The gradient of a single example is often far from the right direction, and sometimes
# even points backward (more than 90°). Batches of 16 to 64 examples are a good
# compromise: their gradients have roughly the right direction, and take only a fraction
# of the time of a whole pass.
#
# ## The whole protocol
#
# `assay.train` follows the protocol: it splits, chooses the hyperparameters on val,
# trains again on train and val together, and opens the test set once.

# %%
run = assay.train(
    "iris",
    model=MODEL,
    optimizer=assay.Adam(assay.log(1e-3, 1e-1)),  # a search space
    num_epochs=40,
    trials=4,
    seed=0,
    runs=None,  # do not save the run
)
chosen = run.summary["hyperparameters"]["optimizer.learning_rate"]
print(f"chosen on val: learning rate {chosen:.4f}")
test = run.test
low, high = test.interval
print(
    f"{test.metric} {test.value:.3f} on {test.num_examples} examples never used before"
)
print(f"95% interval [{low:.3f}, {high:.3f}], opened {test.openings} time(s)")

# %% [markdown]
# The interval is wide because there are only a few test examples. Always report the
# interval together with the result.
#
# ## Exercises
#
# **Exercise 1.** There are 1,257 training examples, and the batch size is 32. How many
# iterations does an epoch have, and how many examples are in its last batch? Write a
# list of two numbers.

# %% answer
answer = [40, 9]

# %%
many = (np.random.default_rng(0).normal(size=(1257, 2)), np.arange(1257) % 2)
epoch = assay.Fit.on(*many, model=[], batch_size=32, num_epochs=1)
iterations = epoch.num_iterations
last = 1257 - 32 * (iterations - 1)
check(answer, [iterations, last], "39 batches of 32 are 1,248 examples.", within=0)

# %% [markdown]
# **Exercise 2.** The data set `digits` has 1,797 examples. How many are in val, and how
# many in test? Round to whole examples, and write a list of two numbers.

# %% answer
answer = [270, 270]

# %%
split = assay.data.split(assay.data.load("digits"), seed=0)
hint = "Both get 15% of the examples."
check(answer, [len(split.val), len(split.test)], hint, within=0)

# %% [markdown]
# **Exercise 3.** On which part are the means for scaling the inputs calculated:
# "train", "val", "test" or "all"?

# %% answer
answer = "train"

# %%
same = [
    name
    for name, rows in (parts.parts | {"all": np.arange(iris.num_examples)}).items()
    if np.allclose(preparation.transform(iris, rows).mean(axis=0), 0, atol=1e-3)
]
check(answer, same[0], "Where are the means exactly 0 after scaling?")
