"""Reports as JUnit XML in pytest's shape, which GitLab, Jenkins and Azure read.

One test suite a report, one test case a check. A failed check is a `failure`, an error an `error`, an
inconclusive one is `skipped`. Points stand in properties, because the format has no place for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from manychefs.report import Check, ClassTable, Refused, Report, Verdict, clean, number

TAGS = {Verdict.FAILED: "failure", Verdict.ERROR: "error", Verdict.INCONCLUSIVE: "skipped"}
# XML 1.0, section 2.2: what no document may hold, not even as a number.
FORBIDDEN = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # compiled on first use: that takes 9 ms


def junit(reports: list[Report]) -> str:
    """The whole document, beginning with its XML declaration."""
    root = ElementTree.Element("testsuites", name="manychefs")
    root.extend(_suite(report) for report in reports)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def class_junit(rows: ClassTable) -> Iterator[str]:
    """The document for a class, in parts: a suite a report, which names the student as well.

    What was refused is an error of one case; what is missing has no suite.
    """
    yield '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="manychefs">\n'
    for student, entries in rows.items():
        for exercise, entry in entries.items():
            if entry is not None:
                yield ElementTree.tostring(_of_class(student, exercise, entry), encoding="unicode") + "\n"
    yield "</testsuites>\n"


def _of_class(student: str, exercise: str, entry: Report | Refused) -> ElementTree.Element:
    name = _legal(f"{student}.{exercise}")
    if isinstance(entry, Report):
        suite = _suite(entry)
        suite.set("name", name)
        for case in suite.iter("testcase"):
            case.set("classname", name)
        return suite
    suite = ElementTree.Element("testsuite", name=name, tests="1", failures="0", errors="1", skipped="0")
    case = ElementTree.SubElement(suite, "testcase", classname=name, name="handed in", time="0")
    ElementTree.SubElement(case, "error", message=_legal(entry.reason), type=entry.word)
    return suite


def _suite(report: Report) -> ElementTree.Element:
    verdicts = [check.verdict for check in report.checks]
    suite = ElementTree.Element(
        "testsuite",
        name=_legal(report.exercise),
        tests=str(len(verdicts)),
        failures=str(verdicts.count(Verdict.FAILED)),
        errors=str(verdicts.count(Verdict.ERROR)),
        skipped=str(verdicts.count(Verdict.INCONCLUSIVE)),
        time=f"{report.seconds:.3f}",
        timestamp=report.started,
        hostname="",
    )
    facts = {
        "points": number(report.score),
        "gradable": number(report.gradable),
        "max-points": number(report.points),
        "python": report.machine.python,
        "cores": str(report.machine.cores),
        "confinement": report.confinement,
        "engine": report.engine,
    }
    suite.append(_properties(facts))
    suite.extend(_case(report, check) for check in report.checks)
    return suite


def _case(report: Report, check: Check) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase",
        classname=_legal(report.exercise),
        name=_legal(check.title),
        time=f"{check.seconds:.3f}",
    )
    points = {"points": number(check.earned), "max-points": number(check.points), "kind": check.kind}
    case.append(_properties(points))
    if tag := TAGS.get(check.verdict):
        told = check.feedback
        element = ElementTree.SubElement(case, tag, message=_legal(told.happened if told else ""))
        if tag != "skipped":
            element.set("type", check.kind)
        element.text = _legal(told.text() if told else "")
    if check.printed:
        ElementTree.SubElement(case, "system-out").text = _legal(check.printed)
    return case


def _properties(facts: dict[str, str]) -> ElementTree.Element:
    properties = ElementTree.Element("properties")
    for name, value in facts.items():
        ElementTree.SubElement(properties, "property", name=name, value=_legal(value))
    return properties


def _legal(text: str) -> str:
    return re.sub(FORBIDDEN, "\ufffd", clean(text))
