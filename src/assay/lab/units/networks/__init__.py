"""Small trained networks on the digits, and the networks of runs."""
