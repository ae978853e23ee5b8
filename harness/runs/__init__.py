"""Plan, replay of one trial, executors, the run folder and its store."""
