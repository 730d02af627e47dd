"""Human-readable formats for numbers and dates."""
