"""The pages of finished runs show the numbers in their records."""

import json
import re

import pytest
from playwright.sync_api import expect

import assay
from assay.records import RunFolder


@pytest.fixture
def summary(runs):
    return lambda name: json.loads((runs / name / "run.json").read_text())


def test_the_list_shows_the_results_and_filters_them(visit, summary):
    page = visit().go("runs")
    row = page.get_by_role("row").filter(has_text="digits-1")
    value = summary("digits-1")["test"]["value"]
    expect(row).to_contain_text(f"{value:.3f}")
    page.get_by_label("Filter").fill("diab")
    page.get_by_text("1 of 4 runs").wait_for()
    expect(page.get_by_role("row")).to_have_count(2)


def test_runs_are_chosen_and_compared_by_keyboard(visit):
    page = visit().go("runs")
    for name in ("iris-1", "iris-2"):
        box = page.get_by_label(f"Compare {name}")
        box.focus()
        page.keyboard.press("Space")
        expect(box).to_be_checked()
    link = page.get_by_role("link", name="Compare 2 runs")
    link.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Compare runs").wait_for()
    page.get_by_role("row", name=re.compile("^seed (0 1|1 0)$")).wait_for()
    page.get_by_role("application", name="Cost on val by epoch").wait_for()


def test_a_run_shows_its_result_against_the_baselines(visit, summary):
    page = visit().go("runs/digits-1")
    page.get_by_text("on the sealed test set").wait_for()
    found = summary("digits-1")
    test = found["test"]
    low, high = test["interval"]
    result = page.get_by_role("region", name="Result", exact=True)
    expect(result).to_contain_text(f"[{low:.3f}, {high:.3f}]")
    expect(result).to_contain_text(found["verdict"])
    matrix = page.get_by_role("region", name="Confusion matrix").locator("tbody tr")
    confusion = found["evaluation"]["confusion"]
    expect(matrix).to_have_count(len(confusion))
    for place, counts in enumerate(confusion):
        cells = matrix.nth(place).locator("td.count")
        expect(cells).to_have_text([str(count) for count in counts])


def test_arrow_keys_read_a_curve_number_by_number(visit, runs):
    page = visit().go("runs/iris-1")
    figure = page.get_by_role("application", name="Cost by epoch")
    figure.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    best = json.loads((runs / "iris-1/run.json").read_text())["tune"]["best_trial"]
    table = RunFolder(runs / "iris-1").read_parquet("epochs.parquet")
    costs = table["train_cost"][table["trial"] == best]
    said = page.locator("figure").filter(has=figure).locator("[aria-live]")
    expect(said).to_contain_text(f"epoch 2: ▸ train {costs[1]:.4g}"[:22])
    page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("▸ val")
    page.keyboard.press("Escape")
    expect(said).to_have_text("")


def test_the_table_behind_a_curve_has_its_numbers(visit, runs):
    page = visit().go("runs/iris-1")
    figure = page.locator("figure").filter(
        has=page.get_by_role("application", name="Cost by epoch")
    )
    figure.get_by_text("Numbers").click()
    rows = figure.locator("tbody tr")
    best = json.loads((runs / "iris-1/run.json").read_text())["tune"]["best_trial"]
    table = RunFolder(runs / "iris-1").read_parquet("epochs.parquet")
    costs = table["train_cost"][table["trial"] == best]
    expect(rows).to_have_count(len(costs))
    shown = float(rows.first.locator("td").nth(1).inner_text())
    assert shown == pytest.approx(float(costs[0]), rel=1e-5)


def test_parts_of_the_strip_open_their_rows_except_test(visit):
    window = visit()
    page = window.go("runs/digits-1")
    page.get_by_role("button", name="train").first.click()
    page.get_by_text("the first 24 of 1,257 rows").wait_for()
    page.get_by_role("button", name="test").first.focus()
    window.expects_refusals = True
    with page.expect_response("**/rows?part=test") as told:
        page.keyboard.press("Enter")
    assert told.value.status == 400
    page.get_by_text("The test rows are not shown").wait_for()


