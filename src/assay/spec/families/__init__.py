"""The members of the families that a training chooses from, apart from the layers."""
