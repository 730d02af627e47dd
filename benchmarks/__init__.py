"""Benchmarks that compare Assay with other tools; `make bench` runs them.

Each contestant runs in its own process, on the same cores and with the same number of
threads. Assay and its peers take turns. Contestants start from the same parameters and,
if the peer allows it, use the same batches. If they do not reach the same cost, the row
is marked as failed. A ratio is the peer's time divided by Assay's, so a ratio of 2
means that Assay takes half as long.
"""
