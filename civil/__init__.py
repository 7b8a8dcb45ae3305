"""Values everyone shares: Japanese calendar and 不詳日, check digits, characters, places.

Imports nothing of ours. Nothing here reads a clock, a database or the network.
"""
