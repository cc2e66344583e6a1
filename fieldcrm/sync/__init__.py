"""Sync: what phones recorded comes in, what changed since they last looked goes out.

Owns sync_receipts, conflicts and devices. Applies operations through the rooms' services.
"""
