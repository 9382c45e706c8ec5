"""The history of the platform's schema, forward only."""
