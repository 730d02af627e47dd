"""The benchmark for developing the doctor, with planted faults and healthy runs."""
