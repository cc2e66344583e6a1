"""Reference: what the API offers, for programs (the OpenAPI document) and for people (its page).

Owns no tables. Reads the application's URL map and what ``@endpoint`` and ``@details`` say of each view.
"""
