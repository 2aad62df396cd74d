"""Gate: branch coverage of 100 % for cost, catalog and analysis, and 90 % for every other room (DESIGN section 7)."""

import json
import sys
from collections import defaultdict
from pathlib import Path

FULL = {"cost", "catalog", "analysis"}
ELSEWHERE = 90.0


def main(report: Path) -> int:
    """Print each room's coverage from ``coverage json``; the exit status says whether one is below its floor."""
    rooms: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, data in json.loads(report.read_text(encoding="utf-8"))["files"].items():
        inside = Path(name).parts[2:]
        summary = data["summary"]
        counts = rooms[inside[0] if len(inside) > 1 else "(top)"]
        counts[0] += summary["covered_lines"] + summary["covered_branches"]
        counts[1] += summary["num_statements"] + summary["num_branches"]
    below = 0
    for room, (covered, total) in sorted(rooms.items()):
        share, floor = 100 * covered / total, 100.0 if room in FULL else ELSEWHERE
        below += share < floor
        print(f"{room:10} {share:6.2f} %  (at least {floor:g} %){'  <-- below' if share < floor else ''}")
    return 1 if below or not rooms else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
