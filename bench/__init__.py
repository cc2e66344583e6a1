"""Measurements with bars: `make bench` runs every suite named in bench/__main__.py."""
