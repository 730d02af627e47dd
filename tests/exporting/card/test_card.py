"""A model card says what the records of a run say."""

import pytest

from assay.exporting.card._card import card_text
from assay.exporting.card._markdown import code, escaped
from assay.report import measured

HEADINGS = [
    "Model details",
    "Intended use",
    "Training data",
    "Training procedure",
    "Evaluation",
    "Findings",
    "Limitations",
    "Settings",
    "Environment",
    "How to use the model",
]


def test_headings_and_numbers(run):
    text = card_text(run.summary, run.folder)
    lines = [line for line in text.splitlines() if line.startswith("## ")]
    assert lines == [f"## {heading}" for heading in HEADINGS]
    value, interval = measured(run.summary["test"])
    assert f"| **the model** | {value} | {interval} |" in text
    for baseline in run.summary["baselines"]:
        assert baseline["name"] in text
    assert run.summary["data"]["fingerprint"] in text
    assert "python: " in text
    assert "| `optimizer.learning_rate` |" in text


def test_findings_and_texts_of_users_cannot_act_as_markup(run):
    finding = {
        "code": "c",
        "severity": "warning",
        "message": "the column <b>*x*</b>\n# big",
        "numbers": {},
        "remedy": "",
    }
    summary = {**run.summary, "run": "[a](b)", "findings": [finding]}
    text = card_text(summary, run.folder)
    assert "# Model card: \\[a\\](b)" in text
    assert "- **warning**: the column \\<b\\>\\*x\\*\\</b\\> \\# big" in text


@pytest.mark.parametrize(
    ("text", "wanted"), [("a`b", "``a`b``"), ("`", "`` ` ``"), ("a|b\n c", "`a\\|b c`")]
)
def test_code_is_fenced(text, wanted):
    assert code(text) == wanted


def test_control_characters_are_visible():
    assert "\x1b" not in escaped("\x1b[31m")
