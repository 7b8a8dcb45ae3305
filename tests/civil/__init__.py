"""Tests of civil/."""
