"""Map view: vector tiles, clusters and nearest accounts. Reads across rooms, writes nothing.

Owns ``account_cells``, which triggers on ``accounts`` keep.
"""
