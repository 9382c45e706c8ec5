"""Decisions: what to send together, when to try again. Pure functions of (state, now); nothing here waits or sends."""
