"""Each format before its own consumer, or before a schema where none can be had here.

JUnit goes to xmllint with the schema in schemas/, Mermaid to the real package in Chromium (what GitHub draws
a diagram with), Gradescope's and Classroom 50's documents to the types of shapes.py. GitHub's runner is
played by runner.py, which test_harm.py asks; its workflows are looked at in tests/release/test_workflows.py.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from manychefs.outputs.classroom50 import classroom50
from manychefs.outputs.gradescope import gradescope
from manychefs.outputs.interleavings.mermaid import mermaid
from manychefs.outputs.junit import class_junit, junit
from manychefs.report import Interleaving, Refused, Report, Verdict
from tests.outputs.browsers import from_npm, opened
from tests.outputs.shapes import LARGEST_RESULT, Classroom50Result, GradescopeResults
from tests.outputs.test_ci_formats import check, mixed, report
from tests.outputs.test_harm import HARMLESS, NASTY, graded, order

SCHEMA = Path(__file__).parent / "schemas" / "junit.xsd"
MERMAID = "mermaid@11.9.0"
MERMAID_SHA512 = "YdPXn9slEwO0omQfQIsW6vS84weVQftIyyTGAZCwM//MGhPzL1+l6vO6bkf0wnP4tHigH1alZ5Ooy3HXI2gOag=="
SURROUNDINGS = {
    "CLASSROOM": "chefs",
    "ASSIGNMENT": "03",
    "SUBMISSION_TAG": "submit/2026-01-02T03-04-05Z-abcdef0",
    "COMMIT_URL": "https://example.invalid/commit/abcdef0",
    "RELEASE_URL": "https://example.invalid/releases/tag/submit",
}

# -- JUnit: xmllint ---------------------------------------------------------------------------


def refused(folder: Path, documents: list[str]) -> str:
    """What xmllint says of the documents that do not fit the schema; empty if all of them do."""
    if shutil.which("xmllint") is None:
        pytest.skip("this machine has no xmllint")
    paths = [folder / f"{number}.xml" for number, _ in enumerate(documents)]
    for path, text in zip(paths, documents, strict=True):
        path.write_bytes(text.encode())
    done = subprocess.run(
        ["xmllint", "--noout", "--nonet", "--schema", SCHEMA, *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    fitting = {f"{path} validates" for path in paths}
    lines = [line for line in done.stderr.splitlines() if line not in fitting]
    assert bool(lines) == (done.returncode != 0)
    return "\n".join(lines)


def test_junit_fits_its_schema_whatever_a_student_writes(tmp_path: Path) -> None:
    documents = [junit([graded(words), report()]) for words in (HARMLESS, *NASTY)]
    assert refused(tmp_path, documents) == ""


def test_junit_of_a_class_fits_it_too(tmp_path: Path) -> None:
    rows = {
        words: {"01_one": graded(words), "02_two": Refused(reason=words), "03_three": None}
        for words in (HARMLESS, *NASTY)
    }
    assert refused(tmp_path, ["".join(class_junit(rows)), junit([])]) == ""


@pytest.mark.parametrize(
    ("usual", "broken"),
    [
        ('time="1.500"', 'time="long"'),
        ('errors="1"', ""),
        ("<skipped ", "<failure/><skipped "),
        ("It broke.", "It \x1b broke."),
        ("It broke.", "It </failure> broke."),
    ],
)
def test_the_schema_refuses_what_readers_would_stumble_over(tmp_path: Path, usual: str, broken: str) -> None:
    text = junit([mixed()])
    assert usual in text
    assert "0.xml" in refused(tmp_path, [text.replace(usual, broken)])


# -- Gradescope, Classroom 50: types ----------------------------------------------------------


def partly() -> Report:
    return report(check(Verdict.FAILED, points=2.5, earned=0.4), check(points=0.5))


@pytest.mark.parametrize("reports", [[], [report()], [mixed(), partly()]], ids=["none", "empty", "two"])
def test_what_gradescope_and_classroom_50_get_fits(reports: list[Report]) -> None:
    msgspec.json.decode(gradescope(reports), type=GradescopeResults)
    result = msgspec.json.decode(classroom50(reports, SURROUNDINGS), type=Classroom50Result)
    assert (result.score, result.max_score) == (
        sum(each.score for each in result.tests),
        sum(each.max_score for each in result.tests),
    )


def test_it_fits_whatever_a_student_writes() -> None:
    reports = [graded(words) for words in NASTY]
    msgspec.json.decode(gradescope(reports), type=GradescopeResults)
    text = classroom50(reports, SURROUNDINGS)
    msgspec.json.decode(text, type=Classroom50Result)
    assert len(text.encode()) < LARGEST_RESULT


@pytest.mark.parametrize(
    ("key", "value"),
    [("score", 0.5), ("score", 99), ("datetime", "2026-01-02"), ("submission", "x"), ("more", 1)],
)
def test_the_types_refuse_what_classroom_50_would(key: str, value: object) -> None:
    body = json.loads(classroom50([mixed()], SURROUNDINGS)) | {key: value}
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(json.dumps(body), type=Classroom50Result)


# -- Mermaid: the package, in Chromium --------------------------------------------------------

DRAW = """async text => {
    const {svg} = await mermaid.render('diagram', text);
    const place = document.createElement('div');
    place.innerHTML = svg;
    document.body.replaceChildren(place);
    const words = what => [...place.querySelectorAll(what)].map(each => each.textContent);
    return {
        actors: words('text.actor'), notes: words('.noteText'), messages: words('.messageText'),
        title: words('svg > title'), description: words('svg > desc'),
        elements: [...new Set([...place.querySelectorAll('svg *')].map(each => each.localName))].sort(),
        links: place.querySelectorAll('a, [href]:not(use), [*|href]:not(use)').length,
        harmed: window.pwned ?? null, configuration: JSON.stringify(mermaid.mermaidAPI.getConfig()),
    };
}"""


@pytest.fixture(scope="module")
def draw() -> Iterator[Callable[[str], dict[str, Any]]]:
    """Draws a diagram as GitHub does (securityLevel strict, which is also the default); says what is seen."""
    source = from_npm(MERMAID, MERMAID_SHA512, "dist/mermaid.min.js")
    with opened() as browser:
        page = browser.new_page()
        page.set_content("<!doctype html><title>diagrams</title>")
        page.add_script_tag(content=source)
        page.evaluate("mermaid.initialize({startOnLoad: false, securityLevel: 'strict'})")
        yield lambda text: page.evaluate(DRAW, text)


def written(diagram: str) -> dict[str, list[str]]:
    """The texts of a diagram by what they are, as its own lines and codes say; each line by itself."""
    found: dict[str, list[str]] = {"actors": [], "notes": [], "messages": [], "title": [], "description": []}
    for line in diagram.splitlines():
        for kind, shape in (
            ("actors", r" +participant a\d+ as (.*)"),
            ("notes", r" +Note over [a\d,]+: (.*)"),
            ("messages", r" +a\d+\S+a\d+: (.*)"),
            ("title", r" +accTitle: (.*)"),
            ("description", r" +accDescr: (.*)"),
        ):
            if match := re.fullmatch(shape, line):
                parts = match[1].split("<br/>")
                found[kind] += [re.sub(r"#(\d+);", lambda code: chr(int(code[1])), part) for part in parts]
    return found


def words_of(drawn: dict[str, Any], kind: str) -> list[str]:
    return [" ".join(text.split()) for text in drawn[kind]]


def expected(diagram: str, kind: str) -> list[str]:
    return [" ".join(text.split()) for text in written(diagram)[kind]]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lost update", "abba", "pool", "long", "hostile"])
def test_mermaid_draws_each_word_that_is_written(
    draw: Callable[[str], dict[str, Any]], orders: dict[str, Interleaving], name: str
) -> None:
    diagram = mermaid(orders[name])
    drawn = draw(diagram)
    for kind in ("notes", "messages", "title", "description"):
        assert words_of(drawn, kind) == expected(diagram, kind)
    # An actor stands at the top and at the bottom.
    assert sorted(words_of(drawn, "actors")) == sorted(2 * expected(diagram, "actors"))


@pytest.mark.slow
def test_no_words_are_anything_else_to_mermaid(draw: Callable[[str], dict[str, Any]]) -> None:
    usual = draw(mermaid(order(HARMLESS)))
    for words in NASTY:
        diagram = mermaid(order(words))
        drawn = draw(diagram)
        for key in ("elements", "links", "harmed", "configuration"):
            assert drawn[key] == usual[key], f"{key}: {words!r}"
        for kind in ("notes", "messages", "title", "description"):
            assert words_of(drawn, kind) == expected(diagram, kind), repr(words)


@pytest.mark.slow
def test_mermaid_would_obey_words_that_are_put_as_they_are(draw: Callable[[str], dict[str, Any]]) -> None:
    """What the two tests above look at does change where words are not escaped."""
    usual = draw("sequenceDiagram\n    participant a0 as main\n    Note over a0: it broke")
    told = draw('%%{init: {"theme": "dark"}}%%\nsequenceDiagram\n    participant a0 as main\n')
    assert told["configuration"] != usual["configuration"]
    more = draw("sequenceDiagram\n    participant a0 as main\n    Note over a0: it; a0->>a0: broke")
    assert more["messages"] == ["broke"]
