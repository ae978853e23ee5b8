"""The gate: baselines, and whether a run is worse than one, without flapping."""
