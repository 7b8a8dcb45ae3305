"""The right edge of a growing tree: all that is needed to add leaves and to know the root."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from issuance_db.log.tree import Leaves, Subtree, node_hash, root_of


@dataclass(slots=True)
class Frontier:
    """The complete subtrees of a tree of `size` leaves, the largest first."""

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse subtrees that do not make a tree of this size."""
        if len(self.hashes) != self.size.bit_count():
            raise ValueError("a tree has one subtree for each bit of its size")

    @property
    def root(self) -> bytes:
        """The root of the tree as it is now."""
        return root_of(self.hashes)

    def with_leaves(self, leaves: Iterable[bytes]) -> "Frontier":
        """Another frontier: this tree with these leaf hashes added."""
        grown = Frontier(self.size, list(self.hashes))
        for leaf in leaves:
            for _ in grown.add(leaf):
                pass
        return grown

    def add(self, leaf: bytes) -> Iterator[tuple[Subtree, bytes]]:
        """Add one leaf hash; gives each subtree that it completes, the leaf itself first. Use up what it gives."""
        level, index, completed = 0, self.size, leaf
        yield Subtree(level, index), completed
        while index & 1:
            level, index = level + 1, index >> 1
            completed = node_hash(self.hashes.pop(), completed)
            yield Subtree(level, index), completed
        self.hashes.append(completed)
        self.size += 1


def subtrees_of(size: int) -> list[Subtree]:
    """The subtrees that the frontier of a tree of `size` leaves consists of."""
    return list(Leaves(0, size).subtrees())
