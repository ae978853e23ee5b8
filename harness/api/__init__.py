"""What a person at a Python prompt calls: run something, and look at what it came to."""
