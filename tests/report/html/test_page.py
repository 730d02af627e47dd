"""The report is a valid, self-contained page based on the records alone."""

import re

import pytest

from assay.records import RunFolder
from assay.report import REPORT, write_report
from assay.report.html._style import STYLE

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
def test_page_runs_and_loads_nothing(make_run, report_of, task):
    page = report_of(make_run(task))
    active = {"script", "iframe", "object", "embed", "link", "img", "a", "form", "base"}
    assert not active & set(page.tags())
    names = {name for _, attributes in page.elements for name in attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"src", "href", "xlink:href", "action", "style"}
    assert "http" not in page.markup.replace("http-equiv", "")
    assert "url(" not in STYLE and "@import" not in STYLE
    assert "default-src 'none'" in page.markup.replace("&#x27;", "'")


@pytest.mark.parametrize("task", TASKS)
def test_page_is_accessible(make_run, report_of, task):
    page = report_of(make_run(task))
    ids = page.values("id")
    assert len(set(ids)) == len(ids)
    references = page.values("aria-labelledby") + page.values("aria-describedby")
    assert set(references) <= set(ids)
    drawings = [a for tag, a in page.elements if tag == "svg"]
    assert len(drawings) >= 4
    assert {a["role"] for a in drawings} == {"img"}
    assert page.tags().count("desc") == len(drawings)
    assert page.tags().count("title") == 1 + len(drawings)
    scopes = [a.get("scope") for tag, a in page.elements if tag == "th"]
    assert set(scopes) == {"row", "col"}


def test_hostile_names_are_text(make_run, report_of):
    page = report_of(make_run("multiclass"))
    assert "<img src=x onerror=alert(1)>" in page.text
    assert "<script>alert(1)</script>" in page.text
    assert 'say "cheese" & run' in page.text
    assert "a?[31mred" in page.text
    assert "multiclass, predicts the <kind>" in page.text
    assert not [mark for mark in page.markup if mark < " " and mark != "\n"]


def test_same_records_give_the_same_bytes(make_run):
    folder = make_run("multiclass")
    write_report(folder)
    first = folder.read_bytes(REPORT)
    write_report(RunFolder(folder.path))
    assert folder.read_bytes(REPORT) == first


def test_result_comes_first(make_run, report_of):
    page = report_of(make_run("regression")).text
    text = page[page.index("Assay report") :]
    order = [
        "cells-1",
        "cells<b>.csv",
        "2026-11-28",
        "RMSE",
        "61.50",
        "Better than",
        "fits",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "95 % interval [55.35, 64.58]" in text
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
    text = report_of(folder).text
    for words in ("0.00316", "units 4", "cpu:0", "0.10", "3.2 s"):
        assert words in text
    for command in ("assay show", "assay predict", "assay train --resume --out"):
        assert f"{command} {folder.path}" in text


def test_without_a_search_there_are_no_trials(make_run, report_of):
    page = report_of(make_run("binary", tune=None))
    assert "a single setting, without a search" in page.text
    assert "trials-chart-label" not in page.values("id")
    assert "cost-chart-label" in page.values("id")


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colors such as "#fff", as defined by WCAG 2."""
    lighter, darker = sorted(map(_luminance, (first, second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def channels(color: str) -> list[int]:
    """Return the red, green and blue of a color such as "#fff" or "#8a5a00"."""
    digits = color.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    return [int(digits[at : at + 2], 16) for at in (0, 2, 4)]


def _luminance(color: str) -> float:
    shares = (channel / 255 for channel in channels(color))
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares
    ]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", [0, 1])
def test_text_can_be_read_in_light_and_dark(scheme):
    names = ("paper", "panel", "ink", "soft", "accent")
    colors = {n: re.findall(rf"--{n}: (#\w+)", STYLE)[scheme] for n in names}
    for text in ("ink", "soft", "accent"):
        for background in ("paper", "panel"):
            assert contrast(colors[text], colors[background]) >= 4.5
    rgb = re.findall(r"--accent-rgb: (\d+) (\d+) (\d+)", STYLE)[scheme]
    assert channels(colors["accent"]) == [int(number) for number in rgb]


@pytest.mark.parametrize("scheme", [0, 1])
def test_counts_can_be_read_on_the_darkest_shade(scheme):
    names = ("paper", "ink", "accent")
    colors = {n: re.findall(rf"--{n}: (#\w+)", STYLE)[scheme] for n in names}
    (percent,) = re.findall(r"\.s10 .*? / (\d+)%", STYLE)
    alpha = int(percent) / 100
    pairs = zip(channels(colors["accent"]), channels(colors["paper"]), strict=True)
    mixed = [round(alpha * accent + (1 - alpha) * paper) for accent, paper in pairs]
    shade = "#{:02x}{:02x}{:02x}".format(*mixed)
    assert contrast(shade, colors["ink"]) >= 4.5
