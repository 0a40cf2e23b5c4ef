"""`python -m manychefs` and `chefs`: the command in a process of its own."""

import sys

from manychefs.cli import main
from manychefs.sandbox import tree


def run() -> int:
    """Run `chefs`; this process starts nothing but graders, so whatever escapes from one is its own."""
    tree.adopt_orphans()
    return main()


if __name__ == "__main__":
    sys.exit(run())
