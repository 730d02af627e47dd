"""Runs are started in the browser and watched while they are trained."""

import json
import os
import shutil

import pytest
from playwright.sync_api import expect

from assay.lab.runs import _processes


@pytest.fixture
def live(runs, trained):
    """A function that writes live records of a run that this process trains."""
    folder = runs / "live-1"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(trained / "iris-1", folder)
    (folder / "run.json").unlink()
    (folder / "events.jsonl").unlink()
    file = folder / "live.jsonl"

    def write(*lines):
        with file.open("a") as opened:
            opened.writelines(json.dumps(line) + "\n" for line in lines)

    write({"kind": "process", "seconds": 0.0, "pid": os.getpid()})
    yield write
    shutil.rmtree(folder)


def fit(name, **fields):
    return {"kind": "fit", "seconds": 1.0, "fit": name, "iteration": 0} | {
        "num_iterations": 1000,
        "iterations_per_epoch": 10,
        **fields,
    }


def epochs(name, start, stop):
    numbers = list(range(start, stop))
    return {
        "kind": "epochs",
        "seconds": 2.0,
        "fit": name,
        "epoch": numbers,
        "train_cost": [1 / n for n in numbers],
        "train_score": [0.9] * len(numbers),
        "val_cost": [1.5 / n for n in numbers],
        "val_score": [0.8] * len(numbers),
    }


STAGE = {"kind": "stage_started", "seconds": 0.1, "stage": "tune"}
PLAN = {"kind": "plan", "seconds": 0.1, "num_trials": 4}


def test_curves_grow_while_the_page_is_open(visit, live):
    live(STAGE, PLAN, fit("trial-0"), epochs("trial-0", 1, 5))
    page = visit().go("runs/live-1")
    figure = page.get_by_role("application", name="Cost by epoch")
    figure.focus()
    page.keyboard.press("End")
    said = page.locator("figure").filter(has=figure).locator("[aria-live]")
    expect(said).to_have_text("epoch 4: ▸ train 0.25 · val 0.375")
    live(epochs("trial-0", 5, 9))
    page.get_by_text("epoch 8").first.wait_for()
    page.keyboard.press("End")
    expect(said).to_have_text("epoch 8: ▸ train 0.125 · val 0.1875")


def test_trials_findings_and_monitors_arrive(visit, live):
    live(STAGE, PLAN, fit("trial-0"), epochs("trial-0", 1, 3))
    page = visit().go("runs/live-1")
    page.get_by_text("0 of 4 trials done").wait_for()
    trial = {"kind": "trial", "seconds": 9, "trial": 0, "state": "complete"}
    live(
        trial | {"hyperparameters": {"optimizer.learning_rate": 0.01}, "value": 0.75},
        {
            "kind": "finding",
            "seconds": 9.1,
            "finding": {
                "code": "a",
                "severity": "warning",
                "message": "Something is odd.",
                "numbers": {},
                "remedy": "Look at it.",
            },
        },
        {
            "kind": "monitors",
            "seconds": 9.2,
            "fit": "trial-0",
            "iteration": 20,
            "epoch": 2,
            "layers": ["dense1", "output"],
            "gradient_norm": [0.5, 0.25],
        },
    )
    page.get_by_text("1 of 4 trials done · about").wait_for()
    page.get_by_text("Something is odd.").wait_for()
    page.get_by_role("application", name="Trials").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("trial 0 (complete): accuracy 0.75").wait_for()
    heat = page.get_by_role("application", name="gradient norm by layer and epoch")
    heat.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.get_by_text("output, epoch 2: 0.25").wait_for()


def test_a_training_is_paused_stepped_and_continued_by_keyboard(visit, live, runs):
    live(STAGE, fit("trial-0"), epochs("trial-0", 1, 3))
    page = visit().go("runs/live-1")
    page.get_by_role("button", name="Pause").focus()
    with page.expect_response("**/control"):
        page.keyboard.press("Enter")
    control = runs / "live-1" / "control.jsonl"
    assert json.loads(control.read_text())["action"] == "pause"
    live({"kind": "paused", "seconds": 3, "fit": "trial-0", "iteration": 20})
    page.get_by_role("button", name="Continue").wait_for()
    for name in ("One iteration", "Continue"):
        with page.expect_response("**/control"):
            page.get_by_role("button", name=name).click()
    actions = [json.loads(line)["action"] for line in control.read_text().splitlines()]
    assert actions == ["pause", "step_iteration", "resume"]


