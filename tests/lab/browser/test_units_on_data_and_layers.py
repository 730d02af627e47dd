"""The pages of units 5, 6, 8 and 9, used with the mouse and the keyboard."""

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect


@pytest.fixture
def window(visit):
    """A new browser window with the lab."""
    return visit(viewport={"width": 1280, "height": 900})


@pytest.fixture
def open_unit(window):
    """Return a function that opens a unit and waits for its first responses."""

    def open_(unit, query=""):
        page = window.go(f"units/{unit}{query}")
        window.settle()
        return page

    return open_


ASK = """async ([unit, question, body]) => {
    const answer = await fetch(`/api/units/${unit}/${question}`, {
        method: 'POST',
        headers: {'Content-Type': 'application/json'},
        body: JSON.stringify(body),
    });
    return answer.json();
}"""


def ask(page, unit, question, **body):
    """Return the engine's response to a request."""
    return page.evaluate(ASK, [unit, question, body])


def written(value, digits=4):
    """Format a number as the pages do."""
    text = f"{float(f'{value:.{digits}g}'):,.10f}".rstrip("0").rstrip(".")
    return text.replace("-", "\N{MINUS SIGN}")


def shows(page, text):
    expect(page.get_by_text(text).first).to_be_visible()


def figure(page, name):
    return page.get_by_role("application", name=re.compile(name))


def output_cells(page):
    return page.locator(".cell.out .value")


def test_convolution_opens_on_the_worked_example_and_steps(open_unit):
    page = open_unit("convolution")
    expect(output_cells(page)).to_have_text(list("410312131"))
    page.get_by_label("each step computes").select_option("product")
    page.get_by_role("button", name="Start over").click()
    expect(output_cells(page)).to_have_text([""] * 9)
    step = page.get_by_role("button", name="Step ▶")
    for _ in range(5):
        step.click()
    expect(output_cells(page).first).to_have_text("2")  # 2·1 is the fifth product
    step.focus()
    for _ in range(5):
        page.keyboard.press("Enter")
    expect(output_cells(page)).to_have_text(["4"] + [""] * 8)
    page.get_by_label("each step computes").select_option("whole")
    step.click()
    expect(output_cells(page)).to_have_text(list("410312131"))


def test_convolution_by_keyboard_and_link(open_unit):
    page = open_unit("convolution")
    board = figure(page, "Input, kernel and output")
    board.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    told = ask(page, "convolution", "slide")
    cell = told["cells"][1][1]
    shows(page, "Row 2, column 2 of the output")
    expect(page.locator(".sum")).to_contain_text(f"= {written(cell['forward'])}")
    page.get_by_label("Stride S").first.focus()
    page.keyboard.press("ArrowLeft")
    told = ask(page, "convolution", "slide", stride=1)
    shows(page, "W2 = (5 − 3 + 2·1)/1 + 1 = 5")
    values = [written(v) for row in told["output"] for v in row]
    expect(output_cells(page)).to_have_text(values)
    page.get_by_role("button", name="Check").click()
    shows(page, "✓ Right.")
    expect(page).to_have_url(re.compile("stride=1"))
    page.reload()
    expect(output_cells(page)).to_have_text(values)


def test_convolution_takes_other_numbers_and_explains_impossible_ones(
    open_unit, window
):
    page = open_unit("convolution")
    page.get_by_label("edit the numbers", exact=True).first.check()
    page.get_by_label("input row 1, column 1", exact=True).fill("-7")
    x = [[-7, 1, 0, 1, 1], [1, 1, 0, 2, 0], [0, 0, 1, 1, 1], [1, 2, 2, 0, 2]]
    told = ask(page, "convolution", "slide", input=[*x, [2, 0, 1, 2, 1]])
    assert written(told["output"][0][0]) == "−5"
    expect(output_cells(page).first).to_have_text("−5")
    window.expects_refusals = True
    page = open_unit("convolution", "?stride=3")
    shows(page, "Does not divide evenly:")
    page = open_unit("convolution", "?padding=0&dilation=3")
    told = ask(page, "convolution", "slide", padding=0, dilation=3)
    expect(page.get_by_role("alert")).to_contain_text(told["error"])


