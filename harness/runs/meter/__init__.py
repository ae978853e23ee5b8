"""The meters of providers: how they count, and what a server dropped, from all counts of a run."""
