"""What a run's records add up to, for every form of the report."""
