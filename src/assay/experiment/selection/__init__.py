"""Selection: the kind of net and its settings, chosen on val."""
