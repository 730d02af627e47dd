"""Small networks trained on the digits, and the networks of runs."""
