"""Makes docs/failing-check.svg from a real grading: `python docs/make_pictures.py`."""

import io
from pathlib import Path

from rich.console import Console

from manychefs.course import load_course
from manychefs.grading import supervisor
from manychefs.outputs import terminal

ROOT = Path(__file__).resolve().parent.parent
# Rich's own template loads a font from the network; the reader's monospace font will do.
SVG = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>A failing check of Many Chefs, in the terminal</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}"
  height="{terminal_height}" /></clipPath>{lines}</defs>
<rect fill="#292929" width="100%" height="100%" rx="8" />
<g transform="translate({terminal_x}, 12)" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""


def main() -> None:
    """Grade a wrong answer to 03 and keep what the terminal shows."""
    course = load_course(ROOT)
    exercise = course.find("03")
    wrong = ROOT / "graders" / exercise.name / "wrong" / "no_lock.py"
    report = supervisor.grade(course, exercise, wrong)
    report.submission = f"exercises/{exercise.name}/{exercise.filename}"  # where a student has it
    console = Console(
        record=True, width=92, markup=False, highlight=False, file=io.StringIO(), force_terminal=True
    )
    console.print("$ python3 chefs.py check 03")
    console.print(terminal.heading(exercise, report.submission))
    seen: set[str] = set()
    for check in report.checks:
        console.print(terminal.check(check, seen))
    console.print()
    console.print(terminal.ending(report, stub=False, fold=True))
    picture = console.export_svg(title="chefs check 03", code_format=SVG, unique_id="chefs")
    (ROOT / "docs" / "failing-check.svg").write_text(picture, "utf-8")


if __name__ == "__main__":
    main()
