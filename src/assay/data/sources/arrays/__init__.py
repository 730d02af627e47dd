"""Reads arrays in memory."""
