"""Measure test errors and wall times on the tables used to develop the defaults.

    python -m benchmarks.tables [--seeds N] [--only WORD ...] [--tiny]

Each contestant is fitted to the train + val rows of Assay's split and evaluated on the
test rows. It runs in a separate process, whose total duration is measured. Assay runs
the whole protocol with default settings. The peers use their own defaults, except that
the penalty of the linear models is chosen by cross-validation. Results are appended to
`benchmarks/out/tables.jsonl`, so an interrupted benchmark continues where it stopped.

The following values are compared with targets, printed, and written to
`benchmarks/out/accuracy.json`: ratios of errors and of wall times, and the number of
tables on which Assay is clearly worse than the best rival on the same test rows. On
imbalanced classes, where the protocol decides by balanced accuracy, this number is also
determined using the balanced error.
"""
