"""Tests of reconcile/."""
