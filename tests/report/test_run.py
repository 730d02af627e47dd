"""The printed result contains everything needed to judge whether to trust it."""

import copy
from html.parser import HTMLParser

from assay.report import compare_text, summary_html, summary_text
from assay.report._format import WIDTH

SUMMARY = {
    "assay": "0.1.0",
    "version": 1,
    "run": "digits-1",
    "task": "multiclass",
    "data": {
        "source": "digits",
        "num_examples": 1797,
        "num_features": 64,
        "classes": list(range(10)),
        "fingerprint": "f",
        "target": "digit",
    },
    "split": {"train": 1257, "val": 270, "test": 270, "by": "class", "hash": "h"},
    "model": {
        "layers": [
            {"name": "dense", "kind": "dense", "units": 128, "bias": True},
            {"kind": "relu"},
            {"kind": "dropout", "rate": 0.2511},
            {"kind": "dense", "units": 10},
        ],
        "num_parameters": 9610,
    },
    "hyperparameters": {"optimizer.learning_rate": 0.0031622},
    "tune": {
        "num_trials": 25,
        "best_val": 0.985185,
        "metric": "accuracy",
        "values": {"optimizer.learning_rate": 0.0031622},
        "notes": ["mlp beats linear"],
    },
    "refit": {"num_examples": 1527, "epochs": 41},
    "test": {
        "metric": "accuracy",
        "value": 0.97778,
        "interval": [0.95228, 0.98979],
        "level": 0.95,
        "num_examples": 270,
        "openings": 1,
    },
    "metrics": {
        "accuracy": {"value": 0.97778, "interval": [0.95228, 0.98979]},
        "f1": {"value": 0.9776, "interval": [0.951, 0.989]},
        "log_loss": {"value": 0.0812, "interval": None},
    },
    "baselines": [
        {
            "name": "majority",
            "value": 0.1037,
            "interval": [0.0726, 0.146],
            "comparison": {"words": "better than majority"},
        },
        {
            "name": "linear model",
            "value": 0.963,
            "interval": [0.933, 0.98],
            "comparison": {"words": "not distinguishable from linear model (p = 0.22)"},
        },
    ],
    "train": {"cost": 0.01, "metric_value": 0.999},
    "verdict": "fits",
    "verdict_reason": "accuracy is 0.999 on train and 0.978 on test",
    "findings": [
        {
            "code": "examples_per_parameter",
            "severity": "advice",
            "message": "1797 examples for 9610 parameters.",
            "numbers": {},
            "remedy": "Take a smaller model.",
        }
    ],
    "evaluation": {"notes": ["log_loss rests on 6 rows"]},
    "timings": {"total_seconds": 12.34, "tune_seconds": 9.0},
}

PRINTED = """\
digits-1 · multiclass, predicts digit
────────────────────────────────────────────────────────────────────────────────────────
  data        digits: 1,797 examples, 64 features, 10 classes
  split       train 1,257, val 270, test 270, by class
  model       dense 128 → relu → dropout 0.251 → dense 10
              9,610 parameters
  chosen      selected from 25 trials: val accuracy 0.985
              optimizer.learning_rate 0.00316
              mlp beats linear
  refit       on train + val: 1,527 examples, 41 epochs

  TEST        accuracy 0.978   95% interval [0.952, 0.990]   on 270 sealed examples
              better than the majority class
              not distinguishable from a linear model (p = 0.22)

  baselines   majority      0.104  [0.073, 0.146]
              linear model  0.963  [0.933, 0.980]
  also        F1        0.978  [0.951, 0.989]
              log loss  0.081
              ! log_loss rests on 6 rows

  verdict     fits: accuracy is 0.999 on train and 0.978 on test

  findings
  *  advice   1797 examples for 9610 parameters.
              → Take a smaller model.

  time        12.3 s: tune 9.0 s
  folder      runs/digits-1"""


def changed(**parts):
    """Return the summary with some values replaced, or updated if they are dicts."""
    summary = copy.deepcopy(SUMMARY)
    for name, part in parts.items():
        if isinstance(part, dict) and isinstance(summary[name], dict):
            summary[name].update(part)
        else:
            summary[name] = part
    return summary


