"""The compiled program that runs all epochs of a fit."""
