"""Revisions of the connector's schema."""
