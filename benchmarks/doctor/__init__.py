"""The doctor's development benchmark, with planted faults and healthy runs."""
