"""The pages of units 1, 2, 3, 4 and 7, used with the mouse and the keyboard."""

import re

import pytest

from assay.lab.units._registry import respond

WAIT = 90_000  # milliseconds; a program is compiled for the first response of a unit


def numbers(text):
    """Return all numbers in a text of the page."""
    plain = text.replace("−", "-").replace(",", "").replace("\N{MINUS SIGN}", "-")
    return [float(n) for n in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", plain)]


@pytest.fixture
def unit(visit):
    """A function that opens a unit and waits for its main figure."""

    def open_unit(path, figure):
        page = visit(viewport={"width": 1280, "height": 900}).go(f"units/{path}")
        page.set_default_timeout(WAIT)
        page.get_by_role("application", name=figure).wait_for()
        return page

    return open_unit


def readout(page, name):
    """Return the text that a figure shows for the position of its cursor."""
    figure = page.locator("figure").filter(has_text=name)
    return figure.first.locator("[aria-live]").first.inner_text()


def check_task(page):
    """Click the button of the task and return the verdict."""
    page.get_by_role("button", name="Check").click()
    verdict = page.locator("section", has_text="Try it").get_by_role("status")
    verdict.filter(has_text=re.compile("Right|Not yet")).wait_for()
    return verdict.inner_text()


def test_activations_by_keyboard(unit):
    page = unit("activations?x=2", re.compile("sigmoid and its derivative"))
    figure = page.get_by_role("application", name="sigmoid and its derivative")
    figure.focus()
    page.keyboard.press("ArrowRight")
    told = respond("activations", "curve", {"name": "sigmoid"})
    place = int(abs(told["x"] - 2.05).argmin())
    x, y, slope = numbers(readout(page, "sigmoid and its derivative"))
    assert (x, y) == pytest.approx((2.05, told["y"][place]), rel=1e-3)
    assert slope == pytest.approx(told["derivative"][place], rel=1e-3)
    assert "x=2.05" in page.url
    formula = page.get_by_role("group", name="Formula").inner_text()
    assert "1/(1 + exp(-2.05))" in formula


def test_activations_by_mouse(unit):
    page = unit("activations", re.compile("sigmoid and its derivative"))
    page.get_by_role("button", name="relu", exact=True).click()
    figure = page.get_by_role("application", name="relu and its derivative")
    figure.wait_for()
    box = figure.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 100, steps=4)
    page.mouse.up()
    x, y, slope = numbers(readout(page, "relu and its derivative"))
    assert x < 0 and y == 0 and slope == 0
    page.get_by_role("row", name=re.compile("relu3")).wait_for()
    told = respond("activations", "layers", {"activation": "relu"})
    dead = page.get_by_role("cell", name=re.compile(r"\d+ of 32")).all_inner_texts()
    expected = [one["num_dead"] for one in told["snapshots"][-1]["layers"]]
    assert [int(text.split()[0]) for text in dead] == expected
    page.reload()
    figure.wait_for()
    assert "name=relu" in page.url


def test_gradients_vanish_in_the_task_on_activations(unit):
    page = unit("activations?layers=5&epoch=0", re.compile("pre-activations"))
    assert "✓ Right" in check_task(page)
    page.goto(page.url.replace("layers=5&epoch=0", "layers=1"))
    page.get_by_role("row", name=re.compile("sigmoid2")).wait_for(state="detached")
    assert "at least two hidden layers" in check_task(page)


def test_costs_by_keyboard(unit):
    page = unit("costs?loss=huber&output=2", re.compile("Huber of one example"))
    figure = page.get_by_role("application", name="Huber of one example")
    figure.focus()
    page.keyboard.press("ArrowLeft")
    shown = numbers(readout(page, "Huber of one example"))
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
    cells = table.get_by_role("row").nth(1).get_by_role("cell").all_inner_texts()
    assert float(cells[4]) == pytest.approx(told["losses"][0], abs=1e-4)
    objective = told["cost"] + told["penalty"]
    shown = page.locator("dd", has_text="cost + 0.001").inner_text()
    assert numbers(shown)[-1] == pytest.approx(objective, rel=1e-3)
    page.get_by_role("button", name=f"{told['cost']:.4g}").click()
    dialog = page.get_by_role("dialog")
    assert "The mean of 8 losses" in dialog.inner_text()
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Loss").select_option("absolute_error")
    assert "✓ Right" in check_task(page)


def test_three_learning_rates_and_a_way_back(unit):
    page = unit("learning_rate", "Learning rate 0.1: ✓ good")
    page.get_by_role("application", name="Learning rate 0.001: ▽ too small").wait_for()
    page.get_by_role("application", name="Learning rate 1: △ too large").wait_for()
    told = respond("learning_rate", "compare", {"rates": [0.001, 0.1, 1.0]})
    failure = told["fits"][2]["failure"]
    problem = page.locator(".problem")
    assert f"At iteration {failure['iteration']}" in problem.inner_text()
    assert failure["largest"]["layer"] in problem.inner_text()
    problem.get_by_role("button", name=re.compile("Continue from iteration")).click()
    status = problem.get_by_role("status")
    status.wait_for()
    body = {"rate": 1.0, "iteration": failure["iteration"] - 1, "new_rate": 0.1}
    rescued = respond("learning_rate", "rescue", body)
    assert numbers(status.inner_text()) == pytest.approx(
        [rescued["val_cost"]], rel=1e-3
    )


