"""The page of runs that are still going on, served from their folders to the browser beside it."""
