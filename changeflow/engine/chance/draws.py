"""Chance: every draw is a pure function of (seed, replication, purpose, stage, subject, pass).

Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3") turns a counter
and a key into four words of 32 bits, which make two uniforms. So a block of purposes has two draws.
Block numbers are append-only: a new purpose never moves an old one.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.jit import compiled, inlined

# Typed numbers: for a plain one the compiler would make a version of each function that draws.
WORK = np.int64(0)  # work content of a pass; whether its delivery is accepted
ROUTE = np.int64(1)  # the share drawn by a routing rule
ATTRIBUTES = np.int64(2)  # category; difficulty
QUALITY = np.int64(3)  # specification quality
GAP = np.int64(4)  # interarrival time; size of the batch
MISFIT = np.int64(5)  # time to discovery; threshold against the fit
COUNT = np.int64(6)  # number of latent misfits
DELAY = np.int64(7)  # intake delay
PATIENCE = np.int64(8)  # patience; whether it joins at all
REQUESTER = np.int64(9)  # whether the requester must be waited for, and for how long
ORDER = np.int64(10)  # the place in a random order; subject: the number of the start at this station
AGAIN = np.int64(11)  # work content drawn anew within a pass; see `again_entry`
ASK = np.int64(12)  # whether a candidate asks at all
SHOCK = np.int64(13)  # time between shocks; number of requests of a shock
SHOCK_REQUEST = np.int64(14)  # time from the shock to the request
VERDICT = np.int64(15)  # delay of the verdict
ERROR = np.int64(16)  # who notices an error; time to the discovery of a defect
EDGE = np.int64(18)  # the component where a change begins (pass 0), whether a link is live (pass 1; stage: the link)
ORGANISATION = np.int64(21)  # shift of specification quality, readiness; factor on the rates
TENURE = np.int64(19)  # how long somebody holds a job; subject: the job, pass: which holder
REPLACEMENT = np.int64(20)  # how long until the successor begins; the same
ADOPTION = np.int64(22)  # whether a review stops the system (subject: the week); a second attempt (entry 1)

NO_STAGE = np.uint64(0)

_MASK = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)
_S24 = np.uint64(24)
_S11 = np.uint64(11)
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_TWO_TO_MINUS_53 = 2.0**-53
_BELOW_ONE = 1.0 - 2.0**-53
_ALL_BITS = np.uint64(2**64 - 1)
_S40 = np.uint64(40)
_LOW_40 = np.uint64(2**40 - 1)
_TWIN = np.uint64(0xA57170)
_MIRRORED = np.uint64(0xA57171)
"""Upper 24 bits of the keys of antithetic twins: the second draws 1 - u wherever the first draws u. Of other runs one
in 2^24 has the second's by chance; its luck is mirrored too, and as good as any."""
_RUN_TAG = np.uint64(0x72756E00)
_PAIR_TAG = np.uint64(0x74776E00)
_ORGANISATION_TAG = np.uint64(0x6F726700)


