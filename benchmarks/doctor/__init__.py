"""A benchmark of the doctor, with planted faults and healthy runs."""
