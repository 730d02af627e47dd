"""Storages of studies: files, servers, and the trials in them."""
