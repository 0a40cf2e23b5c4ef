"""`python -m manychefs` is the `chefs` command."""

import sys

from manychefs.cli import main

if __name__ == "__main__":
    sys.exit(main())
