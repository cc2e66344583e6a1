"""Sync: what changed since a phone last looked. Owns no table."""
