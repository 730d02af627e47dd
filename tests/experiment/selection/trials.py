"""A finished trial, from which the tests create others."""

from assay.tuning import Trial

TRIAL = Trial(
    number=0,
    values={},
    state="complete",
    val_score=0.5,
    val_cost=0.1,
    train_cost=0.1,
    train_score=0.9,
    iterations=100,
    total_iterations=100,
    epochs=10,
    num_parameters=9,
    diverged_at=None,
    duration_seconds=1.0,
)
