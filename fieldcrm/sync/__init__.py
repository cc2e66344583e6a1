"""Sync: what phones recorded comes in, what changed since they last looked goes out.

Owns sync_receipts and conflicts. Applies operations through the rooms' services.
"""
