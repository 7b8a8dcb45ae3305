"""Tests of daily matching."""
