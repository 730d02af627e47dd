"""Human-readable formats of numbers and dates."""
