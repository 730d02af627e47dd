"""The pages of units 1, 2, 3, 4 and 7, used with the mouse and the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from assay.lab.units._registry import respond


def numbers(text):
    """Return all numbers in a text of the page."""
    plain = text.replace("−", "-").replace(",", "").replace("\N{MINUS SIGN}", "-")
    return [float(n) for n in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", plain)]


@pytest.fixture
def unit(visit):
    """A function that opens a unit and waits for its main figure."""

    def open_unit(path, figure):
        page = visit(viewport={"width": 1280, "height": 900}).go(f"units/{path}")
        page.get_by_role("application", name=figure).wait_for()
        return page

    return open_unit


def readout(page, name, place):
    """Return the text that a figure shows when its cursor is at a place."""
    figure = page.locator("figure").filter(has_text=name)
    said = figure.first.locator("[aria-live]").first
    expect(said).to_contain_text(place)
    return said.inner_text()


def check_task(page, verdict):
    """Click the button of the task and wait for a verdict."""
    page.get_by_role("button", name="Check").click()
    status = page.locator("section", has_text="Try it").get_by_role("status")
    expect(status).to_contain_text(verdict)


def test_activations_by_keyboard(unit):
    page = unit("activations?x=2", re.compile("sigmoid and its derivative"))
    figure = page.get_by_role("application", name="sigmoid and its derivative")
    figure.focus()
    page.keyboard.press("ArrowRight")
    told = respond("activations", "curve", {"name": "sigmoid"})
    place = int(abs(told["x"] - 2.05).argmin())
    x, y, slope = numbers(readout(page, "sigmoid and its derivative", "x = 2.05:"))
    assert (x, y) == pytest.approx((2.05, told["y"][place]), rel=1e-3)
    assert slope == pytest.approx(told["derivative"][place], rel=1e-3)
    expect(page).to_have_url(re.compile("x=2.05"))
    formula = page.get_by_role("group", name="Formula")
    expect(formula).to_contain_text("1/(1 + exp(-2.05))")


def test_activations_by_mouse(unit):
    page = unit("activations", re.compile("sigmoid and its derivative"))
    page.get_by_role("button", name="relu", exact=True).click()
    figure = page.get_by_role("application", name="relu and its derivative")
    figure.wait_for()
    width = figure.bounding_box()["width"]
    figure.drag_to(
        figure,
        source_position={"x": 0.25 * width, "y": 100},
        target_position={"x": 0.3 * width, "y": 100},
        steps=4,
    )
    x, y, slope = numbers(readout(page, "relu and its derivative", "x = −"))
    assert x < 0 and y == 0 and slope == 0
    page.get_by_role("row", name=re.compile("relu3")).wait_for()
    told = respond("activations", "layers", {"activation": "relu"})
    dead = [f"{one['num_dead']} of 32" for one in told["snapshots"][-1]["layers"]]
    cells = page.get_by_role("cell", name=re.compile(r"\d+ of 32"))
    expect(cells).to_have_text(dead)
    page.reload()
    figure.wait_for()
    expect(page).to_have_url(re.compile("name=relu"))


def test_gradients_vanish_in_the_task_on_activations(unit):
    page = unit("activations?layers=5&epoch=0", re.compile("pre-activations"))
    check_task(page, "✓ Right")
    page.goto(page.url.replace("layers=5&epoch=0", "layers=1"))
    page.get_by_role("row", name=re.compile("sigmoid2")).wait_for(state="detached")
    check_task(page, "at least two hidden layers")


def test_costs_by_keyboard(unit):
    page = unit("costs?loss=huber&output=2", re.compile("Huber of one example"))
    figure = page.get_by_role("application", name="Huber of one example")
    figure.focus()
    page.keyboard.press("ArrowLeft")
    shown = numbers(readout(page, "Huber of one example", "prediction 1.98:"))
    told = respond("costs", "point", {"loss": "huber", "outputs": [1.98]})
    assert shown == pytest.approx([1.98, told["value"], told["gradient"][0]], rel=1e-3)
    page.get_by_role("slider", name="Target").focus()
    page.keyboard.press("ArrowRight")
    told = respond(
        "costs", "point", {"loss": "huber", "outputs": [1.98], "target": 0.1}
    )
    formula = page.get_by_role("group", name="Formula")
    formula.get_by_text(re.compile(f"= {told['value']:.4g}")).wait_for()


def test_costs_by_mouse(unit):
    page = unit("costs", re.compile("squared error of one example"))
    page.get_by_role("button", name="cross entropy", exact=True).click()
    page.get_by_role("application", name="cross entropy of one example").wait_for()
    table = page.get_by_role("region", name="Examples of the batch")
    table.get_by_role("columnheader", name="Probability of the target").wait_for()
    told = respond("costs", "examples", {"loss": "cross_entropy"})
    loss = table.get_by_role("row").nth(1).get_by_role("cell").nth(4)
    expect(loss).to_have_text(f"{told['losses'][0]:.4f}")
    objective = page.locator("dd", has_text="cost + 0.001").locator("b")
    expect(objective).to_have_text(f"{told['cost'] + told['penalty']:.4g}")
    page.get_by_role("button", name=f"{told['cost']:.4g}").click()
    expect(page.get_by_role("dialog")).to_contain_text("The mean of 8 losses")
    page.keyboard.press("Escape")
    costs = page.get_by_role("application", name="Cost of predicting the same number")
    costs.get_by_text("absolute error").wait_for()  # the task needs these costs
    page.get_by_role("combobox", name="Loss").select_option("absolute_error")
    check_task(page, "✓ Right")


def test_three_learning_rates_and_a_way_back(unit):
    page = unit("learning_rate", "Learning rate 0.1: ✓ good")
    page.get_by_role("application", name="Learning rate 0.001: ▽ too small").wait_for()
    page.get_by_role("application", name="Learning rate 1: △ too large").wait_for()
    told = respond("learning_rate", "compare", {"rates": [0.001, 0.1, 1.0]})
    failure = told["fits"][2]["failure"]
    problem = page.locator(".problem")
    expect(problem).to_contain_text(f"At iteration {failure['iteration']}")
    expect(problem).to_contain_text(failure["largest"]["layer"])
    problem.get_by_role("button", name=re.compile("Continue from iteration")).click()
    body = {"rate": 1.0, "iteration": failure["iteration"] - 1, "new_rate": 0.1}
    rescued = respond("learning_rate", "rescue", body)
    status = problem.get_by_role("status")
    expect(status).to_have_text(f"The final val cost is {rescued['val_cost']:.4g}.")


def test_learning_rate_by_keyboard(unit):
    page = unit("learning_rate?rates=0.02,0.1,0.9", "Learning rate 0.1: ✓ good")
    figure = page.get_by_role("application", name="Learning rate 0.1: ✓ good")
    figure.focus()
    page.keyboard.press("End")
    told = respond("learning_rate", "compare", {"rates": [0.1]})["fits"][0]
    shown = numbers(readout(page, "Learning rate 0.1: ✓ good", "Iteration 319:"))
    expected = [319, told["cost"][-1], told["gradient_norm"][-1], 0.1]
    assert shown == pytest.approx(expected, rel=2e-3)
    page.get_by_label("Learning rate 1", exact=True).focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.get_by_role("combobox", name="Schedule").select_option("cosine")
    page.get_by_role("application", name="schedule cosine").wait_for()
    expect(page).to_have_url(re.compile("schedule=cosine"))


def test_parameters_by_keyboard(unit):
    page = unit("parameters", re.compile("The parameter output kernel"))
    page.get_by_role("application", name="The parameter output kernel").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    told = respond("parameters", "updates", {})["steps"][2]
    shown = numbers(readout(page, "The parameter output kernel", "Iteration 2:"))
    expected = [2, told["before"], told["gradient"], told["after"]]
    assert shown == pytest.approx(expected, rel=1e-3)
    page.get_by_label("Units per hidden layer").focus()
    page.keyboard.press("Home")
    for _ in range(13):
        page.keyboard.press("ArrowRight")
    page.get_by_text("Parameters: 1,228, learned in training").wait_for()
    check_task(page, "✓ Right")


def test_parameters_by_mouse(unit):
    page = unit("parameters", re.compile("The parameter output kernel"))
    page.get_by_role("button", name="bias 10").click()
    page.get_by_role("application", name=re.compile(r"output bias\[0\]")).wait_for()
    table = page.get_by_role("region", name="Hyperparameters")
    row = table.get_by_role("row", name=re.compile("optimizer.learning_rate"))
    expect(row.get_by_role("cell").nth(0)).to_have_text("0.1")
    expect(row.get_by_role("cell").nth(1)).to_have_text("unchanged")


def test_optimizers_by_keyboard(unit):
    page = unit("optimizers?on=1,0,0,0,0,0,1&focus=1", "Paths over the surface bowl")
    page.get_by_role("application", name="Paths over the surface bowl").focus()
    page.keyboard.press("ArrowRight")
    racers = [{"optimizer": "sgd"}, {"optimizer": "adam"}]
    told = respond("optimizers", "surface", {"racers": racers})["paths"][1]
    shown = readout(page, "Paths over the surface bowl", "Adam after 21 updates")
    expected = [21, *told["points"][21], told["values"][21]]
    expected += [*told["memory"]["m"][21], *told["memory"]["v"][21]]
    assert numbers(shown) == pytest.approx(expected, rel=1e-2, abs=1e-4)
    page.get_by_role("button", name="Play").click()  # no animation: reduced motion
    page.get_by_text("After 80 updates", exact=True).wait_for()


def test_optimizers_by_mouse(unit):
    page = unit("optimizers", "Paths over the surface bowl")
    surface = page.get_by_role("application", name="Paths over the surface")
    surface.click(position={"x": 0.7 * surface.bounding_box()["width"], "y": 80})
    expect(page).to_have_url(re.compile("start="))
    page.get_by_role("button", name="two weights, real data").click()
    figure = page.get_by_role("application", name="Paths over the cost of two weights")
    figure.wait_for()
    page.get_by_role("button", name="stochastic", exact=True).wait_for()
    page.get_by_role("button", name="slice of a network").click()
    page.get_by_role("application", name="Paths in a slice of the cost").wait_for()
    page.get_by_role("button", name="Adam", exact=True).wait_for()
    note = page.get_by_text("It shows 2 of 3,370 directions")
    expect(note).to_contain_text("projected onto it")


def test_the_limit_of_the_rate_on_the_bowl(unit):
    page = unit("optimizers?rates=0.039,0,0,0,0,0,0", "Paths over the surface bowl")
    page.get_by_role("button", name="batch", exact=True).wait_for()
    check_task(page, "✓ Right")
    page.goto(page.url.replace("0.039", "0.041"))
    page.get_by_role("cell", name="0.041", exact=True).wait_for()
    check_task(page, re.compile("Not yet. At 0.041, .* 2/50 = 0.04"))


@pytest.mark.parametrize("path", ["activations", "learning_rate", "optimizers"])
def test_a_run_that_does_not_exist_gets_a_message(visit, path):
    place = "&place=slice" if path == "optimizers" else ""
    window = visit()
    window.expects_refusals = True
    page = window.go(f"units/{path}?run=nothing-7{place}")
    expect(page.get_by_role("alert").first).to_contain_text("nothing-7")


def test_the_code_follows_the_page(unit):
    page = unit("costs", re.compile("squared error of one example"))
    code = page.get_by_role("region", name="Python", exact=True)
    code.filter(has_text="'squared_error'").wait_for()
    page.get_by_role("button", name="Huber", exact=True).click()
    code.filter(has_text="'huber'").wait_for()
    notebook = page.get_by_role("link", name="Download notebook")
    expect(notebook).to_have_attribute(
        "href", re.compile(r"/costs/notebook\?loss=huber$")
    )
    page.reload()
    code.filter(has_text="'huber'").wait_for()
