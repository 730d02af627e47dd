"""The compiled program, which runs all epochs of a fit."""