def test_the_reason_of_a_verdict_has_the_title_of_the_metric():
    reason = "balanced_accuracy is 0.9 on train and 0.8 on test"
    test = {"metric": "balanced_accuracy"}
    text = summary_text(changed(verdict_reason=reason, test=test))
    assert "fits: balanced accuracy is 0.9 on train" in text


def test_the_f1_of_a_binary_task_names_its_class():
    binary = {"classes": ["fraud", "fine"], "target": "kind"}
    text = summary_text(changed(task="binary", data=binary))
    assert "F1 of fine  0.978" in text


def test_a_note_on_the_interval_stands_at_the_number():
    note = "the errors have heavy tails"
    noted = changed(test={"note": note}, evaluation={"notes": [note, "other"]})
    lines = summary_text(noted).splitlines()
    (place,) = (i for i, line in enumerate(lines) if line.startswith("  TEST"))
    assert "[0.952, 0.990] (!)" in lines[place]
    assert lines[place + 1].strip() == f"! {note}"
    assert sum(note in line for line in lines) == 1
    assert "! other" in summary_text(noted)
    assert summary_html(noted).count(note) == 1


def test_a_result_is_printed_in_full():
    assert summary_text(SUMMARY, folder="runs/digits-1") == PRINTED
    without = summary_text(SUMMARY)
    assert without == PRINTED.rpartition("\n")[0]


def test_lines_fit_the_page():
    long = "a sentence that is much longer than a line of the page " * 8
    finding = {**SUMMARY["findings"][0], "message": long, "remedy": long}
    text = summary_text(
        changed(findings=[finding], verdict_reason=long, tune={"notes": [long]})
    )
    assert max(map(len, text.splitlines())) <= WIDTH


def test_several_openings_are_reported():
    assert "opened" not in summary_text(SUMMARY)
    text = summary_text(changed(test={"openings": 3}))
    assert "! This test set has been opened 3 times so far." in text


def test_a_run_without_search_or_numbers():
    text = summary_text(
        changed(
            tune=None,
            test={"value": None, "interval": None},
            data={"classes": None, "num_examples": 1},
            findings=[],
            verdict_reason="",
        )
    )
    assert "a single setting, without a search" in text
    assert "accuracy –   on 270 sealed examples" in text
    assert "1 example, 64 features\n" in text
    assert "findings" not in text
    assert "accuracy is 0.999 on train and – on test" in text


def test_a_search_without_values_has_no_empty_line():
    text = summary_text(changed(tune={"values": {}, "notes": ["n"]}))
    assert "val accuracy 0.985\n              n\n" in text


def test_control_characters_are_not_printed():
    text = summary_text(changed(run="a\x1b[2Jb", data={"source": "c\x07\u202ed"}))
    assert "\x1b" not in text
    assert r"a\x1b[2Jb" in text
    assert r"c\x07\u202ed:" in text


class Cells(HTMLParser):
    """A parser that collects tags and text."""

    def __init__(self):
        super().__init__()
        self.tags, self.text = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text.append(data)


def test_html_has_the_same_content_and_is_escaped():
    evil = "<script>alert(1)</script> & co"
    cells = Cells()
    cells.feed(summary_html(changed(run=evil, data={"source": evil})))
    assert set(cells.tags) == {"table", "caption", "tbody", "tr", "th", "td"}
    text = "\n".join(cells.text)
    assert evil in text
    for part in (
        "accuracy 0.978 [0.952, 0.990]",
        "not distinguishable from a",
        "fits:",
    ):
        assert part in text


def test_a_comparison_warns_where_numbers_cannot_be_compared():
    text = compare_text([SUMMARY, changed(run="digits-2", tune=None)])
    assert text.splitlines()[0] == "2 runs · digits · accuracy · 95% intervals"
    assert "!" not in text
    assert "not tested on the same rows" in compare_text(
        [SUMMARY, changed(split={"hash": "other"})]
    )
    assert "opened 4 times" in compare_text([SUMMARY, changed(test={"openings": 4})])
    assert "different metrics" in compare_text(
        [SUMMARY, changed(test={"metric": "f1"})]
    )
