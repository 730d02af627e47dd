"""The report is a valid, self-contained page based on the records alone."""

import base64
import hashlib
import re

import pytest

from assay.records import RunFolder
from assay.report import REPORT, write_report

TASKS = ["binary", "multiclass", "regression"]


@pytest.mark.parametrize("task", TASKS)
def test_page_is_one_document_with_headings_in_order(make_run, report_of, task):
    page = report_of(make_run(task))
    assert page.markup.startswith('<!DOCTYPE html>\n<html lang="en">')
    tags = page.tags()
    counts = {tag: tags.count(tag) for tag in ("html", "head", "main", "h1")}
    assert set(counts.values()) == {1}
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


@pytest.mark.parametrize("task", TASKS)
def test_page_loads_nothing(make_run, report_of, task):
    page = report_of(make_run(task))
    active = {"iframe", "object", "embed", "link", "img", "a", "form", "base"}
    assert not active & set(page.tags())
    names = {name for _, attributes in page.elements for name in attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"src", "href", "xlink:href", "action", "style"}
    style = re.search("<style>(.*?)</style>", page.markup, re.DOTALL)[1]
    assert "url(" not in style and "@import" not in style


def test_policy_allows_only_the_style_and_the_script_of_the_page(make_run, report_of):
    page = report_of(make_run("multiclass"))
    style = re.search("<style>(.*?)</style>", page.markup, re.DOTALL)[1]
    data, script = page.scripts
    [policy] = [value for value in page.values("content") if "default-src" in value]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    digests = [hashlib.sha256(part.encode()).digest() for part in (style, script)]
    hashes = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    assert rules == {
        "default-src": "'none'",
        "style-src": hashes[0],
        "script-src": hashes[1],
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert "<" not in data


@pytest.mark.parametrize("task", TASKS)
def test_page_is_accessible_without_its_script(make_run, report_of, task):
    page = report_of(make_run(task))
    ids = page.values("id")
    assert len(set(ids)) == len(ids)
    assert set(page.values("aria-labelledby")) <= set(ids)
    [drawing] = [a for tag, a in page.elements if tag == "svg"]
    assert drawing["role"] == "img"
    assert drawing["aria-label"] == "Rows per part: train 70, val 15, test 15"
    scopes = [a.get("scope") for tag, a in page.elements if tag == "th"]
    assert set(scopes) == {"row", "col"}


def test_hostile_names_are_text(make_run, report_of):
    page = report_of(make_run("multiclass"))
    assert "<script>alert(1)</script>" in page.text
    assert "multiclass, predicts the <kind>" in page.text
    classes = page.data["summary"]["data"]["classes"]
    assert classes[0] == "<img src=x onerror=alert(1)>"
    assert classes[1:] == ["a?[31mred", 'say "cheese" & run']
    _, script = page.scripts
    rest = page.markup.replace(script, "")
    assert "<img" not in rest and "<script>alert" not in rest
    assert not [mark for mark in rest if mark < " " and mark != "\n"]


def test_same_records_give_the_same_bytes(make_run):
    folder = make_run("multiclass")
    write_report(folder)
    first = folder.read_bytes(REPORT)
    write_report(RunFolder(folder.path))
    assert folder.read_bytes(REPORT) == first


def test_result_comes_first(make_run, report_of):
    page = report_of(make_run("regression")).text
    text = page[page.index("cells<b>.csv") :]
    order = [
        *("cells<b>.csv", "Result on the test set", "RMSE", "61.50"),
        *("Better than", "Fits: RMSE", "Protocol", "train 70, val 15, test 15"),
        *("Comparison with baselines", "this model", "49.20"),
        *("All metrics on the test set", "Findings"),
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "95% interval [55.35, 64.58]" in text
    assert "on 15 sealed examples" in text
    assert "opened once" in text


def test_repeated_openings_are_a_warning(make_run, report_of):
    folder = make_run("binary")
    summary = folder.summary()
    summary["test"]["openings"] = 3
    folder.write_summary(summary)
    text = report_of(folder).text
    assert "opened 3 times so far" in text
    assert "opened once" not in text


def test_most_severe_finding_comes_first(make_run, report_of):
    text = report_of(make_run("binary")).text
    assert text.index("Classes are few.") < text.index("is constant.")
    assert "→ Add rows." in text


def test_settings_environment_times_and_commands(make_run, report_of):
    folder = make_run("binary")
    data = report_of(folder).data
    summary = folder.summary()
    for name in ("hyperparameters", "model", "timings"):
        assert data["summary"][name] == summary[name]
    assert data["resolved"] == {
        "seed": 7,
        "device": "cpu:0",
        "platform": None,
        "versions": {"jax": "0.10"},
    }
    commands = [command for _, command in data["commands"]]
    for command in ("assay show", "assay predict", "assay train --resume --out"):
        assert any(one.startswith(f"{command} {folder.path}") for one in commands)


def test_without_a_search_there_are_no_trials(make_run, report_of):
    page = report_of(make_run("binary", tune=None))
    assert "a single setting, without a search" in page.text
    assert list(page.data["epochs"]) == ["-1"]
