"""The sections of a model card.

References:
    Mitchell et al., Model Cards for Model Reporting, 2019.
"""

from collections.abc import Mapping
from typing import Any

from assay.exporting.card._markdown import (
    code,
    code_block,
    escaped,
    items,
    section,
    table,
)
from assay.records import RunFolder
from assay.report import compared, layers_text, measured, metric_title, verdict_text

__all__ = ["card_text"]

Summary = Mapping[str, Any]


def card_text(summary: Summary, folder: RunFolder) -> str:
    """Return the model card of a run.

    Args:
        summary: contents of `run.json`.
        folder: folder of the run.
    """
    sections = [
        f"# Model card: {escaped(summary['run'])}",
        _details(summary),
        _intended_use(summary),
        _training_data(summary),
        _protocol(summary),
        _evaluation(summary),
        _findings(summary),
        _limits(summary),
        _settings(summary),
        _environment(summary, folder),
        _loading(summary),
    ]
    return "\n\n".join(sections) + "\n"


def _details(summary: Summary) -> str:
    model, target = summary["model"], summary["data"].get("target")
    members = model.get("members", 1)
    texts = [
        f"Task: {summary['task']}" + (f", predicts {code(target)}" if target else ""),
        f"Layers: {escaped(layers_text(model['layers']))}",
        f"Parameters: {model['num_parameters']:,}",
        *[f"Prediction: the mean of {members} networks"] * (members > 1),
        f"Trained with: Assay {escaped(summary['assay'])}",
    ]
    start = model.get("start")
    if start:
        texts.append(
            f"Started from: {escaped(start['run'])}, model {code(start['sha256'][:12])}"
        )
    return section("Model details", items(texts))


def _intended_use(summary: Summary) -> str:
    outputs = {
        "regression": "a number in the unit of the target",
        "binary": "the probability of each of the two classes",
        "multiclass": "the probability of each class",
    }
    classes = summary["data"]["classes"]
    return section(
        "Intended use",
        f"The model predicts {outputs[summary['task']]} for rows that come from the "
        "same source and were collected in the same way as the training data. No other "
        "use was evaluated.",
        f"Classes: {', '.join(code(c) for c in classes)}" if classes else "",
    )


def _training_data(summary: Summary) -> str:
    data = summary["data"]
    return section(
        "Training data",
        items(
            [
                f"Source: {code(data['source'])}",
                f"Examples: {data['num_examples']:,}",
                f"Features: {data['num_features']:,}",
                f"Fingerprint: {code(data['fingerprint'])}",
                *(escaped(note) for note in data.get("notes", ())),
            ]
        ),
    )


def _protocol(summary: Summary) -> str:
    split, tune, refit = summary["split"], summary["tune"], summary["refit"]
    chosen = "The settings were not selected by a search."
    if tune is not None:
        chosen = (
            f"The settings were selected by {metric_title(tune['metric'])} on val "
            f"(trials: {tune['num_trials']:,})."
        )
    return section(
        "Training procedure",
        items(
            [
                f"Split: train {split['train']:,}, val {split['val']:,}, test "
                f"{split['test']:,}, by {escaped(split['by'])} (hash "
                f"{code(split['hash'])}).",
                chosen,
                f"The selected network was trained again on train + val, "
                f"{refit['num_examples']:,} examples, for {refit['epochs']:,} epochs.",
                "The test set was not used before the final test.",
                *(escaped(note) for note in split.get("notes", ())),
            ]
        ),
    )


def _evaluation(summary: Summary) -> str:
    test = summary["test"]
    level = f"{100 * test['level']:g}% interval"
    rows = [("**the model**", *measured(test))]
    rows += [(escaped(b["name"]), *measured(b)) for b in summary["baselines"]]
    metric = metric_title(test["metric"])
    others = [
        (escaped(metric_title(name)), *measured(part))
        for name, part in summary["metrics"].items()
        if name != test["metric"]
    ]
    return section(
        "Evaluation",
        f"Measured on {test['num_examples']:,} test examples.",
        table(["", metric, level], rows),
        items(escaped(text) for text in compared(summary)),
        table(["other metrics", "value", level], others) if others else "",
        f"Verdict: {escaped(verdict_text(summary))}",
    )


def _findings(summary: Summary) -> str:
    findings = [
        f"**{f['severity']}**: {escaped(f['message'])} {escaped(f['remedy'])}".rstrip()
        for f in summary["findings"]
    ]
    return section("Findings", items(findings) or "None.")


def _limits(summary: Summary) -> str:
    test = summary["test"]
    notes = [test["note"]] if test.get("note") else []
    notes += [
        n for n in summary.get("evaluation", {}).get("notes", ()) if n not in notes
    ]
    texts = [escaped(note) for note in notes]
    if test["openings"] > 1:
        texts.append(
            f"The test set has been opened {test['openings']} times. The best "
            "result is therefore too optimistic."
        )
    texts += [
        "The interval describes the uncertainty due to the limited number of test "
        "rows. It does not cover data that differ from the training data.",
        "Groups of rows, such as people of different ages, were not evaluated "
        "separately.",
        "If a row contains a category that did not occur in training, the column is "
        "ignored for that row.",
    ]
    return section("Limitations", items(texts))


def _settings(summary: Summary) -> str:
    rows = [
        (code(name), code(value)) for name, value in summary["hyperparameters"].items()
    ]
    return section("Settings", table(["setting", "value"], rows))


def _environment(summary: Summary, folder: RunFolder) -> str:
    name = "resolved.json"
    resolved = folder.read_object(name) if folder.exists(name) else {}
    versions = resolved.get("versions") or {"assay": summary["assay"]}
    texts = [f"{escaped(n)}: {escaped(version)}" for n, version in versions.items()]
    texts += [
        f"{n}: {escaped(resolved[n])}" for n in ("device", "platform") if n in resolved
    ]
    seconds = summary["timings"].get("total_seconds")
    if seconds is not None:
        texts.append(f"Time: {seconds:,.1f} seconds")
    return section("Environment", items(texts))


def _loading(summary: Summary) -> str:
    run = f"runs/{summary['run']}"
    return section(
        "How to use the model",
        "In Python, with Assay:",
        code_block(
            [
                "import assay",
                f"run = assay.load({run!r})",
                "predictions = run.predict('new.csv')",
            ]
        ),
        "On the command line:",
        code_block([f"assay predict {run} new.csv -o predictions.csv"]),
        "Without Assay, after an export:",
        code_block([f"assay export {run} --to onnx"]),
    )
