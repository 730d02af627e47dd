"""The units: each answers the questions of one page about live numbers."""
