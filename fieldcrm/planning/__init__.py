"""Planning: whom to visit, in which order, and why somebody was left out.

The solver's part (``problem``, ``plan`` and what makes one of the other) knows no database.
"""
