"""`python -m manychefs` and `chefs`: the command in a process of its own."""

import sys

GRADING = ("check", "ci", "grade", "validate")  # commands that start graders


def run() -> int:
    """Run `chefs`; this process starts nothing but graders, so whatever escapes from one is its own."""
    server = None
    if sys.platform == "linux" and any(word in GRADING for word in sys.argv[1:4]):
        # First of all, because the server has as much to import as the command itself.
        from manychefs.grading.server import GraderServer

        server = GraderServer()
    from manychefs.cli import main
    from manychefs.grading import supervisor
    from manychefs.sandbox import tree

    tree.adopt_orphans()
    supervisor.use_server(server)
    try:
        return main()
    finally:
        supervisor.close_server()


if __name__ == "__main__":
    sys.exit(run())
