"""What hirewire is measured against: each written the natural way, by somebody who wants it to be good."""
