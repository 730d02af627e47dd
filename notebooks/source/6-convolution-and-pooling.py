# %% [markdown]
# # 6 · Convolution and pooling
#
# A dense layer treats the pixels of an image as a list and ignores which pixels are
# neighbors. A *convolution* uses this information. It slides a small grid of weights,
# the *kernel*, over the image and processes one small window at a time.
#
# In this notebook you will
#
# - calculate a convolution step by step,
# - use kernels to find edges in a handwritten digit,
# - see that the result moves when the image moves,
# - make feature maps smaller by pooling,
# - compare a convolutional network with a dense one.

# %%
import matplotlib.pyplot as plt
import numpy as np
from exercise import check

import assay
from assay.nn import ops

# %% [markdown]
# ## One window at a time
#
# At each position, the numbers in the kernel are multiplied by the numbers under them,
# and the products are added up. Then the kernel moves by the *stride*. *Padding* adds a
# border of zeros, so the kernel can also be centered on pixels at the edge.

# %%
x = np.float32(
    [
        [2, 1, 0, 1, 1],
        [1, 1, 0, 2, 0],
        [0, 0, 1, 1, 1],
        [1, 2, 2, 0, 2],
        [2, 0, 1, 2, 1],
    ]
)
kernel = np.float32([[0, 1, -1], [-1, 1, 0], [0, 1, 1]])


def convolve(image, kernel, stride=1, padding=0):
    """Convolve one image with one channel and one kernel."""
    return np.asarray(
        ops.convolve(
            image[None, :, :, None],  # example, height, width, channel
            kernel[:, :, None, None],  # height, width, channel, filter
            stride=(stride, stride),
            padding=((padding, padding),) * 2,
        )
    )[0, :, :, 0]


