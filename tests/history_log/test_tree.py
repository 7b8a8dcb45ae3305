"""Merkle hashes and proofs against an oracle that others wrote (pymerkle), and against every forged neighbour."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, InvalidProof, verify_consistency, verify_inclusion

from issuance_db.log.frontier import Frontier, subtrees_of
from issuance_db.log.proofs import is_consistent, is_included
from issuance_db.log.tree import EMPTY_ROOT, Leaves, Subtree, consistency_path, inclusion_path, leaf_hash, root_of

MOST = 200
DATA = [number.to_bytes(2, "big") for number in range(MOST)]


class Grown:
    """A tree grown leaf by leaf, with every complete subtree it ever had."""

    def __init__(self, size: int) -> None:
        self.frontier = Frontier()
        self.subtrees: dict[Subtree, bytes] = {}
        for data in DATA[:size]:
            self.subtrees.update(self.frontier.add(leaf_hash(data)))

    def root(self, leaves: Leaves) -> bytes:
        return root_of([self.subtrees[subtree] for subtree in leaves.subtrees()])

    def roots(self, path: Sequence[Leaves]) -> list[bytes]:
        return [self.root(leaves) for leaves in path]


@pytest.fixture(scope="module")
def oracle() -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for data in DATA:
        tree.append_entry(data)
    return tree


WHOLE = Grown(MOST)
SIZES = st.integers(1, MOST)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 9, 127, 128, 129, MOST])
def test_i7_roots_are_those_of_the_oracle(oracle: InmemoryTree, size: int) -> None:
    assert Grown(size).frontier.root == (oracle.get_root(size) if size else EMPTY_ROOT)


@given(SIZES, st.data())
def test_i7_inclusion_proofs_are_those_of_the_oracle(oracle: InmemoryTree, size: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, size - 1))
    proof, root = WHOLE.roots(inclusion_path(number, size)), WHOLE.root(Leaves(0, size))
    theirs = oracle.prove_inclusion(number + 1, size)
    assert [leaf_hash(DATA[number]), *proof] == list(theirs.path)
    verify_inclusion(leaf_hash(DATA[number]), root, theirs)
    assert is_included(leaf_hash(DATA[number]), number, size, proof, root)


@given(SIZES, st.data())
def test_i7_consistency_proofs_convince_us_and_the_oracle_alike(
    oracle: InmemoryTree, size: int, data: st.DataObject
) -> None:
    old = data.draw(st.integers(1, size))
    roots = WHOLE.root(Leaves(0, old)), WHOLE.root(Leaves(0, size))
    verify_consistency(*roots, oracle.prove_consistency(old, size))
    assert is_consistent(old, roots[0], size, roots[1], WHOLE.roots(consistency_path(old, size)))


@given(SIZES, st.data())
def test_i7_no_other_leaf_number_size_root_or_path_is_included(size: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, size - 1))
    leaf, root = leaf_hash(DATA[number]), WHOLE.root(Leaves(0, size))
    proof = WHOLE.roots(inclusion_path(number, size))
    other = data.draw(st.integers(0, MOST).filter(lambda wrong: wrong != number))
    assert not is_included(leaf, other, size, proof, root)
    assert not is_included(leaf_hash(b"another"), number, size, proof, root)
    assert not is_included(leaf, number, size, proof, sha256(root).digest())
    assert not is_included(leaf, number, size, [*proof, root], root)
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        assert not is_included(leaf, number, size, [*proof[:place], *proof[place + 1 :]], root)
        changed = [*proof[:place], sha256(proof[place]).digest(), *proof[place + 1 :]]
        assert not is_included(leaf, number, size, changed, root)


@given(SIZES, st.data())
def test_i7_a_rewritten_tree_is_never_consistent(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    old_root, root = WHOLE.root(Leaves(0, old)), WHOLE.root(Leaves(0, size))
    proof = WHOLE.roots(consistency_path(old, size))
    rewritten = sha256(old_root).digest()
    assert not is_consistent(old, rewritten, size, root, proof)
    assert not is_consistent(old, old_root, size, sha256(root).digest(), proof)
    assert not is_consistent(old, old_root, size, root, [*proof, root])
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        changed = [*proof[:place], sha256(proof[place]).digest(), *proof[place + 1 :]]
        assert not is_consistent(old, old_root, size, root, changed)
        assert not is_consistent(old, old_root, size, root, proof[:place] + proof[place + 1 :])


def test_i7_nothing_is_before_every_tree_and_no_tree_grows_backwards() -> None:
    root = WHOLE.root(Leaves(0, 5))
    assert is_consistent(0, EMPTY_ROOT, 5, root, [])
    assert not is_consistent(0, EMPTY_ROOT, 5, root, [root])
    assert not is_consistent(6, root, 5, root, [])
    with pytest.raises(ValueError, match="only a later tree"):
        consistency_path(6, 5)
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_path(5, 5)


@given(st.integers(0, MOST))
def test_i7_a_frontier_taken_from_stored_subtrees_goes_on_as_if_it_had_grown(size: int) -> None:
    taken = Frontier(size, [WHOLE.subtrees[subtree] for subtree in subtrees_of(size)])
    for data in DATA[size:]:
        for _ in taken.add(leaf_hash(data)):
            pass
    assert taken.root == WHOLE.frontier.root


def test_i7_the_oracle_refuses_what_we_refuse(oracle: InmemoryTree) -> None:
    with pytest.raises(InvalidProof):
        verify_inclusion(leaf_hash(DATA[1]), oracle.get_root(5), oracle.prove_inclusion(1, 5))
