"""What all pages share: the templates, and what stands in the head."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from manychefs.report import SHOWN_TEXT, Verdict, clean, number

if TYPE_CHECKING:
    import jinja2

SIGNS = {Verdict.PASSED: "✓", Verdict.FAILED: "✗", Verdict.INCONCLUSIVE: "?", Verdict.ERROR: "!"}
NOT_BEGUN = {"not begun": "·"}
LONGEST = 2 * SHOWN_TEXT  # characters of one value: what the kit itself lets through is shown whole


def rendered(template: str, **values: Any) -> str:
    """A page: `template` filled with `values`, each of which is shown as text and never as HTML."""
    style, script = _text("style.css"), _text("page.js")
    page = _environment().get_template(template)
    return page.render(style=_verbatim(style), script=_verbatim(script), policy=_policy(script), **values)


def drawing(svg: str) -> str:
    """A drawing of our own modules, which escape what is in it, to go into a page as it is."""
    return _verbatim(svg)


@cache
def _environment() -> jinja2.Environment:
    # Imported here: it takes a while, and most commands write no page.
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_text),
        autoescape=True,
        finalize=_harmless,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["number"] = number
    environment.globals["signs"] = {verdict.value: sign for verdict, sign in SIGNS.items()} | NOT_BEGUN
    return environment


def _harmless(value: Any) -> Any:
    """Control characters made visible, and length bounded, in every text that a template shows."""
    return clean(value, LONGEST) if type(value) is str else value


def _verbatim(text: str) -> str:
    from markupsafe import Markup

    return Markup(text)


@cache
def _text(name: str) -> str:
    return (files(__package__) / "templates" / name).read_text("utf-8")


def _policy(script: str) -> str:
    """No address may be loaded from, and no script run but this one."""
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
