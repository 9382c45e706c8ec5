"""What hirewire does in a second, beside what others do in the same second. ``python -m benchmarks``, or ``make bench``."""
