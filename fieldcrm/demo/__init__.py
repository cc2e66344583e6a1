"""Demo: two made-up organisations with accounts around Tokyo and Osaka and months of visits.

Everything comes from our own generator: the same day gives the same demo. Owns no table; it
writes through the other rooms.
"""
