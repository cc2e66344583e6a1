"""Map view: vector tiles of accounts, as points near by and clusters from afar. Writes nothing itself.

Owns ``account_cells``, which triggers on ``accounts`` keep. Reads the tables of accounts. Which of its
four ways answers a tile is decided in ``service.py`` and explained in docs/adr/0008-account-tiles.md.
"""
