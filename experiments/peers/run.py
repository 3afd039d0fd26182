"""How fast is changeflow beside its peers? One work item, all engines in turn, every answer checked.

python experiments/peers/run.py [--quick] [--rounds N] [--only NAME,...] [--env FOLDER] [--end-to-end | --start]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import environment

HERE = Path(__file__).resolve().parent


def say(line: str) -> None:
    """A word on stderr."""
    sys.stderr.write(line + "\n")


def main() -> int:
    """Make the environment, go on in it, run, write, and tell the bars."""
    arguments = _arguments()
    python = environment.make(Path(arguments.env).absolute(), say)
    environment.enter(python, HERE / "run.py", sys.argv[1:])
    if arguments.end_to_end:
        import end_to_end  # noqa: PLC0415  needs the environment

        return end_to_end.main(Path(arguments.out), quick=arguments.quick, tell=say)
    if arguments.start:
        import start  # noqa: PLC0415  needs the environment

        return start.main(Path(arguments.out), quick=arguments.quick, tell=say)
    return compete(arguments)


def compete(arguments: argparse.Namespace) -> int:
    """The rounds; 1 where an engine's answer is wrong."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    import contest  # noqa: PLC0415  needs the environment
    import engine_c  # noqa: PLC0415
    import report  # noqa: PLC0415

    names = set(arguments.only.split(",")) if arguments.only else {engine.name for engine in report.ALL}
    unknown = names - {engine.name for engine in report.ALL}
    if unknown:
        say(f"--only: unknown {', '.join(sorted(unknown))}; there are {', '.join(e.name for e in report.ALL)}")
        return 2
    try:
        compiler = engine_c.build()
    except RuntimeError as error:
        say(str(error))
        return 1
    rounds = 2 if arguments.quick else arguments.rounds
    engines = [engine for engine in report.ALL if engine.name in names]
    outcomes = contest.play(engines, rounds, 4 if arguments.quick else 1, say)
    checked = contest.yardstick() + contest.checks(outcomes.values())
    versions = []
    for package in ("changeflow", "numba", "numpy", "simpy", "ciw", "salabim", "cimba"):
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            versions.append(f"{package} not installed")
    facts = report.facts(rounds, compiler, versions)
    sys.stdout.write(report.write(Path(arguments.out), outcomes, checked, contest.same_answers(outcomes), facts))
    sys.stdout.write("\n" + "\n".join(report.bars(outcomes)) + "\n")
    return 0 if all(check.holds for check in checked) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7, help="how often every engine has its turn (default 7)")
    parser.add_argument("--quick", action="store_true", help="2 rounds of runs a quarter as long")
    parser.add_argument("--only", metavar="NAME,...", help="only these engines, as named in contest.py")
    parser.add_argument("--env", default=str(environment.FOLDER), help="virtual environment to use or make")
    parser.add_argument("--out", default=str(environment.ROOT / "results" / "peers"), help="folder for table and chart")
    parser.add_argument("--end-to-end", action="store_true", help="six models through the command line instead")
    parser.add_argument("--start", action="store_true", help="compiling, starting and threads instead")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
