"""Run histories and print what came of them: `python -m tests.simulator --histories 2000`.

The last line is `histories: N, faults: M, lost: 0, doubled: 0, diverged: 0`. The seed of a failure is told;
`--seed S --histories 1` runs that history again.
"""

from __future__ import annotations

import argparse
import sys

from tests.simulator.run import play, running_machine


def main() -> None:
    """Read the command line, run, and exit 1 unless all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=2000)
    parser.add_argument("--operations", type=int, default=50, help="what people are promised in each history")
    parser.add_argument(
        "--seed", type=int, default=1, help="of the first history; the next have the next numbers"
    )
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument(
        "--planted", default="", help="serve, or phone, with this bug (tests/simulator/planted.py)"
    )
    words = parser.parse_args()
    seeds = range(words.seed, words.seed + words.histories)
    with running_machine() as machine:
        outcome = play(
            machine, seeds, operations=words.operations, at_once=words.at_once, planted=words.planted
        )
    print(outcome.summary(), flush=True)
    sys.exit(0 if outcome.is_well else 1)


if __name__ == "__main__":
    main()