def test_pooling_marks_the_winners(open_unit):
    page = open_unit("convolution")
    pool = figure(page, "Max pooling")
    expect(pool.locator(".winner")).to_have_text(["3", "20", "15", "9"])
    pool.focus()
    page.keyboard.press("ArrowDown")
    shows(page, "max(15, 14, 10, 2) = 15")
    page.get_by_label("keep").select_option("average")
    told = ask(page, "convolution", "pool", kind="average")
    cells = figure(page, "Average pooling").locator(".out")
    expect(cells.first).to_have_text(written(told["output"][0][0]))


def test_every_number_of_a_trained_network_can_be_opened(open_unit):
    page = open_unit("convolution", "?image=5")
    page.get_by_role("button", name=re.compile("^conv2")).click()
    page.get_by_role("button", name="map 3").click()
    map_ = figure(page, "conv2, map 3")
    map_.focus()
    page.keyboard.press("Home")
    body = {"row": 5, "layer": "conv2", "at": [3, 0, 3]}
    told = ask(page, "convolution", "number", **body)
    shows(page, f"how {written(told['value'])} is computed")
    field = ask(page, "convolution", "receptive_field", **body)
    shows(page, f"receptive field: {field['size'][0]} × {field['size'][1]} pixels")
    shift = ask(page, "convolution", "shift", row=5, down=0, right=1)
    shows(page, f"{shift['num_same']} of {shift['num_positions']} numbers")


def test_an_image_of_the_user_is_opened_like_those_of_the_data(open_unit, tmp_path):
    page = open_unit("convolution", "?image=5")
    pixels = np.full((24, 24), 255, np.uint8)
    pixels[3:21, 10:14] = 0  # a stroke of ink
    Image.fromarray(pixels).save(tmp_path / "own.png")
    page.get_by_label("Or drop an image of your own").set_input_files(
        tmp_path / "own.png"
    )
    shows(page, re.compile(r"own\.png: predicted"))
    page.get_by_role("button", name=re.compile("^conv1")).click()
    figure(page, "conv1, map 0$").focus()
    page.keyboard.press("End")
    shows(page, "The terms sum to")
    page.get_by_role("button", name="Back to the images from the data").click()
    shows(page, re.compile("image 5:"))


def test_batches_step_by_step(open_unit):
    page = open_unit("batches")
    told = ask(page, "batches", "passes")
    first = told["iterations"][0]
    shows(page, "iterations per epoch = ⌈70 / 4⌉ = 18")
    shows(page, f"{first['angle_degrees']:.1f}°")
    page.get_by_role("button", name="Next iteration").click()
    shows(page, "epoch 1, batch 2 of 18")
    second = told["iterations"][1]
    shows(page, f"{second['angle_degrees']:.1f}°")
    split = ask(page, "batches", "split")
    rows = [re.compile(rf"row {split['rows'][e]}\b") for e in second["examples"]]
    expect(page.locator("ul.examples li span")).to_have_text(rows)
    page.get_by_role("button", name="Next epoch").click()
    shows(page, "epoch 2, batch 1 of 18")
    figure(page, "Iterations").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    shows(page, "epoch 1, batch 18 of 18, a smaller batch")
    page.get_by_label("updates").fill("36")
    page.get_by_role("button", name="Check").click()
    shows(page, "✓ Right.")


def test_each_mark_of_the_split_tells_its_part(open_unit):
    page = open_unit("batches")
    figure(page, "The examples in").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    shows(page, "test, sealed.")
    page.get_by_label("or the data of a run").select_option("iris-1")
    shows(page, "train = 150 − 23 − 23 = 104")


