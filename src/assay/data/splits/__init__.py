"""Splitting examples into train, val and test."""
