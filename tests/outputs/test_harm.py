"""No word that a student prints, names or returns is more than a word, in any output and for its own reader.

Every text of a report is the same nasty one (tests/outputs/nasty.py); what is asked is always whether the
output has the shape that it has of harmless words, as its reader sees it: Python's XML and HTML parsers,
markdown-it with GitHub's extensions, runner.py. Readers that have to be got first are in test_consumers.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from manychefs.cli.ci import _log
from manychefs.outputs import github
from manychefs.outputs.html.student import student_page
from manychefs.outputs.interleavings.mermaid import mermaid
from manychefs.outputs.junit import class_junit, junit
from manychefs.report import Actor, Interleaving, Refused, Report, Step, Verdict, Waiting
from tests.outputs.html.conftest import Elements
from tests.outputs.nasty import PIECES, sentences
from tests.outputs.runner import carried_out
from tests.outputs.test_ci_formats import check, mixed
from tests.outputs.test_interleaving_mermaid import SHAPES

NASTY = sentences(60)
HARMLESS = "It broke."
ATTACHMENT = re.compile(r"\[\[ATTACHMENT\|.+?\]\]")
"""What GitLab (lib/gitlab/ci/parsers/test/junit.rb) and Jenkins' junit-attachments take for the path of a
file to be shown beside a test."""


def order(words: str) -> Interleaving:
    """A deadlock of two actors, in which every text is `words`."""
    return Interleaving(
        file=words,
        actors=[Actor(name="p1", runs=words), Actor(name=f"{words} 2", runs=words)],
        steps=[
            Step(actor="p1", action=words, target=words, source=words, line=1, decisive=True),
            Step(actor=f"{words} 2", action=words, target=words, source=words, line=2),
        ],
        finding="deadlock",
        ending=words,
        allowed=[words],
        waiting=[Waiting(actor="p1", waits_for=words, source=words, line=1, held_by=f"{words} 2")],
    )


def graded(words: str) -> Report:
    """A report with each verdict and a drawn order, with `words` for every text that may be a student's."""
    made = mixed(words)
    made.checks.append(check(Verdict.FAILED, words=words, evidence=order(words)))
    for each in made.checks:
        each.title = "It holds"  # the grader's own docstring
    made.submission = f"{words}/tally.py"
    return made


def each(look: Callable[[str], object]) -> Iterator[str]:
    """The words of which `look` says something else than of harmless ones."""
    usual = look(HARMLESS)
    return (words for words in NASTY if look(words) != usual)


def test_the_words_are_what_they_are_said_to_be() -> None:
    """Put as they are, they are commands, HTML, links, attachments and no XML."""
    everything = "\n".join(PIECES)
    assert {"error", "set-output", "add-mask"} <= {
        each.name for piece in PIECES if "stop" not in piece for each in carried_out(piece)
    }
    kinds = {token.type for piece in PIECES for token in tokens(piece)}
    assert {"html_block", "html_inline", "heading_open", "fence", "hr", "link_open", "image"} <= kinds
    assert ATTACHMENT.search(everything)
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(f"<a>{everything}</a>")


# -- workflow commands ------------------------------------------------------------------------


def test_none_is_a_workflow_command_in_an_annotation(tmp_path: Path) -> None:
    def look(words: str) -> object:
        text = github.workflow_commands([graded(words)], tmp_path)
        return [(found.name, found.properties.keys()) for found in carried_out(text)], text.count("\n")

    assert list(each(look)) == []


def test_none_is_a_workflow_command_in_the_log_even_where_nobody_stops_them() -> None:
    """As in a step of an instructor's own that calls `chefs check`."""

    def look(words: str) -> object:
        log = _log([graded(words)])
        return carried_out(log), re.search(r"##\w*\[", log)

    assert look(HARMLESS) == ([], None)
    assert list(each(look)) == []


def test_none_lets_commands_go_on_while_they_are_stopped() -> None:
    assert list(each(lambda words: carried_out(github.without_commands(words)))) == []


# -- Markdown, Mermaid ------------------------------------------------------------------------


def tokens(markdown: str) -> Iterator[Token]:
    """What GitHub's Markdown (tables, bare links, strike-through, HTML) makes of a text."""
    for token in MarkdownIt("gfm-like", {"html": True}).parse(markdown):
        yield token
        yield from token.children or ()


def test_none_is_markdown_or_html_in_the_summary() -> None:
    def look(words: str) -> object:
        text = github.summary([graded(words)])
        return [(token.type, token.tag, token.info, token.attrs) for token in tokens(text)]

    usual = {kind for kind, *_ in look(HARMLESS)}  # type: ignore[attr-defined]
    assert not usual & {"html_block", "html_inline", "link_open", "image", "code_inline", "hr"}
    assert list(each(look)) == []


def test_none_is_a_directive_of_mermaid() -> None:
    for words in NASTY:
        first, *lines = mermaid(order(words)).splitlines()
        assert first == "sequenceDiagram"
        assert [line for line in lines if not SHAPES.fullmatch(line[4:])] == [], repr(words)


# -- XML, HTML --------------------------------------------------------------------------------


def test_none_is_an_xml_error_an_element_or_an_attachment() -> None:
    def look(words: str) -> object:
        rows = {words: {"01_one": graded(words), "02_two": Refused(reason=words), "03_three": None}}
        found = []
        for text in (junit([graded(words)]), "".join(class_junit(rows))):
            root = ElementTree.fromstring(text.encode())
            found.append([(each.tag, sorted(each.attrib)) for each in root.iter()])
            told = [*root.itertext(), *(value for each in root.iter() for value in each.attrib.values())]
            found.append(any(ATTACHMENT.search(words) for words in told))
        return found

    assert list(each(look)) == []


def test_none_is_html_in_a_page() -> None:
    def look(words: str) -> object:
        page = Elements(student_page([graded(words)], course=words, student=words))
        return page.tags, page.attributes, page.scripts, page.addresses

    assert list(each(look)) == []
