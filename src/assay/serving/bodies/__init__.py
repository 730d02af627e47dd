"""Reads request bodies and writes response bodies."""
