"""What every room stands on: database and tenancy, errors, actor, clock, ids, geometry, jobs.

Owns the tables ``idempotency_keys`` and ``jobs``. Knows no other room.
"""