def test_regularization_narrows_the_gap(open_unit):
    page = open_unit("regularization")
    told = ask(page, "regularization", "phases")
    best = told["early_stopping"]["best_epoch"]
    shows(page, f"best epoch {best}, stop at {best} + 15 = {best + 15}")
    page.get_by_role("button", name="Check").click()
    shows(page, "Not yet.")
    page.get_by_label("L2 strength").focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    told = ask(page, "regularization", "phases", l2=0.01)
    shows(page, f"{written(told['penalty']['l2'], 3)} (L2) at the end")
    shows(page, f"Absolute values: mean {written(told['weights'][-1]['mean_size'], 3)}")
    page.get_by_role("button", name="Check").click()
    shows(page, "✓ Right.")


def test_regularization_of_a_run_of_the_user(open_unit):
    page = open_unit("regularization", "?run=iris-1&l2=0.01")
    told = ask(page, "regularization", "phases", run="iris-1", l2=0.01)
    shows(page, f"80 examples in train, {told['num_val']} in val")
    shows(page, f"{written(told['penalty']['l2'], 3)} (L2) at the end")
    shows(page, "The inputs of iris-1 are not images")
    mask = ask(page, "regularization", "mask", run="iris-1", iteration=10)
    shows(page, f"{mask['num_kept']} of 4 hidden units kept")
    page.get_by_label("Data and network").select_option("diabetes-1")
    shows(page, "mean squared error on val at the end")
    expect(page.get_by_label("Label smoothing")).to_be_disabled()
    expect(page).to_have_url(re.compile("run=diabetes-1"))


def test_the_mask_of_every_iteration_is_shown(open_unit):
    page = open_unit("regularization", "?iteration=3")
    for iteration in (3, 4):
        told = ask(page, "regularization", "mask", iteration=iteration)
        text = f"in iteration {iteration}: {told['num_kept']} of 40 hidden units kept"
        shows(page, text)
        page.get_by_role("button", name="Next iteration").click()
    variants = page.get_by_role("img", name=re.compile("Six|six variants"))
    expect(variants).to_have_count(11)


def test_layers_can_be_opened_down_to_one_number(open_unit):
    page = open_unit("layers")
    page.get_by_role("button", name=re.compile("^output")).click()
    figure(page, "Output of output").focus()
    page.keyboard.press("Home")
    body = {"network": "convolution", "layer": "output", "at": [0]}
    told = ask(page, "layers", "number", **body)
    shows(page, f"The terms sum to {written(told['check']['sum'], 7)}")
    page.get_by_label("network").select_option("dense")
    told = ask(page, "layers", "model", network="dense")
    shows(page, f"{written(told['num_parameters'], 9)} parameters in total")
    page.get_by_role("button", name=re.compile("^dense1")).click()
    page.get_by_label("parameters", exact=True).fill("250")
    page.get_by_role("button", name="Check").click()
    shows(page, "✓ Right.")
    page.get_by_label("or the model of a run").select_option("iris-1")
    shows(page, "4·3 + 3 = 15")


def test_gates_normalization_and_outputs(open_unit):
    page = open_unit("layers")
    told = ask(page, "layers", "gates", cell="gru")
    page.get_by_role("combobox", name=re.compile("^layer")).select_option("gru")
    shows(page, f"= {written(told['gates'][7]['s'], 3)}")
    norm = ask(page, "layers", "batch_norm", batch_size=8)
    value = page.get_by_role("button", name=written(norm["in_inference"][0]))
    value.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("statistics: running")
    page.keyboard.press("Escape")
    page.get_by_label("y[0]").focus()
    page.keyboard.press("ArrowRight")
    told = ask(page, "layers", "output", outputs=[1.6, 0.2, -1])
    shows(page, f"{told['tasks'][0]['prediction'][0]:.3f}")


def test_hundreds_of_batches_fit_on_a_narrow_screen(visit):
    window = visit(viewport={"width": 360, "height": 800})
    page = window.go("units/batches?examples=0&batch=1&data=iris")
    page.get_by_text("epoch 1, batch 1 of 104", exact=True).wait_for()
    window.settle()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
