"""10,000 valid catalog files damaged at random: each gives an answer or a diagnosis, and none takes 2 s of a processor.

    python benchmarks/mutations.py [NUMBER] [SEED]

Prints how many gave an answer, how many a diagnosis, the slowest, and every one that did neither or was slow.
"""

import gc
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from multiprocessing import Pool
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from damage import WELL, Outcome, mutations, outcome

SLOW_S = 2.0
EACH = 50  # files of one process: a command line lives for one, and collects no garbage


def main(number: int, seed: int) -> int:
    """Load them all; the exit status says whether one failed."""
    counts: Counter[str] = Counter()
    slowest, worst, bad = 0.0, "", 0
    for done, found in outcomes(number, seed):
        counts[found.what] += 1
        if found.seconds > slowest:
            slowest, worst = found.seconds, done
        if found.what not in WELL or found.seconds > SLOW_S:
            bad += 1
            print(f"{sum(counts.values())}: {found.what}, {found.seconds:.2f} s: {done}", flush=True)
    print(f"{number:,} files of seed {seed}: {dict(counts)}; the slowest took {slowest:.2f} s ({worst})")
    return 1 if bad else 0


def outcomes(number: int, seed: int) -> Iterator[tuple[str, Outcome]]:
    """Give what was done to each file, and how a command took it; a process that hangs ends all in a minute."""
    with Pool(1, maxtasksperchild=1) as pool:
        files = mutations(number, seed=seed)
        found = pool.imap(_some, iter(lambda: list(islice(files, EACH)), []))
        for _ in range(0, number, EACH):
            yield from found.next(timeout=60)


def _some(files: list[tuple[str, bytes]]) -> list[tuple[str, Outcome]]:
    gc.disable()
    with TemporaryDirectory() as scratch:
        return [(done, outcome(data, Path(scratch))) for done, data in files]


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*(arguments + [10_000, 7][len(arguments) :])))
