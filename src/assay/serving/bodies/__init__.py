"""Reads the bodies of requests, and writes those of answers."""
