"""The hashes of RFC 9162 section 2.1, and which subtrees a proof is made of. Pure: it knows no leaf and no database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

EMPTY_ROOT: Final = sha256(b"").digest()
"""The root of a tree without leaves."""


@dataclass(frozen=True, slots=True, order=True)
class Subtree:
    """A complete subtree: the 2**level leaves from `index` * 2**level."""

    level: int
    index: int


@dataclass(frozen=True, slots=True)
class Leaves:
    """The leaves from `begin` up to, and without, `end`. `begin` is a multiple of the power of two that spans them."""

    begin: int
    end: int

    def split(self) -> tuple["Leaves", "Leaves"]:
        """At the largest power of two smaller than their number, as the tree does. They are at least two."""
        middle = self.begin + (1 << (self.end - self.begin - 1).bit_length() - 1)
        return Leaves(self.begin, middle), Leaves(middle, self.end)

    def subtrees(self) -> Iterator[Subtree]:
        """The complete subtrees they consist of, from left to right."""
        begin = self.begin
        while begin < self.end:
            level = (self.end - begin).bit_length() - 1
            yield Subtree(level, begin >> level)
            begin += 1 << level


def leaf_hash(data: bytes) -> bytes:
    """Hash what a leaf commits to."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two nodes into the one above them."""
    return sha256(b"\x01" + left + right).digest()


def root_of(subtrees: Sequence[bytes]) -> bytes:
    """The root over complete subtrees that stand side by side, the largest first."""
    if not subtrees:
        return EMPTY_ROOT
    root = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        root = node_hash(left, root)
    return root


def inclusion_path(leaf_number: int, size: int) -> list[Leaves]:
    """Whose roots prove that a leaf (from 0) is in the tree of `size` leaves, the lowest first (RFC 9162 2.1.3.1).

    Raises ValueError where the tree has no such leaf.
    """
    if not 0 <= leaf_number < size:
        raise ValueError("there is no such leaf")
    path, leaves = [], Leaves(0, size)
    while leaves.end - leaves.begin > 1:
        left, right = leaves.split()
        leaves, sibling = (left, right) if leaf_number < left.end else (right, left)
        path.append(sibling)
    return path[::-1]


def consistency_path(old_size: int, size: int) -> list[Leaves]:
    """Whose roots prove that the tree of `size` leaves begins with that of `old_size` (RFC 9162 2.1.4.1), in order.

    Raises ValueError unless 0 < old_size <= size.
    """
    if not 0 < old_size <= size:
        raise ValueError("only a later tree is consistent with an earlier one, and only with one that has leaves")
    path, leaves, is_whole_old_tree = [], Leaves(0, size), True
    while leaves.end != old_size:
        left, right = leaves.split()
        if old_size <= left.end:
            leaves, sibling = left, right
        else:
            leaves, sibling, is_whole_old_tree = right, left, False
        path.append(sibling)
    if not is_whole_old_tree:
        path.append(leaves)
    return path[::-1]
