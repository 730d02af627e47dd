"""What a run writes: its settings, its trainings, its summary."""