def test_a_divergence_is_explained(visit, live):
    live(
        STAGE,
        fit("trial-0"),
        epochs("trial-0", 1, 3),
        {
            "kind": "fit_finished",
            "seconds": 3,
            "fit": "trial-0",
            "iteration": 30,
            "diverged_at": 27,
        },
    )
    page = visit().go("runs/live-1")
    page.get_by_text("At iteration 27").wait_for()
    expect(page.get_by_role("alert")).to_contain_text(
        "learning rate is probably too large"
    )
    expect(page.get_by_role("button", name="Train again")).to_be_hidden()


def test_a_training_that_diverged_is_started_again_by_keyboard(
    visit, live, monkeypatch
):
    asked = []

    def start(name, learning_rate):
        asked.append((name, learning_rate))
        return "iris-1"

    monkeypatch.setattr(_processes, "start_again", start)
    finding = {
        "code": "every_trial_diverged",
        "severity": "error",
        "message": "All trials diverged.",
        "numbers": {},
        "remedy": "Use a lower learning rate, such as optimizer.learning_rate = 0.01.",
    }
    end = {"seconds": 3, "fit": "trial-0", "iteration": 30, "diverged_at": 27}
    live(
        STAGE,
        fit("trial-0"),
        {"kind": "fit_finished", **end},
        {"kind": "finding", "seconds": 4, "finding": finding},
        {"kind": "process_finished", "seconds": 4, "reason": "failed"},
    )
    page = visit().go("runs/live-1")
    page.get_by_role("heading", name="Training failed").wait_for()
    rate = page.get_by_role("spinbutton", name="Learning rate")
    expect(rate).to_have_value("0.01")
    rate.focus()
    page.keyboard.press("Enter")
    page.get_by_text("on the sealed test set").wait_for()
    assert asked == [("live-1", 0.01)]


def test_a_killed_training_is_shown_with_a_way_back(visit, live):
    live(STAGE, fit("trial-0"), epochs("trial-0", 1, 3))
    page = visit().go("runs/live-1")
    page.get_by_role("button", name="Pause").wait_for()
    live({"kind": "process", "seconds": 0, "pid": 2**22 + 1})  # no such process
    page.get_by_text("ended without a result").wait_for()
    page.get_by_role("button", name="Resume").wait_for()


def test_the_page_becomes_the_result_when_the_run_finishes(visit, live, runs, trained):
    live(STAGE, fit("refit"), epochs("refit", 1, 3))
    page = visit().go("runs/live-1")
    page.get_by_role("button", name="Pause").wait_for()
    # the result is written last, because the page then requests the model and the rows
    last = shutil.ignore_patterns("run.json")
    shutil.copytree(
        trained / "iris-1", runs / "live-1", ignore=last, dirs_exist_ok=True
    )
    shutil.copy(trained / "iris-1" / "run.json", runs / "live-1")
    page.get_by_text("on the sealed test set").wait_for()


def test_a_run_is_started_from_the_form_by_keyboard(visit, runs):
    window = visit()
    page = window.go("runs/+start")
    page.get_by_role("radio", name="wine").focus()
    page.keyboard.press("Space")
    page.get_by_text("178 examples").wait_for()
    page.get_by_label("number of trials").fill("1")
    page.get_by_text("Model", exact=True).click()
    page.get_by_label("model", exact=True).select_option("linear")
    button = page.get_by_role("button", name="Start training")
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="wine-1").wait_for()
    page.get_by_text("on the sealed test set").wait_for(timeout=120_000)
    assert _processes._children["wine-1"].process.wait(60) == 0
    summary = json.loads((runs / "wine-1" / "run.json").read_text())
    result = page.get_by_role("region", name="Result", exact=True)
    expect(result).to_contain_text(f"{summary['test']['value']:.3f}")


def test_a_bad_form_gives_a_message(visit):
    window = visit()
    window.expects_refusals = True
    page = window.go("runs/+start")
    page.get_by_text("1,797 examples").wait_for()
    page.get_by_label("number of trials").fill("-3")
    page.get_by_label("number of trials").press("Tab")
    page.get_by_role("button", name="Start training").click()
    page.get_by_text("num_trials >= 1").last.wait_for()
    page.get_by_role("alert").wait_for()
