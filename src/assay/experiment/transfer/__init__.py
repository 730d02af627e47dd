"""Transfer: a run that starts from what another run has learned."""
