"""The responses of the unit on convolution, compared with sums in plain NumPy."""

import numpy as np
import pytest
from PIL import Image

import assay
from assay import InputError, nn, spec
from assay.lab.units._registry import respond
from assay.lab.units.convolving._feature_maps import _before
from assay.lab.units.convolving._grids import POOL_INPUT, WORKED_INPUT, WORKED_KERNEL
from assay.lab.units.networks._digits import digits
from assay.lab.units.networks._open import open_example
from assay.nn.xray import watch


def convolved(x, kernel, *, stride, padding, dilation=1, bias=0.0):
    """Convolve grids with loops."""
    x = np.pad(np.array(x, float), padding)
    kernel = np.array(kernel, float)
    reach = [dilation * (size - 1) + 1 for size in kernel.shape]
    sizes = [(w - r) // stride + 1 for w, r in zip(x.shape, reach, strict=True)]
    y = np.full(sizes, bias)
    for r, c in np.ndindex(*sizes):
        for a, b in np.ndindex(*kernel.shape):
            here = x[r * stride + a * dilation, c * stride + b * dilation]
            y[r, c] += here * kernel[a, b]
    return y


def test_it_opens_on_the_worked_example():
    told = respond("convolution", "slide", {})
    assert told["output"].tolist() == [[4, 1, 0], [3, 1, 2], [1, 3, 1]]
    assert told["formula"] == "H2 = W2 = (5 - 3 + 2*1)/2 + 1 = 3"
    assert told["notes"] == []
    first = told["cells"][0][0]
    assert len(first["terms"]) == 10  # nine products and the bias
    assert [t["what"] for t in first["terms"]].count("padding") == 5
    assert sum(t["value"] for t in first["terms"]) == first["forward"] == 4


@pytest.mark.parametrize(
    "knobs",
    [
        {"stride": 1, "padding": 0, "dilation": 1},
        {"stride": 2, "padding": 2, "dilation": 2},
        {"stride": 3, "padding": 1, "dilation": 1, "bias": -0.5},
    ],
)
def test_every_output_is_the_sum_of_its_terms(knobs):
    told = respond("convolution", "slide", knobs)
    expected = convolved(WORKED_INPUT, WORKED_KERNEL, **knobs)
    np.testing.assert_allclose(told["output"], expected, atol=1e-6)
    for place in np.ndindex(*expected.shape):
        cell = told["cells"][place[0]][place[1]]
        total = sum(term["value"] for term in cell["terms"])
        assert total == pytest.approx(expected[place])
        for term in cell["terms"]:
            if term["what"] == "input":
                r, c = term["source"]
                assert term["factors"][0] == WORKED_INPUT[r][c]


def test_a_window_that_does_not_divide_is_said():
    told = respond("convolution", "slide", {"stride": 3, "padding": 1})
    assert told["formula"].endswith("rounded down")
    assert told["notes"] == [
        "with stride 3, no window reaches the last row along H and W"
    ]


def test_a_window_that_does_not_fit_is_refused():
    with pytest.raises(InputError, match=r"size <= input \+ padding"):
        respond("convolution", "slide", {"padding": 0, "dilation": 5})


def test_grids_must_be_rectangles_of_numbers():
    with pytest.raises(InputError, match="input is a rectangle"):
        respond("convolution", "slide", {"input": [[1, 2], [3]]})
    with pytest.raises(InputError, match="at most 12"):
        respond("convolution", "slide", {"input": [[0] * 13] * 13})
    with pytest.raises(InputError, match="kernel"):
        respond("convolution", "slide", {"kernel": [["x"]]})


def test_derivatives_are_finite_differences():
    upstream = np.arange(9.0).reshape(3, 3) - 4
    told = respond("convolution", "slide", {"upstream": upstream.tolist()})

    def objective(x, kernel):
        return (convolved(x, kernel, stride=2, padding=1) * upstream).sum()

    x, kernel = np.array(WORKED_INPUT, float), np.array(WORKED_KERNEL, float)
    for name, grid in (("by_input", x), ("by_kernel", kernel)):
        for place in np.ndindex(*grid.shape):
            before = objective(x, kernel)
            grid[place] += 1  # the objective is linear in each grid
            slope = objective(x, kernel) - before
            grid[place] -= 1
            assert told[name][place] == pytest.approx(slope)
    assert told["by_bias"] == upstream.sum()


def test_pooling_opens_on_the_worked_example():
    told = respond("convolution", "pool", {})
    assert told["output"].tolist() == [[20, 3], [15, 9]]
    winners = [[cell["winner"] for cell in row] for row in told["cells"]]
    assert winners == [[[1, 1], [0, 2]], [[2, 0], [3, 3]]]
    assert told["by_input"].sum() == 4  # only the largest number in a window gets 1
    assert all(told["by_input"][r, c] == 1 for row in winners for r, c in row)


def test_averages_do_not_count_padding():
    told = respond("convolution", "pool", {"kind": "average", "padding": 1})
    x = np.pad(np.array(POOL_INPUT, float), 1, constant_values=np.nan)
    windows = x.reshape(3, 2, 3, 2).swapaxes(1, 2)
    expected = np.nanmean(windows, axis=(2, 3))
    np.testing.assert_allclose(told["output"], expected, rtol=1e-6)


@pytest.mark.slow
def test_numbers_of_a_trained_network_are_its_forward_pass():
    maps = {m["name"]: m for m in respond("convolution", "maps", {"row": 3})["layers"]}
    x, y = maps["max_pool1"]["values"], maps["conv2"]["values"]
    kernel, bias = maps["conv2"]["kernel"], maps["conv2"]["bias"]
    window = np.pad(x, [(1, 1), (1, 1), (0, 0)])[2:5, 1:4]
    expected = (window * kernel[..., 5]).sum() + bias[5]
    assert y[2, 1, 5] == pytest.approx(expected, rel=1e-5)
    body = {"row": 3, "layer": "conv2", "at": [2, 1, 5]}
    told = respond("convolution", "number", body)
    assert told["value"] == y[2, 1, 5]
    assert told["check"]["sum"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.slow
def test_only_pixels_in_the_receptive_field_matter():
    at = (1, 2, 0)
    told = respond("convolution", "receptive_field", {"layer": "conv2", "at": at})
    (top, bottom), (left, right) = told["boxes"][0]["box"]
    assert told["size"] == [bottom - top + 1, right - left + 1]
    opened = open_example("convolution", 0)
    x = opened.watched.input("conv1")

    def output(image):
        return watch(opened.network, image).output("conv2")[0][at]

    inside = np.zeros_like(x, bool)
    inside[:, top : bottom + 1, left : right + 1] = True
    assert output(np.where(inside, x, x + 9)) == output(x)
    assert output(np.where(inside, x + 9, x)) != output(x)


def test_the_receptive_field_covers_the_layers_inside_a_residual():
    layers = [spec.Residual([spec.Conv2D(2, 3), spec.Conv2D(1, 5)]), spec.MaxPool2D(2)]
    rng = np.random.default_rng(0)
    model = nn.build(layers, (12, 12, 1), num_outputs=1, rng=rng)
    box = [(3, 3), (0, 0)]
    for name in ("max_pool1", "residual1"):
        box = _before(model.layer(name), box)
    assert box == [(3, 10), (0, 4)]  # 2 rows, and (3 - 1 + 5 - 1) / 2 on both sides


@pytest.mark.slow
def test_the_map_moves_with_the_input():
    told = respond("convolution", "shift", {"down": 1, "right": -2})
    same = np.array(told["same"])
    assert same[2:-1, 1:-3].all()  # away from the borders
    assert told["num_same"] == same.sum() < told["num_positions"] == 64
    np.testing.assert_allclose(
        told["after"][3, 3], told["before"][2, 5], rtol=1e-4, atol=1e-6
    )


@pytest.fixture
def dropped(client, tmp_path):
    """Return a function that uploads an image, and returns its name."""

    def drop(pixels):
        Image.fromarray(np.uint8(pixels)).save(tmp_path / "own.png")
        content = (tmp_path / "own.png").read_bytes()
        headers = {"x-file-name": "own.png"}
        answer = client.post("/api/uploads", content=content, headers=headers)
        return answer.json()["upload"]

    return drop


@pytest.mark.slow
def test_an_image_of_the_user_goes_through_the_network(dropped):
    image = digits()[0][2, ..., 0]  # ink from 0 to 16
    light = 255 * image / 16
    wanted = respond("convolution", "maps", {"row": 2})
    for pixels in (light, 255 - light):  # chalk on a board, and ink on paper
        told = respond("convolution", "maps", {"upload": dropped(pixels)})
        assert (told["row"], told["target"]) == (-1, "")
        assert np.argmax(told["prediction"]) == np.argmax(wanted["prediction"]) == 2
        np.testing.assert_allclose(told["input"], wanted["input"], atol=0.02)
    body = {"upload": dropped(light), "layer": "conv2", "at": [2, 1, 5]}
    check = respond("convolution", "number", body)["check"]
    assert check["sum"] == pytest.approx(check["forward"], rel=1e-4, abs=1e-6)
    assert respond("convolution", "receptive_field", body)["size"] == [7, 7]


def save_images(folder):
    """Write light and dark images of 6 x 5 pixels, with one folder per class."""
    rng = np.random.default_rng(0)
    for number in range(40):
        path = folder / ("light" if number % 2 else "dark") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 80, (6, 5, 3)) + 170 * (number % 2)
        Image.fromarray(np.uint8(pixels)).save(path)
    return str(folder)


@pytest.mark.slow
def test_the_model_of_a_run_reads_an_image(dropped, root, tmp_path):
    quick = {"num_epochs": 1, "trials": 1, "open_anyway": True, "out": root / "own-1"}
    assay.train(save_images(tmp_path / "photos"), model=[assay.Conv2D(2, 3)], **quick)
    upload = dropped(np.full((30, 40, 3), 200))
    told = respond("convolution", "maps", {"run": "own-1", "upload": upload})
    assert (told["row"], told["num_rows"]) == (-1, 40)
    assert told["layers"][0]["shape"] == [6, 5, 2]
    assert np.ptp(told["input"], axis=(0, 1)).max() == 0  # one color everywhere
    assert sum(told["prediction"]) == pytest.approx(1, abs=1e-5)


@pytest.mark.slow
def test_a_model_of_other_inputs_takes_no_image(dropped, with_runs):
    with pytest.raises(InputError, match="does not accept images"):
        respond("convolution", "maps", {"run": "iris-1", "upload": dropped(np.eye(9))})


def test_what_is_no_image_is_refused(dropped, client):
    with pytest.raises(InputError, match="no longer exists"):
        respond("convolution", "maps", {"upload": "gone/own.png"})
    headers = {"x-file-name": "own.png"}
    stored = client.post("/api/uploads", content=b"no image", headers=headers)
    with pytest.raises(InputError, match=r"own\.png"):
        respond("convolution", "maps", {"upload": stored.json()["upload"]})


def test_an_absent_row_is_refused():
    with pytest.raises(InputError, match="0 <= row < 1797"):
        respond("convolution", "maps", {"row": 5000})
