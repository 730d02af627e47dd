"""The first sections of a report, which describe the run and its result."""

from assay.report._format import count, measured
from assay.report._run import (
    compared,
    course,
    interval_notes,
    metric_notes,
    metric_title,
    opening_warnings,
    other_metrics,
    task_text,
    verdict_text,
)
from assay.report.html._elements import (
    Html,
    element,
    figure,
    listing,
    pairs,
    section,
    table,
    text,
)
from assay.report.html._records import RunRecords
from assay.report.html.charts._intervals import intervals_chart
from assay.report.html.charts._protocol import protocol_chart

__all__ = ["heading", "metrics_section", "protocol_section", "result_section"]


def heading(records: RunRecords) -> Html:
    """Return the heading with the name, data, task and date of the run."""
    summary = records.summary
    facts = [text(summary["data"]["source"]), text(task_text(summary))]
    if records.date is not None:
        facts.append(element("time", text(records.date), datetime=records.date))
    return element(
        "header",
        element("p", text("Assay report"), class_="kicker"),
        element("h1", text(summary["run"])),
        element("ul", *(element("li", fact) for fact in facts), class_="facts"),
    )


def result_section(records: RunRecords) -> Html:
    """Return the test result and its interpretation."""
    summary = records.summary
    test = summary["test"]
    value, interval = measured(test)
    basis = [f"{100 * test['level']:g} % interval {interval}"] if interval else []
    basis.append(f"on {count(test['num_examples'], 'sealed example')}")
    word, _, reason = verdict_text(summary).partition(": ")
    return section(
        "Result on the test part",
        element(
            "div",
            element(
                "p",
                element("span", text(metric_title(test["metric"])), class_="metric"),
                text(" "),
                element("strong", text(value), class_="value"),
                *(element("span", text(f" {words}")) for words in basis),
                class_="headline",
            ),
            element(
                "div",
                *_notes(interval_notes(summary)),
                listing(map(_sentence, compared(summary)), class_="plain"),
                element("p", element("b", text(word), class_="pill"), text(reason)),
                *_openings(records),
                class_="reading",
            ),
            class_="result",
        ),
        name="result",
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _openings(records: RunRecords) -> list[Html]:
    """Return a note on how often the test part has been opened."""
    words = "The sealed test part has been opened once, for this result."
    once = [element("p", text(words), class_="soft")]
    return _notes(opening_warnings(records.summary)) or once


def _notes(notes: list[str]) -> list[Html]:
    texts = (note.removeprefix("! ") for note in notes)
    return [element("p", text(note), class_="note") for note in texts]


def protocol_section(records: RunRecords) -> Html:
    """Return the sections on the protocol and the comparison with baselines."""
    summary = records.summary
    done = [(label, " · ".join(texts)) for label, *texts in course(summary)]
    protocol = section(
        "How it was measured",
        figure(
            protocol_chart(summary),
            "A full bar represents all data. No step uses rows that are sealed.",
        ),
        name="protocol",
    )
    comparison = section(
        "Comparison with baselines",
        figure(
            intervals_chart(summary),
            "The band shows the interval of this model. Models with overlapping "
            "intervals may still differ. The comparison above is made row by row.",
        ),
        name="baselines",
    )
    return Html(
        element("div", protocol, comparison, class_="columns")
        + section("What was done", pairs(done, class_="course"), name="course")
    )


def metrics_section(records: RunRecords) -> Html:
    """Return a table of all metrics on the test part."""
    summary = records.summary
    metric = summary["test"]["metric"]
    rows = [(metric_title(metric), summary["test"]), *other_metrics(summary)]
    return section(
        "All metrics",
        table(
            ["metric", "value", "interval"],
            [[name, *measured(part)] for name, part in rows],
            caption="Metrics of the model on the test part",
        ),
        *_notes(metric_notes(summary)),
        name="metrics",
    )
