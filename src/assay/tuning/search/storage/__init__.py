"""Storage for studies in memory, in files and on servers."""
