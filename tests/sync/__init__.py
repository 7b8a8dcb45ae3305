"""Tests of the projection of F6 from the registry."""
