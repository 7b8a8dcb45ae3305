"""Tests of the change from another system."""
