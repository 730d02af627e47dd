# %% [markdown]
# # 7 · Optimizers
#
# An *optimizer* turns gradients into steps. The simplest one, gradient descent, steps
# in the direction opposite to the current gradient. The others also use past gradients.
#
# In this notebook you will
#
# - watch optimizers move through a valley,
# - compare updates with all examples, one example and a few examples,
# - race optimizers on handwritten digits,
# - calculate single steps yourself.

# %%
import matplotlib.pyplot as plt
import numpy as np
from exercise import check

import assay
from assay.tuning import get_surface, race_surface

# %% [markdown]
# ## Paths through a valley
#
# A real network has thousands of weights. To be able to plot a path, we use a function
# of two numbers: a valley that is 50 times as steep across as along. All optimizers
# start at the same point. For each of them, we try several learning rates up to 0.3 and
# keep the path that ends at the lowest height.

# %%
names = ["sgd", "momentum", "adagrad", "rmsprop", "adam"]
surface = get_surface("bowl")
rates = 10.0 ** np.arange(-3, -0.4, 0.25)
paths = race_surface("bowl", names, num_iterations=60, rates=rates)

(x_low, x_high), (y_low, y_high) = surface.window
grid = np.meshgrid(np.linspace(x_low, x_high, 120), np.linspace(y_low, y_high, 120))
height = surface.function(grid)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8))
left.contour(*grid, height, levels=np.geomspace(0.05, 60, 12), cmap="Greys")
for path in paths:
    left.plot(*path.points.T, ".-", label=path.racer, linewidth=1)
    right.semilogy(np.maximum(path.values, 1e-12), label=path.racer)
    print(f"{path.racer:9} rate {path.learning_rate:7.3g}, at the end", end=" ")
    print(f"{path.values[-1]:.1e} above the minimum")
left.set(xlim=(x_low, x_high), ylim=(y_low, y_high), title="paths")
right.set(xlabel="iteration", title="height above the minimum")
right.legend()
figure.tight_layout()
plt.show()

# %% [markdown]
# - **SGD** (gradient descent) must take short steps because of the steep walls, so it
#   is slow along the valley.
# - **Momentum** adds up past gradients. Steps across the valley cancel out, and steps
#   along the valley add up.
# - **Adagrad** and **RMSProp** divide by the size of past gradients, so the flat
#   direction gets longer steps. Adagrad adds up all past gradients, so it becomes
#   slower and slower.
# - **Adam** does both, and corrects the initial bias of its averages, which start at 0.
#
# ## How many examples per update?
#
# - **Batch gradient descent** uses all examples for each update.
# - **Stochastic gradient descent** uses one example.
# - **Mini-batch gradient descent** uses a few, which is the usual compromise.
#
# All of them make the same number of passes over the data, so they use the same number
# of examples. The learning rate is the same, too.

# %%
for batch_size, label in [("all", "all"), (1, "one"), (16, "16")]:
    fit = assay.Fit.on(
        "wine",
        model=[assay.Dense(16), assay.Tanh()],
        optimizer=assay.SGD(0.05),
        batch_size=batch_size,
        num_epochs=10,
        seed=0,
    ).run()
    cost = fit.history.iterations["cost"]
    plt.plot(
        np.linspace(0, 10, len(cost)), cost, label=f"{label} per update", alpha=0.8
    )
    print(f"{label:>3} per update: {len(cost):4} updates,", end=" ")
    print(f"cost after 10 epochs {fit.history.epochs['train_cost'][-1]:.4f}")
plt.ylim(0, 1.7)
plt.xlabel("epoch")
plt.ylabel("cost of the batch")
plt.legend()
plt.show()

# %% [markdown]
# With one example per update, there are many updates, but they are noisy: the cost
# jumps from example to example. With all examples, there are few updates, but they are
# smooth. A few examples per update are a compromise, and modern processors process a
# few examples almost as fast as one.
#
# ## A race on handwritten digits
#
# In a fair race, all optimizers have the same initial weights and the same batches, and
# each has the learning rate that suits it best. We try three rates for each optimizer,
# and keep the one with the lowest cost at the end. The smallest of the three is the
# optimizer's default.

# %%
entrants = [assay.SGD, assay.Momentum, assay.Adam]
for entrant in entrants:
    tried = {}
    for rate in entrant().learning_rate * np.array([1, 3, 10]):
        fit = assay.Fit.on(
            "digits",
            model=[assay.Dense(32), assay.ReLU()],
            optimizer=entrant(learning_rate=float(rate)),
            batch_size=32,
            num_epochs=8,
            seed=0,
        )
        tried[rate] = fit.run().history.epochs["train_cost"]
    ends = [costs[-1] for costs in tried.values()]
    best_rate = list(tried)[int(np.nanargmin(ends))]  # nan where training failed
    costs = tried[best_rate]
    plt.semilogy(np.arange(1, len(costs) + 1), costs, "o-", label=entrant.kind)
    print(
        f"{entrant.kind:9} best rate {best_rate:7.4g}, cost at the end {costs[-1]:.4f}"
    )
plt.xlabel("epoch")
plt.ylabel("cost on train")
plt.legend()
plt.show()

# %% [markdown]
# With well-chosen rates, the differences on such a simple problem are small. Adam and
# momentum are popular because they also work on problems where plain gradient descent
# takes much longer.
#
# `assay.race("digits")` runs such a race on any data set. It tries more rates and
# several seeds, and also measures the cost on examples that were not used for training.
#
# ## Exercises
#
# **Exercise 1.** Momentum keeps a sum `v`. In each iteration, `v = 0.9 · v + gradient`,
# and the step is `rate · v`. The gradient is 1 three times in a row. What is `v` after
# the third iteration, if it was 0 before the first?

# %% answer
answer = 1 + 0.9 + 0.81

# %%
rule = assay.optim.get("momentum").direction(momentum=0.9)
one = np.float32([1])
state = rule.init(one)
for _ in range(3):
    v, state = rule.update(one, state)
check(answer, float(v[0]), "After the first iteration v is 1, after the second 1.9.")

# %% [markdown]
# **Exercise 2.** The first step of Adam is a special case. The learning rate is 0.001.
# By how much does a weight change if its first gradient is 7? What if the gradient is
# 0.007? Try it with the function below, and write a list of two numbers (without
# signs).

# %%
adam = assay.optim.get("adam")


def first_step(gradient, rate=0.001):
    """Return the size of the first step of Adam."""
    start, gradient = np.float32([0]), np.float32([gradient])
    state = adam.direction(**adam.hyperparameters).init(start)
    after, _ = adam.update(
        gradient, state, start, learning_rate=rate, **adam.hyperparameters
    )
    return abs(float(after[0]))


# %% answer
answer = [0.001, 0.001]

# %%
hint = "Print first_step(7) and first_step(0.007)."
check(answer, [first_step(7), first_step(0.007)], hint)

# %% [markdown]
# **Exercise 3.** A training set has 1,000 examples. How many updates does one epoch
# have with batch gradient descent, with stochastic gradient descent, and with
# mini-batches of 50? Write a list of three numbers.

# %% answer
answer = [1, 1000, 20]

# %%
rng = np.random.default_rng(0)
table = rng.normal(size=(1000, 3)), rng.integers(0, 2, 1000)
right = [
    assay.Fit.on(*table, model=[], batch_size=size, num_epochs=1).num_iterations
    for size in ("all", 1, 50)
]
check(answer, right, "Divide the examples by the batch size.", within=0)
