"""Telemetry: signs of life for whoever runs the server: logs, figures for Prometheus, slow statements.

Owns no tables. What people wrote, searched or are called never gets into any of it.
"""
