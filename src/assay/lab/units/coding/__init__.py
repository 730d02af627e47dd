"""Generates Python code that reproduces the state of a unit's page."""
