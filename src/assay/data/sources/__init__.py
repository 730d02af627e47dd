"""Readers for every kind of data source: files, folders, arrays, frames, objects."""
