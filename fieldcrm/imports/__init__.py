"""Imports: customers from CSV and XLSX files, and lists out to them.

Owns ``imports``, ``import_parts``, ``import_rows``, ``import_mappings``.
"""
