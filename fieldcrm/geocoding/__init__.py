"""Address to point and back: a gazetteer of our own reading, online providers as an option, the basemap.

Owns: geocode_cache (tenant table), place_names and place_areas (reference tables). Sends no events.
"""
