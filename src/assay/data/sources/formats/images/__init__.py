"""Reads images from files, bytes and folders."""
