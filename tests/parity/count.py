"""Compares as many generated models as asked for, and says how many had what.

python -m tests.parity.count --models 3000 --seed 1
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.parity.check import check
from tests.parity.models import Example, examples


def count(models: int, start: int, *, shrink: bool = False) -> Counter[str]:
    """How many of the compared models had each feature; raises at the first that differs, made small if asked to."""
    found: Counter[str] = Counter()
    generate = settings(
        max_examples=models, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,), report_multiple_bugs=False,
    )  # fmt: skip
    with TemporaryDirectory() as folder:

        @seed(start)
        @generate
        @given(example=examples())
        def compare(example: Example) -> None:
            told = check(example, Path(folder))
            found.update(told)
            if not any(word.startswith("not compared") for word in told):
                found["compared"] += 1

        compare()
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shrink", action="store_true", help="make the first that differs small (takes minutes)")
    asked = parser.parse_args()
    began = time.perf_counter()
    found = count(asked.models, asked.seed, shrink=asked.shrink)
    print(f"{found.pop('compared', 0):6} models compared, each with two seeds, {time.perf_counter() - began:.0f} s")
    for word, number in sorted(found.items()):
        print(f"{number:6} {word}")


if __name__ == "__main__":
    main()
