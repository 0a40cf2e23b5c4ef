"""Makes docs/view.svg from the real view on a real grading: `python docs/make_screenshots.py`."""

import asyncio
import re
import shutil
import tempfile
from pathlib import Path

from manychefs.course import load_course
from manychefs.grading import supervisor
from manychefs.outputs.progress import Progress, digests_of
from manychefs.watch.screen import View

ROOT = Path(__file__).resolve().parent.parent
SIZE = (112, 36)
WINGS = ("exercises", "solutions", "graders")


async def picture(course_root: Path) -> str:
    """The view of 03 with a wrong answer, once its checks have ended; 01 and 02 are passed."""
    course = load_course(course_root)
    progress = Progress(course)
    for name in ("01", "02"):
        exercise = course.find(name)
        shutil.copy(course.solution(exercise), course.stub(exercise))
        report = supervisor.grade(course, exercise, course.stub(exercise), methods=["fork"])
        progress.keep(exercise, report, digests_of(course, exercise))
    exercise = course.find("03")
    shutil.copy(course.grader(exercise).parent / "wrong" / "no_lock.py", course.stub(exercise))
    view = View(course, exercise)
    try:
        async with view.run_test(size=SIZE) as pilot:
            while view.report is None:
                await pilot.pause(0.1)
            await pilot.press("down", "down", "down")
            await pilot.pause(0.5)
            return view.export_screenshot(title="chefs")
    finally:
        view.close()


def main() -> None:
    """Work in a copy of the course, and keep what the screen shows."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "course.toml", folder)
        for wing in WINGS:
            shutil.copytree(ROOT / wing, Path(folder, wing))
        drawn = asyncio.run(picture(Path(folder)))
    # Textual's own template loads a font from the network; the reader's monospace font will do.
    drawn = re.sub(r"<!--.*?-->\s*", "", drawn)
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    drawn = drawn.replace(
        "Fira Code, monospace", 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace'
    )
    (ROOT / "docs" / "view.svg").write_text(drawn, "utf-8")


if __name__ == "__main__":
    main()
