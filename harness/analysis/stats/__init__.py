"""Statistics that know that probes of one session go together."""
