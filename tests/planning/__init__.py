"""Tests of the planning room: mirrors fieldcrm/planning."""
