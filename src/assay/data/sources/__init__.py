"""Readers for files, folders, arrays, frames and other sources of data."""