def test_the_result_opens_how_it_is_made(visit, summary):
    page = visit().go("runs/digits-1")
    page.locator("button.num").first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    confusion = summary("digits-1")["evaluation"]["confusion"]
    right = sum(row[place] for place, row in enumerate(confusion))
    expect(dialog).to_contain_text(f"{right} correct / 270 rows")
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")


def test_a_typed_example_is_predicted(visit, runs):
    page = visit().go("runs/iris-1/predict")
    field = page.get_by_label("petal length (cm)")
    field.fill("6.5")
    row = {
        label.inner_text().removesuffix(" number"): float(
            label.locator("input").input_value()
        )
        for label in page.locator("form label").all()
    }
    wanted = assay.load(runs / "iris-1").model.predict(
        {name: [value] for name, value in row.items()}
    )[0]
    classes = ["setosa", "versicolor", "virginica"]
    expect(page.locator("p.value")).to_have_text(classes[int(wanted.argmax())])
    shares = page.locator("dl dd.share")
    expect(shares).to_have_text([f"{share:.3f}" for share in wanted])


def test_pixels_are_drawn_by_keyboard(visit, runs):
    page = visit().go("runs/digits-1/predict")
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("application", name="Pixels").focus()
    page.keyboard.press("ArrowRight")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    said = page.locator("figure [aria-live]").first
    expect(said).to_have_text("row 3, column 1: 16")
    drawn = {f"pixel_{r}_{c}": [0.0] for r in range(8) for c in range(8)}
    drawn["pixel_3_1"] = [16.0]
    wanted = assay.load(runs / "digits-1").model.predict(drawn)[0]
    shares = page.locator("dl dd.share")
    expect(shares).to_have_text([f"{share:.3f}" for share in wanted])


def test_a_dropped_file_is_predicted(visit, tmp_path):
    file = tmp_path / "new.csv"
    head = "sepal length (cm),sepal width (cm),petal length (cm),petal width (cm)"
    file.write_text(f"{head}\n5.1,3.5,1.4,0.2\n6.3,3.3,6.0,2.5\n")
    page = visit().go("runs/iris-1/predict")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("2 predictions").wait_for()


def test_the_color_scheme_can_be_switched(visit):
    page = visit(color_scheme="light").go("runs")
    body, dark = page.locator("body"), "rgb(20, 22, 26)"
    expect(body).not_to_have_css("background-color", dark)
    page.get_by_label("Colors").select_option("dark")
    expect(body).to_have_css("background-color", dark)
    page.reload()
    expect(body).to_have_css("background-color", dark)


def test_the_skip_link_leads_to_the_page(visit):
    page = visit().go("runs")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_residuals_are_read_point_by_point(visit, runs):
    page = visit().go("runs/diabetes-1")
    figure = page.get_by_role("application", name="Residuals against predictions")
    figure.focus()
    page.keyboard.press("Home")
    table = RunFolder(runs / "diabetes-1").read_parquet("test_predictions.parquet")
    first = int(table["prediction"].argmin())
    region = page.locator("figure").filter(has=figure)
    said = region.locator("[aria-live]")
    expect(said).to_have_text(re.compile(f"^row {table['row'][first]}: prediction "))
    error = float(said.inner_text().split()[-1].replace("\N{MINUS SIGN}", "-"))
    residual = table["prediction"][first] - table["target"][first]
    assert error == pytest.approx(residual, rel=1e-3)
    region.get_by_text("Numbers").click()
    expect(region.locator("tbody tr")).to_have_count(len(table["row"]))


def test_the_report_is_drawn_in_a_sandbox(visit, lab):
    window = visit()
    page = window.go("runs/digits-1")
    address = page.get_by_role("link", name="Report").get_attribute("href")
    page.goto(lab.address.partition("/?")[0] + address)
    page.get_by_role("application", name="Cost by epoch").wait_for()
    assert page.evaluate("self.origin") == "null"
