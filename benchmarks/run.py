"""Prints one table: what the library costs, each row beside its peer in the same run.

python benchmarks/run.py                     all rows, about fifteen minutes
python benchmarks/run.py --only isotp        the rows of one group
python benchmarks/run.py --rounds 15         more rounds
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

# What is measured is the checkout that this file belongs to.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import bulk
import exported
import isotp_stacks
import lookup
import memory
import one_keyword
import recording
import replay
import startup
import unread
from measure import Row, machine, say, table

# The memory comes last: a million messages would make the garbage collector slower for the others.
GROUPS = {
    "startup": startup.rows,
    "keyword": one_keyword.rows,
    "bulk": bulk.rows,
    "isotp": isotp_stacks.rows,
    "recording": recording.rows,
    "unread": unread.rows,
    "lookup": lookup.rows,
    "replay": replay.rows,
    "exported": exported.rows,
    "memory": memory.rows,
}


def main() -> int:
    """Run the groups that were asked for; 1 if a limit was not met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=GROUPS, help="run this group; can be repeated")
    parser.add_argument("--rounds", type=int, default=9, help="rounds of each row (9)")
    arguments = parser.parse_args()
    rows: list[Row] = []
    for name in arguments.only or GROUPS:
        say(f"{name} …")
        rows += GROUPS[name](arguments.rounds)
    print(table(rows))
    print()
    print(machine())
    return int(any(row.verdict == "no" for row in rows))


if __name__ == "__main__":
    sys.exit(main())