@inlined
def _rounds(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    for _ in range(10):
        p0, p1 = _M0 * c0, _M1 * c2
        c0, c1, c2, c3 = (p1 >> _S32) ^ c1 ^ k0, p1 & _MASK, (p0 >> _S32) ^ c3 ^ k1, p0 & _MASK
        k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    return c0, c1, c2, c3


@compiled
def philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Ten rounds of Philox4x32: four counter words and two key words (uint64 below 2^32) to four words."""
    return _rounds(c0, c1, c2, c3, k0, k1)


@inlined
def _pair(run_key, subject, stage, block, entry):  # type: ignore[no-untyped-def]
    last = (np.uint64(block) << _S24) | np.uint64(entry)
    mirrored = np.uint64((run_key >> _S40) == _MIRRORED)
    own = run_key ^ (mirrored << _S40)  # the twin's key
    flip = mirrored * _ALL_BITS  # with all bits of k turned over, u = (k + 1/2) 2^-53 becomes 1 - u
    w0, w1, w2, w3 = _rounds(subject & _MASK, subject >> _S32, stage, last, own & _MASK, own >> _S32)
    first = (np.float64((((w0 << _S32) | w1) ^ flip) >> _S11) + 0.5) * _TWO_TO_MINUS_53
    second = (np.float64((((w2 << _S32) | w3) ^ flip) >> _S11) + 0.5) * _TWO_TO_MINUS_53
    return min(first, _BELOW_ONE), min(second, _BELOW_ONE)


@compiled
def uniform_pair(run_key, subject, stage, block, entry):  # type: ignore[no-untyped-def]
    """Two uniforms in (0, 1), u = (k + 1/2) 2^-53, of a block of purposes; `entry` is the pass."""
    return _pair(run_key, subject, stage, block, entry)


@compiled
def again_entry(entry, ordinal):  # type: ignore[no-untyped-def]
    """Subject of the `ordinal`-th redraw within pass `entry` (both below 4096)."""
    return (ordinal << 12) | entry


@compiled
def fill_pairs(run_key, subjects, stage, block, entry, first, second):  # type: ignore[no-untyped-def]
    """The same for many subjects; first and second are written."""
    for i in range(subjects.shape[0]):
        first[i], second[i] = _pair(run_key, subjects[i], stage, block, entry)


@compiled
def fill_run(run_key, key, number, block, first, second):  # type: ignore[no-untyped-def]
    """The same for the subjects key + number, key + number + 1, ... without a stage."""
    for i in range(first.shape[0]):
        first[i], second[i] = _pair(run_key, key | np.uint64(number + i), NO_STAGE, block, 0)


@compiled
def fill_pairs_by_stage(run_key, subjects, stages, block, entry, first, second):  # type: ignore[no-untyped-def]
    """The same with a stage for each subject."""
    for i in range(subjects.shape[0]):
        first[i], second[i] = _pair(run_key, subjects[i], stages[i], block, entry)


def run_key(seed: int, replication: int) -> np.uint64:
    """The key of a run: all its draws hang on it; every seed, 0 too, has its own."""
    return _numbered_key(seed, replication, _RUN_TAG)


def antithetic_key(seed: int, replication: int) -> np.uint64:
    """The key of a run of an antithetic pair, replications 2 i and 2 i + 1: opposite luck, other than run_key's.

    Keys of pairs follow one another, so that no two pairs of a seed share one (below 2^40 pairs).
    """
    begin = int(_numbered_key(seed, 0, _PAIR_TAG))
    tag = _MIRRORED if replication % 2 else _TWIN
    return np.uint64(int(tag) << 40 | (begin + replication // 2) & int(_LOW_40))


def organisation_key(seed: int, number: int) -> np.uint64:
    """The key of an organisation: what its runs share hangs on it, and on no replication."""
    return _numbered_key(seed, number, _ORGANISATION_TAG)


def _numbered_key(seed: int, number: int, tag: np.uint64) -> np.uint64:
    seed64, number64 = seed & 0xFFFFFFFFFFFFFFFF, number & 0xFFFFFFFFFFFFFFFF
    w0, w1, _, _ = philox(
        np.uint64(number64 & 0xFFFFFFFF),
        np.uint64(number64 >> 32),
        np.uint64((seed >> 64) & 0xFFFFFFFF),
        tag,
        np.uint64(seed64 & 0xFFFFFFFF),
        np.uint64(seed64 >> 32),
    )
    return np.uint64((int(w0) << 32) | int(w1))


def stage_key(name: str) -> np.uint64:
    """The key of a stage: a hash of its name, never its place in the file; 0 is kept for 'no stage'."""
    return np.uint64(_hash(name, 32) or 1)


def source_key(name: str) -> np.uint64:
    """The key of a source: the upper half of the keys of its requests, whose top bit 0 marks a root."""
    return np.uint64(_hash(name, 31) << 32)


def subject_key(name: str) -> np.uint64:
    """The key of a subject that is no request: a hash of its name."""
    return np.uint64(_hash(name, 64))


def root_keys(source: np.uint64, first: int, count: int) -> NDArray[np.uint64]:
    """Keys of the source's requests (or events) first, first + 1, ...: exact, without collision."""
    return source | np.arange(first, first + count, dtype=np.uint64)


def pairs(
    key: np.uint64, subjects: NDArray[np.uint64], block: np.int64, stage: np.uint64 = NO_STAGE, entry: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two arrays of uniforms, one pair a subject."""
    first, second = np.empty(len(subjects)), np.empty(len(subjects))
    fill_pairs(key, subjects, stage, block, entry, first, second)
    return first, second


def _hash(name: str, bits: int) -> int:
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> (64 - bits)
