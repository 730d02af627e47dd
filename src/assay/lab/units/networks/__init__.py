"""The networks of runs, and small networks trained on the digits."""
