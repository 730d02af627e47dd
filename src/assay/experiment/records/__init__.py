"""What a run writes: its settings, its test result, its summary."""
