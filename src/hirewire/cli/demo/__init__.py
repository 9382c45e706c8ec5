"""The demonstration: a small ATS with busy recruiters, the platform and the connector, all at once on this machine."""
