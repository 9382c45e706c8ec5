"""What a running process needs and no decision may touch: the clock and the log."""
