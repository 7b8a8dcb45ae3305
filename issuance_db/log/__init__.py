"""The tamper-evident log of history: one Merkle tree for each city, signed checkpoints, proofs, and their verification."""
