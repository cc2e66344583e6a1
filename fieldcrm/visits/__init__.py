"""Visits: activities on every channel (a visit is one), outcomes, next actions and tasks, attachments.

Owns ``activities``, ``activity_amendments``, ``activity_outcomes``, ``tasks``, ``attachments``.
"""