def test_learning_rate_by_keyboard(unit):
    page = unit("learning_rate?rates=0.02,0.1,0.9", "Learning rate 0.1: ✓ good")
    figure = page.get_by_role("application", name="Learning rate 0.1: ✓ good")
    figure.focus()
    page.keyboard.press("End")
    told = respond("learning_rate", "compare", {"rates": [0.1]})["fits"][0]
    shown = numbers(readout(page, "Learning rate 0.1: ✓ good"))
    expected = [319, told["cost"][-1], told["gradient_norm"][-1], 0.1]
    assert shown == pytest.approx(expected, rel=2e-3)
    page.get_by_label("Learning rate 1", exact=True).focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.get_by_role("combobox", name="Schedule").select_option("cosine")
    page.get_by_role("application", name="schedule cosine").wait_for()
    assert "schedule=cosine" in page.url


def test_parameters_by_keyboard(unit):
    page = unit("parameters", re.compile("The parameter output kernel"))
    page.get_by_role("application", name="The parameter output kernel").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    told = respond("parameters", "updates", {})["steps"][2]
    shown = numbers(readout(page, "The parameter output kernel"))
    expected = [2, told["before"], told["gradient"], told["after"]]
    assert shown == pytest.approx(expected, rel=1e-3)
    page.get_by_label("Units per hidden layer").focus()
    page.keyboard.press("Home")
    for _ in range(13):
        page.keyboard.press("ArrowRight")
    page.get_by_text("Parameters: 1,228, learned in training").wait_for()
    assert "✓ Right" in check_task(page)


def test_parameters_by_mouse(unit):
    page = unit("parameters", re.compile("The parameter output kernel"))
    page.get_by_role("button", name="bias 10").click()
    page.get_by_role("application", name=re.compile(r"output bias\[0\]")).wait_for()
    table = page.get_by_role("region", name="Hyperparameters")
    row = table.get_by_role("row", name=re.compile("optimizer.learning_rate"))
    assert row.get_by_role("cell").all_inner_texts()[:2] == ["0.1", "unchanged"]


def test_optimizers_by_keyboard(unit):
    page = unit("optimizers?on=1,0,0,0,0,0,1&focus=1", "Paths over the surface bowl")
    page.get_by_role("application", name="Paths over the surface bowl").focus()
    page.keyboard.press("ArrowRight")
    racers = [{"optimizer": "sgd"}, {"optimizer": "adam"}]
    told = respond("optimizers", "surface", {"racers": racers})["paths"][1]
    shown = readout(page, "Paths over the surface bowl")
    assert shown.startswith("Adam after 21 updates")
    expected = [21, *told["points"][21], told["values"][21]]
    expected += [*told["memory"]["m"][21], *told["memory"]["v"][21]]
    assert numbers(shown) == pytest.approx(expected, rel=1e-2, abs=1e-4)
    page.get_by_role("button", name="Play").click()  # no animation: reduced motion
    page.get_by_text("After 80 updates", exact=True).wait_for()


def test_optimizers_by_mouse(unit):
    page = unit("optimizers", "Paths over the surface bowl")
    box = page.get_by_role("application", name="Paths over the surface").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + 80)
    page.wait_for_url(re.compile("start="))
    page.get_by_role("button", name="two weights, real data").click()
    figure = page.get_by_role("application", name="Paths over the cost of two weights")
    figure.wait_for()
    page.get_by_role("button", name="stochastic", exact=True).wait_for()
    page.get_by_role("button", name="slice of a network").click()
    page.get_by_role("application", name="Paths in a slice of the cost").wait_for()
    page.get_by_role("button", name="Adam", exact=True).wait_for()
    note = page.get_by_text("It shows 2 of 3,370 directions")
    assert "projected onto it" in note.inner_text()


def test_the_limit_of_the_rate_on_the_bowl(unit):
    page = unit("optimizers?rates=0.039,0,0,0,0,0,0", "Paths over the surface bowl")
    page.get_by_role("button", name="batch", exact=True).wait_for()
    assert "✓ Right" in check_task(page)
    page.goto(page.url.replace("0.039", "0.041"))
    page.get_by_role("cell", name="0.041", exact=True).wait_for()
    assert "2/50 = 0.04" in check_task(page)


@pytest.mark.parametrize("path", ["activations", "learning_rate", "optimizers"])
def test_a_run_that_does_not_exist_gets_a_message(visit, path):
    place = "&place=slice" if path == "optimizers" else ""
    window = visit()
    window.expects_refusals = True
    page = window.go(f"units/{path}?run=nothing-7{place}")
    page.get_by_role("alert").first.wait_for(timeout=WAIT)
    assert "nothing-7" in page.get_by_role("alert").first.inner_text()


def test_the_code_follows_the_page(unit):
    page = unit("costs", re.compile("squared error of one example"))
    code = page.get_by_role("region", name="Python", exact=True)
    code.filter(has_text="'squared_error'").wait_for()
    page.get_by_role("button", name="Huber", exact=True).click()
    code.filter(has_text="'huber'").wait_for()
    notebook = page.get_by_role("link", name="Download notebook").get_attribute("href")
    assert notebook.endswith("/costs/notebook?loss=huber")
    page.reload()
    code.filter(has_text="'huber'").wait_for()
