# %% [markdown]
# # 3 · Learning rate
#
# Training moves downhill. In each iteration, every weight takes a small step in the
# direction opposite to its gradient:
#
#     new weight = weight - learning rate · gradient
#
# The *learning rate* determines the length of the steps, and therefore the speed of
# learning.
#
# In this notebook you will
#
# - follow a single step,
# - compare rates that are too small, good and too large,
# - search for a good rate,
# - let a *schedule* change the rate during training.

# %%
import matplotlib.pyplot as plt
import numpy as np
from exercise import check

import assay

# %% [markdown]
# ## One step
#
# `assay.Fit` can train for a single iteration. We look at one weight before and after.

# %%
MODEL = [assay.Dense(32), assay.ReLU(), assay.Dense(32), assay.ReLU()]


def start(rate, schedule="constant"):
    """Return a fit on the digits that has not started."""
    return assay.Fit.on(
        "digits",
        model=MODEL,
        optimizer=assay.SGD(rate),
        schedule=schedule,
        batch_size=32,
        num_epochs=6,
        seed=0,
    )


fit = start(rate=0.1)
before = fit.parameters["output"]["kernel"][0, 0]
gradient = fit.gradients()["output"]["kernel"][0, 0]
after = fit.step().parameters["output"]["kernel"][0, 0]
print(f"{before:.6f} - 0.1 · {gradient:.6f} = {before - 0.1 * gradient:.6f}")
print(f"weight after the step: {after:.6f}")

# %% [markdown]
# ## Too small, good, too large
#
# All three fits start with the same weights and use the same batches. Only the learning
# rate differs.

# %%
for rate in (0.001, 0.1, 1.0):
    cost = start(rate).run().history.iterations["cost"]
    print(f"rate {rate:<6} first cost {cost[0]:.3f}, last cost {cost[-1]:.3f}")
    smooth = np.convolve(cost, np.ones(10) / 10, "valid")
    plt.semilogy(smooth, label=f"rate {rate}")
plt.xlabel("iteration")
plt.ylabel("cost of the batch, mean of 10")
plt.legend()
plt.show()

# %% [markdown]
# - With a rate that is **too small**, the weights move in the right direction, but
#   slowly.
# - A **good** rate reaches a low cost quickly.
# - With a rate that is **too large**, a step jumps across the valley and ends higher up
#   on the other side.
#
# ## Searching for a good rate
#
# What matters is the ratio of two rates, so we try rates on a *logarithmic* scale: each
# rate is about three times as large as the one before.

# %%
rates = 10.0 ** np.arange(-3, 1.1, 0.5)
costs = []
for rate in rates:
    last = start(rate).run().history.iterations["cost"][-20:]
    costs.append(np.mean(last))
    print(f"rate {rate:7.4f}: cost at the end {costs[-1]:8.4f}")

best_rate = rates[np.nanargmin(costs)]
plt.loglog(rates, costs, "o-")
plt.axvline(best_rate, linestyle="--", color="gray")
plt.xlabel("learning rate")
plt.ylabel("cost at the end of training")
plt.show()
print(f"the best of these rates is {best_rate:.3g}")

# %% [markdown]
# The curve has the shape of a valley: training is slow on the left and unstable on the
# right. If the cost is `nan` (not a number), the weights have become infinite. The best
# rate is often not far below the first rate that fails. In a real project, the rate is
# chosen by its cost on *validation* examples that were not used for training.
# `assay.train` does this if you pass a search space such as
# `assay.Adam(learning_rate=assay.log(1e-4, 1e-1))`.
#
# ## Schedules
#
# Long steps are good at the start, when the minimum is far away. Short steps are good
# at the end. A *schedule* multiplies the rate by a factor that changes during training.

# %%
schedules = assay.optim.schedules
for name in ["constant", "step", "exponential", "cosine", "warmup_cosine", "one_cycle"]:
    schedule = schedules.get(name)
    factors = schedules.sample(schedule, 200, **schedule.hyperparameters)
    plt.plot(np.linspace(0, 1, len(factors)), factors, label=name)
plt.xlabel("completed fraction of training")
plt.ylabel("factor of the learning rate")
plt.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# A *warm-up* starts with short steps, because the first gradients of a random network
# are unreliable. Does a schedule help here? We use twice the best rate from above,
# which is too large without a schedule.

# %%
for name in ["constant", "cosine"]:
    cost = start(2 * best_rate, name).run().history.iterations["cost"]
    smooth = np.convolve(cost, np.ones(10) / 10, "valid")
    plt.semilogy(smooth, label=name)
    print(f"{name:8} mean cost of the last 20 iterations {cost[-20:].mean():.5f}")
plt.xlabel("iteration")
plt.ylabel("cost of the batch, mean of 10")
plt.legend()
plt.show()

# %% [markdown]
# Both fits begin with the same long steps. With the schedule, the steps become short
# enough for the cost to settle. A schedule makes the choice of the rate less critical.
#
# ## Exercises
#
# **Exercise 1.** A weight is 2 and its gradient is 4. What is the weight after one step
# with the learning rate 0.1?

# %% answer
answer = 2 - 0.1 * 4

# %%
sgd = assay.optim.get("sgd")
right, _ = sgd.update(np.float32([4]), (), np.float32([2]), learning_rate=0.1)
check(answer, right[0], "Subtract the rate times the gradient.")

# %% [markdown]
# **Exercise 2.** The cost of a network with one weight is `w²`, so the gradient is
# `2w`. Training starts at `w = 1`. Above which learning rate does `w` move farther from
# 0 with each step?

# %% answer
answer = 1


# %%
def grows(rate):
    """Return whether one step makes the weight larger."""
    w = np.float32([1])
    return abs(sgd.update(2 * w, (), w, learning_rate=rate)[0][0]) > 1


candidates = np.linspace(0.1, 3, 291)
right = candidates[[not grows(rate) for rate in candidates]].max()
check(answer, right, "A step multiplies w by 1 - 2 · rate. When is this below -1?")

# %% [markdown]
# **Exercise 3.** The schedule `step` multiplies the rate by 0.1 after every 30% of the
# iterations. The rate is 0.5 at the start. What is it after 70% of the iterations?

# %% answer
answer = 0.5 * 0.1 * 0.1

# %%
step = schedules.get("step")
right = 0.5 * step.factor(70, 100, **step.hyperparameters)
check(answer, float(right), "The rate has dropped at 30% and at 60%.")
