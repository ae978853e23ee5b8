"""What is written into a session before anything is asked of it: notes, summaries, replies."""
