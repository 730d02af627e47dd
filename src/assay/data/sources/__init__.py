"""Readers for files, folders, arrays, frames and other data sources."""
