"""Benchmarks against other tools, in one run and on the same work: `make bench`.

Each contestant runs in a process of its own, on the same cores with the same number of
threads, and the rounds alternate (ours, the peer's, ours, …). Both start from the same
parameters, see the same batches where the peer lets us choose them, and must end at
the same cost; otherwise the row is marked as failed. A ratio is the peer's time divided
by ours, so 2 means that we take half the time.
"""
