"""The words every layer shares: URNs and moments in time. Pure values, no behaviour of any layer."""
