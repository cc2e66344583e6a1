"""Territories: areas, assignment, coverage. So far coverage: who is seen in time, where and by whom.

Owns no table: coverage is counted from accounts, which carry their last visit and due day, and from the
moments of visits, which the app hands in at its start (``service.use_visits``): visits lies above.
"""
