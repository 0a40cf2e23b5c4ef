"""What Gradescope gets: an autograder as a zip, which grades by `chefs ci` in its container.

    zip ──unpacked──► /autograder/source/      setup.sh, once: the kit and its walls are installed
                      /autograder/submission/  what a student hands in
                            │
    run_autograder ──► chefs ci ──► /autograder/results/results.json

No solution and no known answer is in it: where the container has no walls to offer, a submission could
read them. The graders, hidden ones too, have to be. Late days are Gradescope's own affair.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from manychefs import files
from manychefs.course import MANIFEST, Course, Exercise
from manychefs.errors import ChefsError
from manychefs.release.student import ANSWERS, KIT, LAUNCHER, PINS
from manychefs.release.wheel import MADE, make_wheel, wheel_name

SETUP = """\
#!/usr/bin/env bash
# Run by Gradescope once, when the image is built: installs Python, the walls, and the kit.
set -eu
cd "$(dirname "$0")"
[ -d source ] && cd source
for tool in python3 bwrap; do
  if ! command -v "$tool" > /dev/null; then
    apt-get update
    apt-get install -y --no-install-recommends python3 python3-venv bubblewrap
    break
  fi
done
${{CHEFS:-python3 chefs.py}} doctor
"""

RUN = """\
#!/usr/bin/env bash
# Run by Gradescope for each submission: grades it and writes results/results.json.
set -u
root="${{MANYCHEFS_AUTOGRADER:-/autograder}}"
export MANYCHEFS_AUTOGRADER="$root"
mkdir -p "$root/results"
rm -f "$root/results/results.json"
cd "$root/source" || exit 1
said="$(${{CHEFS:-python3 chefs.py}} ci {names} 2>&1)"
code=$?
printf '%s\\n' "$said"
# 2: there is nothing that could be graded, and the student has to be told. What is not the student's fault
# (3) is told to nobody as a mark: Gradescope then says that the autograder failed.
if [ "$code" -eq 2 ] && [ ! -e "$root/results/results.json" ]; then
  SAID="$said" python3 -c 'import json, os
told = {{"score": 0, "output": os.environ["SAID"], "output_format": "text", "visibility": "visible"}}
print(json.dumps(told))
' > "$root/results/results.json"
  code=0
fi
exit "$code"
"""
EXECUTABLE = ("setup.sh", "run_autograder")


def autograder_files(course: Course, exercises: list[Exercise]) -> dict[str, bytes]:
    """Everything in the zip, by its path.

    Raises:
        ChefsError: if a file is missing.
    """
    names = " ".join(exercise.name for exercise in exercises)
    found = {
        "setup.sh": SETUP.format().encode(),
        "run_autograder": RUN.format(names=names).encode(),
        MANIFEST: course.manifest.read_bytes(),
        wheel_name(): make_wheel(),
        LAUNCHER: _of_the_kit(course, LAUNCHER),
        PINS: _of_the_kit(course, PINS),
    }
    for exercise in exercises:
        found[f"exercises/{exercise.name}/{exercise.filename}"] = course.stub(exercise).read_bytes()
        folder = course.grader(exercise).parent
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            if path.is_file() and parts[0] not in ANSWERS and "__pycache__" not in parts:
                found[f"graders/{exercise.name}/{'/'.join(parts)}"] = path.read_bytes()
    return found


def write_autograder(course: Course, exercises: list[Exercise], path: Path) -> dict[str, bytes]:
    """Write the zip; gives what is in it.

    Raises:
        ChefsError: if a file is missing.
        OutputError: if it cannot be written; what stood there still does.
    """
    found = autograder_files(course, exercises)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            member = zipfile.ZipInfo(name, MADE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = (0o100755 if name in EXECUTABLE else 0o100644) << 16
            archive.writestr(member, data)
    files.write(path, packed.getvalue(), "--gradescope FILE")
    return found


def _of_the_kit(course: Course, name: str) -> bytes:
    for folder in (course.root, KIT):
        if (folder / name).is_file():
            return (folder / name).read_bytes()
    raise ChefsError(
        f"{name} is missing, without which the autograder cannot be set up.",
        cause="The course lies in a folder of its own, and the kit was installed without its source.",
        evidence=[f"looked in {course.root} and {KIT}"],
        next_step=f"Copy {name} from the kit into the course's folder.",
    )
