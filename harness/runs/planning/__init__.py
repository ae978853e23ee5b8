"""What a study asks for: its trials, their keys, and what they will cost."""
