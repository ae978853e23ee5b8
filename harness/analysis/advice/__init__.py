"""Where to compact: what each threshold keeps over a working session, and what it costs."""
