"""Planning: whom to visit, in which order, and why somebody was left out.

Owns ``planning_preferences`` and ``day_plans``. The solver's part (``problem``, ``plan`` and what makes one
of the other) knows no database.
"""
