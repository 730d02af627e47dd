"""Tables, plots and progress bars for the terminal."""
