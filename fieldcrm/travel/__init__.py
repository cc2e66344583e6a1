"""Travel: how long the way from one place to another takes, and where it leads.

On roads where an engine (OSRM, Valhalla) is set, else by an estimate of our own that says that it is one.
Owns: travel_factors (tenant table). Sends no events.
"""
