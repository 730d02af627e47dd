"""Output that commands draw on a terminal."""
