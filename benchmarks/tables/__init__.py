"""Test errors and wall times on the tables used to develop the defaults.

    python -m benchmarks.tables [--seeds N] [--only WORD ...] [--tiny]

Every contestant is fitted to the train + val rows of Assay's split in a separate
process, whose total duration is measured, and is evaluated on the test rows. Assay runs
the whole protocol with default settings. The peers use their own defaults, but the
linear models choose their penalty by cross-validation. Results are appended to
`benchmarks/out/tables.jsonl`, so an interrupted run continues where it stopped.

The targets are printed and written to `benchmarks/out/accuracy.json`: ratios of errors
and of wall times, and the number of tables on which Assay is clearly worse than the
best rival on the same test rows.
"""
