"""The witness: a small program for another machine, which cosigns checkpoints of logs that only ever grow.

It knows no database. Its protocol is C2SP tlog-witness, so another witness can stand in its place.
"""
