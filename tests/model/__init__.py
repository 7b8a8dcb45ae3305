"""Issuing against a plain model of it: any order of requests, retries, faults and registry events, on a real database."""
