"""Tests of the house itself: import rules, locked dependencies, embedded servers."""
