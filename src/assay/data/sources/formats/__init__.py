"""File formats, each with its reader."""
