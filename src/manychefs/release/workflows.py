"""The CI files of a student's repository: written from here, so that they fit the kit that they call."""

from __future__ import annotations

from pathlib import Path

from manychefs import files

# Actions are pinned to the commit of a release: a tag can be moved, a commit cannot.
CHECKOUT = "actions/checkout@08eba0b27e820071cde6df949e0beb9ba4906955"  # v4.3.0
SETUP_PYTHON = "actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065"  # v5.6.0
CACHE = "actions/cache@0057852bfaa89a56745cba8c7296529d2fc39830"  # v4.3.0

GITHUB = f"""\
# Grades every push. A pull request from a fork runs with a read-only token and without secrets,
# because `pull_request` and not `pull_request_target` starts it.
name: grade
on:
  push:
  pull_request:
permissions:
  contents: read
concurrency:
  group: ${{{{ github.workflow }}}}-${{{{ github.ref }}}}
  cancel-in-progress: true
jobs:
  grade:
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    strategy:
      fail-fast: false
      matrix:
        python: ["3.13"]
    steps:
      - uses: {CHECKOUT} # v4.3.0
        with:
          persist-credentials: false
      - uses: {SETUP_PYTHON} # v5.6.0
        with:
          python-version: ${{{{ matrix.python }}}}
      - uses: {CACHE} # v4.3.0
        with:
          path: .venv
          key: ${{{{ runner.os }}}}-${{{{ matrix.python }}}}-${{{{ hashFiles('*.whl', 'requirements/*') }}}}
      - run: python3 chefs.py ci
"""

GITLAB = """\
# Grades every push; the merge request's page shows the checks.
grade:
  image: python:3.13-slim
  timeout: 20 minutes
  cache:
    key:
      files: [requirements/core.txt]
    paths: [.venv/]
  script:
    - python3 chefs.py ci
  artifacts:
    when: always
    reports:
      junit: manychefs-junit.xml
"""

FILES = {".github/workflows/grade.yml": GITHUB, ".gitlab-ci.yml": GITLAB}


def write_workflows(folder: Path) -> list[Path]:
    """Write the CI files into a student's repository; returns where they are.

    Raises:
        OutputError: if they cannot be written; what stood there still does.
    """
    for name, text in FILES.items():
        files.write(folder / name, text.encode(), "another folder")
    return [folder / name for name in FILES]
