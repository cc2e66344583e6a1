"""Visits: activities on every channel (a visit is one), outcomes, next actions and tasks.

Owns ``activities``, ``activity_amendments``, ``activity_outcomes``, ``tasks``.
"""
