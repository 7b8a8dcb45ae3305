"""Verifying proofs of a Merkle tree, step by step as RFC 9162 writes it down."""

from collections.abc import Sequence
from hmac import compare_digest

from issuance_db.log.tree import node_hash


def is_included(leaf: bytes, leaf_number: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether `proof` shows that `leaf` (a leaf hash) stands at `leaf_number` (from 0) of the tree (2.1.3.2)."""
    if not 0 <= leaf_number < size:
        return False
    position, last, found = leaf_number, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            found = node_hash(step, found)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, step)
        position, last = position >> 1, last >> 1
    return last == 0 and compare_digest(found, root)


def is_consistent(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether `proof` shows that the tree of `size` leaves begins with that of `old_size` leaves (2.1.4.2)."""
    if not 0 <= old_size <= size:
        return False
    if old_size in {0, size}:
        return not proof and (old_size == 0 or compare_digest(old_root, root))
    steps = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    return bool(steps) and _leads_to_both(steps, old_size, old_root, size, root)


def _leads_to_both(steps: Sequence[bytes], old_size: int, old_root: bytes, size: int, root: bytes) -> bool:
    position, last = old_size - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    found_old = found = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            found_old, found = node_hash(step, found_old), node_hash(step, found)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, step)
        position, last = position >> 1, last >> 1
    return last == 0 and compare_digest(found_old, old_root) and compare_digest(found, root)
