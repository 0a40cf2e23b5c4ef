"""`python -m manychefs` and `chefs`: the command in a process of its own."""

import sys

GRADING = ("check", "ci", "grade", "validate", "watch")  # commands that start graders


def _grades(words: list[str]) -> bool:
    """Whether these words start graders. No command at all opens the view, where there is a terminal."""
    if not words or (words[0] == "--course" and len(words) == 2):
        return sys.stdout.isatty()
    return any(word in GRADING for word in words[:3])


def run() -> int:
    """Run `chefs`; this process starts nothing but graders, so whatever escapes from one is its own."""
    server = None
    if sys.platform == "linux" and _grades(sys.argv[1:]):
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
