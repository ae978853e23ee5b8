"""Nouns, errors, the plug protocols and the registry: what every other room speaks in."""
