"""Test errors and wall times on the tables that defaults are developed on.

    python -m benchmarks.tables [--seeds N] [--only WORD ...] [--tiny]

Every contestant fits the rows of train + val of our own split in a process of its own,
whose whole duration counts, and is judged on the rows of test. Ours runs the whole
protocol with default settings. The peers get their own defaults; the linear models
choose their penalty by cross-validation. Results are appended to
`benchmarks/out/tables.jsonl`, so an interrupted run continues where it stopped.

The targets are printed and written to `benchmarks/out/accuracy.json`: ratios of errors
and of wall times, and the number of tables that are clearly lost by the losses on the
same test rows.
"""
