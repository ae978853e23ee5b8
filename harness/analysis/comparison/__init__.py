"""Two sides set against each other on the same sessions."""
