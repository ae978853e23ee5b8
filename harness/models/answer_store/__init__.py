"""Answers that were paid for once: the cache over runs, and the cassette beside a test."""