result = convolve(x, kernel, stride=2, padding=1)
padded = np.pad(x, 1)
for i, j in [(0, 0), (0, 1)]:
    window = padded[2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
    print(f"window at ({i}, {j}), times the kernel:")
    print(window * kernel)
    print(f"sum {np.sum(window * kernel):.0f}, in the result {result[i, j]:.0f}\n")
print("the whole result:")
print(result)

# %% [markdown]
# The size of the result depends on the size of the input `W`, the size of the kernel
# `F`, the padding `P` and the stride `S`: `(W - F + 2P) / S + 1`.

# %%
print(ops.slide(5, 3, stride=2, padding=1).formula)

# %% [markdown]
# ## Kernels find features
#
# This kernel returns large numbers at vertical edges, where the left side of a window
# is darker than the right side. Its transpose finds horizontal edges.

# %%
digits = assay.data.load("digits")
images = digits.frame.to_numpy().astype(np.float32).reshape(-1, 8, 8, 1)
vertical = np.float32([[1, 0, -1], [2, 0, -2], [1, 0, -1]])


def show(pictures):
    """Draw pictures side by side, with blue below 0 and red above."""
    figure, axes = plt.subplots(1, len(pictures), figsize=(2.4 * len(pictures), 2.8))
    for axis, (title, picture) in zip(axes, pictures.items(), strict=True):
        reach = np.abs(picture).max()
        axis.imshow(picture, cmap="RdBu_r", vmin=-reach, vmax=reach)
        axis.set_title(title, fontsize=10)
        axis.set_xticks([])
        axis.set_yticks([])
    figure.tight_layout()
    plt.show()


digit = images[0, :, :, 0]
show(
    {
        f"a {digits.task.classes[digits.target[0]]}": digit,
        "vertical edges": convolve(digit, vertical, padding=1),
        "horizontal edges": convolve(digit, vertical.T, padding=1),
    }
)

# %% [markdown]
# In a network, kernels are not written by hand. They are parameters, which are learned
# in training.
#
# ## The feature map moves with the image
#
# We move the digit one pixel to the right. The feature map moves with it, because the
# same weights are used everywhere. A dense layer would have to learn the digit again
# for every position.

# %%
moved = np.roll(digit, 1, axis=1)
map_of_digit = convolve(digit, vertical, padding=1)
map_of_moved = convolve(moved, vertical, padding=1)
show(
    {"digit": digit, "moved": moved, "map": map_of_digit, "map of moved": map_of_moved}
)
inside = np.abs(map_of_moved[:, 2:-1] - map_of_digit[:, 1:-2]).max()
print(f"largest difference between the maps, without the border: {inside:.1f}")

# %% [markdown]
# ## Pooling
#
# *Max pooling* keeps the largest number in each window, and *average pooling* keeps the
# mean. Both make the feature map smaller and have no parameters.

# %%
grid = np.float32([[2, 13, 3, 1], [1, 20, 2, 3], [15, 14, 7, 1], [10, 2, 2, 9]])
largest = ops.max_pool(grid[None, :, :, None], size=(2, 2))[0, :, :, 0]
mean = ops.average_pool(grid[None, :, :, None], size=(2, 2))[0, :, :, 0]
print("largest of each window of 2 x 2:")
print(np.asarray(largest))
print("mean of each window:")
print(np.asarray(mean))

# %% [markdown]
# ## A convolutional network
#
# We train two small networks on a third of the digits, one with a convolution and one
# with a dense layer, and measure their accuracy on the rest.

# %%
models = {
    "convolution": [assay.Conv2D(8, 3), assay.ReLU(), assay.MaxPool2D(2)],
    "dense": [assay.Flatten(), assay.Dense(24), assay.ReLU()],
}
train, held_out = slice(0, 600), slice(600, None)
fits = {}
for name, layers in models.items():
    fits[name] = assay.Fit.on(
        images[train],
        digits.target[train],
        model=layers,
        optimizer=assay.Adam(0.01),
        batch_size=32,
        num_epochs=15,
        seed=0,
    ).run()
    right = fits[name].predict(images[held_out]).argmax(1) == digits.target[held_out]
    count = fits[name].model.num_parameters
    print(f"{name:12} {count:5} parameters, accuracy on new digits {right.mean():.3f}")

# %% [markdown]
# These are kernels that the network has learned, and the feature maps of one digit. The
# pixels of the digit are standardized, so the white background is below 0 here.

# %%
kernels = fits["convolution"].parameters["conv1"]["kernel"]
maps = fits["convolution"].activations("relu1")[0]
digit = fits["convolution"].batch().inputs[0, :, :, 0]
show({"digit": digit, **{f"kernel {k + 1}": kernels[:, :, 0, k] for k in range(5)}})
show({"digit": digit, **{f"map {k + 1}": maps[:, :, k] for k in range(5)}})

# %% [markdown]
# ## Exercises
#
# **Exercise 1.** An image has 28 × 28 pixels. A convolution has kernels of size 5,
# stride 1 and padding 2. What are the height and width of the result?

# %% answer
answer = [28, 28]

# %%
size = ops.output_size(28, 5, stride=1, padding=2)
check(answer, [size, size], "(W - F + 2P) / S + 1. Write a list of two numbers.")

# %% [markdown]
# **Exercise 2.** Calculate the number at the top left of `convolve(x, kernel)` by hand,
# this time *without* padding.

# %% answer
answer = 2

# %%
right = convolve(x, kernel)[0, 0]
check(answer, right, "The window is the top left of x: (2 1 0), (1 1 0), (0 0 1).")

# %% [markdown]
# **Exercise 3.** Max pooling with windows of 2 × 2 is applied to 8 maps of 14 × 14
# pixels. How many numbers are left in total?

# %% answer
answer = 7 * 7 * 8

# %%
pooled = ops.max_pool(np.zeros((1, 14, 14, 8), np.float32), size=(2, 2))
hint = "The height and width are halved. The number of maps is the same."
check(answer, pooled.size, hint, within=0)
