"""Chance: Philox against its published vectors, uniforms, keys."""

import numpy as np
import pytest

from changeflow.engine.chance import draws

# Philox4x32-10, known-answer vectors of Random123 (Salmon, Moraes, Dror, Shaw 2011): counter, key, output.
PUBLISHED = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]
ALL_BLOCKS = [
    draws.WORK, draws.ROUTE, draws.ATTRIBUTES, draws.QUALITY, draws.GAP, draws.MISFIT, draws.COUNT, draws.DELAY,
]  # fmt: skip


def words(text: str) -> list[np.uint64]:
    return [np.uint64(int(word, 16)) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "output"), PUBLISHED)
def test_philox_gives_the_published_vectors(counter: str, key: str, output: str) -> None:
    found = draws.philox(*words(counter), *words(key))
    assert [f"{int(word):08x}" for word in found] == output.split()


def test_a_uniform_pair_is_two_philox_outputs_of_64_bits() -> None:
    """u = (k + 1/2) 2^-53 with k the upper 53 bits; the counter is subject (two words), stage, block and pass."""
    run, subject, stage = np.uint64(0x0123456789ABCDEF), np.uint64(0xFEDCBA9876543210), np.uint64(0xCAFE)
    found = draws.uniform_pair(run, subject, stage, draws.DELAY, 3)
    counter = [0x76543210, 0xFEDCBA98, 0xCAFE, (draws.DELAY << 24) | 3]
    w = draws.philox(*(np.uint64(c) for c in counter), np.uint64(0x89ABCDEF), np.uint64(0x01234567))
    for u, high, low in ((found[0], w[0], w[1]), (found[1], w[2], w[3])):
        k = ((int(high) << 32) | int(low)) >> 11
        assert u == (k + 0.5) * 2.0**-53


def test_uniforms_are_inside_the_open_interval_and_even() -> None:
    """100,000 pairs: never 0 or 1; each of ten bins within 4.5 standard errors of a tenth; no serial trend."""
    first, second = draws.pairs(draws.run_key(3, 0), draws.root_keys(draws.source_key("s"), 0, 100_000), draws.WORK)
    for u in (first, second):
        assert 0 < u.min() < u.max() < 1
        counts = np.bincount((u * 10).astype(int), minlength=10)
        assert np.abs(counts - 10_000).max() < 4.5 * np.sqrt(9_000)
        assert abs(np.corrcoef(u[1:], u[:-1])[0, 1]) < 4.5 / np.sqrt(100_000)
    assert abs(np.corrcoef(first, second)[0, 1]) < 4.5 / np.sqrt(100_000)


def test_every_part_of_a_draws_name_counts() -> None:
    """Seed, replication, purpose, stage, subject and pass: changing any one changes both uniforms."""
    key, subject, stage = draws.run_key(1, 0), np.uint64(5), draws.stage_key("change")
    named = [
        draws.uniform_pair(key, subject, stage, draws.WORK, 0),
        draws.uniform_pair(draws.run_key(2, 0), subject, stage, draws.WORK, 0),
        draws.uniform_pair(draws.run_key(1, 1), subject, stage, draws.WORK, 0),
        draws.uniform_pair(key, np.uint64(6), stage, draws.WORK, 0),
        draws.uniform_pair(key, np.uint64(5 | 1 << 40), stage, draws.WORK, 0),
        draws.uniform_pair(key, subject, draws.stage_key("test"), draws.WORK, 0),
        draws.uniform_pair(key, subject, stage, draws.WORK, 1),
        *(draws.uniform_pair(key, subject, stage, block, 0) for block in ALL_BLOCKS[1:]),
    ]
    uniforms = [u for pair in named for u in pair]
    assert len(set(uniforms)) == len(uniforms)


def test_purposes_keep_the_numbers_they_have() -> None:
    """Append-only: a new purpose never moves an old one, or every published result would change."""
    assert list(range(8)) == ALL_BLOCKS


@pytest.mark.parametrize("seed", [0, 1, -1, 2**32, 2**64, 2**64 + 1, 2**70])
def test_every_seed_has_a_run_key_of_its_own(seed: int) -> None:
    """Also seed 0, negative ones and those above 64 bits; the key is the same at every call."""
    assert draws.run_key(seed, 0) == draws.run_key(seed, 0)
    others = [0, 1, -1, 2**32, 2**64, 2**64 + 1, 2**70]
    others.remove(seed)
    assert draws.run_key(seed, 0) not in {draws.run_key(other, 0) for other in others}
    assert len({int(draws.run_key(seed, replication)) for replication in range(1000)}) == 1000


def test_stage_and_source_keys_are_hashes_of_names() -> None:
    """A stage's key fits a counter word and is never 0 ('no stage'); a root's top bit is 0, its index the low half."""
    names = [f"name {number}" for number in range(2000)]
    stages = [int(draws.stage_key(name)) for name in names]
    assert all(0 < key < 2**32 for key in stages)
    assert len(set(stages)) == len(set(names))
    sources = [int(draws.source_key(name)) for name in names]
    assert all(key < 2**63 and key % 2**32 == 0 for key in sources)
    roots = draws.root_keys(draws.source_key("s"), 7, 3)
    assert (roots - draws.source_key("s")).tolist() == [7, 8, 9]


def test_drawing_for_many_subjects_is_drawing_for_each() -> None:
    key, subjects = draws.run_key(1, 2), draws.root_keys(draws.source_key("s"), 0, 20)
    first, second = draws.pairs(key, subjects, draws.GAP, draws.stage_key("x"), 4)
    for number, subject in enumerate(subjects):
        pair = draws.uniform_pair(key, subject, draws.stage_key("x"), draws.GAP, 4)
        assert (first[number], second[number]) == pair


def test_antithetic_twins_draw_u_and_one_minus_u() -> None:
    first, second = draws.antithetic_key(7, 10), draws.antithetic_key(7, 11)
    stage, subjects = draws.stage_key("change"), draws.root_keys(draws.source_key("s"), 0, 2000)
    for block in ALL_BLOCKS:
        one, other = draws.pairs(first, subjects, block, stage), draws.pairs(second, subjects, block, stage)
        for mine, its in zip(one, other, strict=True):
            assert np.abs(mine + its - 1).max() <= 2.0**-53
            assert np.all((its > 0) & (its < 1))
    alone = draws.uniform_pair(second, np.uint64(5), stage, draws.WORK, 3)
    twin = draws.uniform_pair(first, np.uint64(5), stage, draws.WORK, 3)
    assert np.add(alone, twin) == pytest.approx([1, 1], abs=2.0**-53)


def test_pairs_of_a_seed_share_no_key_with_each_other_nor_with_plain_runs() -> None:
    keys = {int(draws.antithetic_key(7, number)) for number in range(4000)}
    assert len(keys) == 4000
    assert not keys & {int(draws.antithetic_key(8, number)) for number in range(4000)}
    assert not keys & {int(draws.run_key(7, number)) for number in range(4000)}
