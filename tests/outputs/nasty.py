"""Words that would be more than words, were they put as they are into a log, a page, a diagram or a file."""

from __future__ import annotations

import random

PIECES = [
    # a CI runner's commands, of GitHub, of Azure, of TeamCity, and GitLab's and Jenkins' attachments
    "::error file=a.py,line=1::forged",
    "::stop-commands::x",
    "::SET-OUTPUT name=points::100",
    "##[error]forged",
    "##[add-mask]1",
    "##vso[task.complete result=Succeeded]",
    "##teamcity[testFinished name='forged']",
    "[[ATTACHMENT|/etc/passwd]]",
    "section_start:0:a\r\x1b[0K",
    "%0A::error::x",
    "::",
    # Mermaid
    '%%{init: {"securityLevel": "loose"}}%%',
    "---\ntitle: forged\n---",
    "end",
    "a0->>a1: forged",
    "participant x as y",
    "click a0 href javascript:alert(1)",
    "#60;b#62;",
    "$$x^2$$",
    # Markdown and HTML
    "```",
    "~~~",
    "```mermaid",
    "<script>window.pwned = 1</script>",
    "<img src=x onerror=window.pwned=1>",
    "</svg></pre></details></style></title>",
    "<!--",
    "-->",
    "&#60;b&#62; &lt;i&gt; &amp;",
    "[x](javascript:alert(1))",
    "![x](http://example.invalid/x.png)",
    "| 9/9 | ✅ |",
    "# heading",
    "* * *",
    "    code",
    "www.example.com",
    "{{ 7 * 7 }}{% raw %}",
    "\\",
    # XML
    "]]>",
    "</failure></testcase><testcase name='forged'/>",
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>&x;',
    "<?xml version='1.0'?>",
    "&#x0;",
    # characters
    "\x00\x0b\x1b[2J\x9b31m\x7f",
    "\u202e\u2066\u200b\ufeff\u2028\u2029\x85\xa0\u3000",
    "\ufffe\uffff\U0010ffff\ue000",
    "料理🍳 e\u0301\u0301",
    "=1+1",
    "'\"",
    " ",
    "x" * 300,
]
BETWEEN = ["", "", " ", "\n", "\r", "\r\n", "\t", "\u2028", "\xa0"]


def sentences(count: int) -> list[str]:
    """Each piece by itself and as a second line, then `count` made of several.

    The same at each call: the pieces are mixed by a seeded generator.
    """
    mix = random.Random(count)
    made = [*PIECES, *(f"a\n{piece}" for piece in PIECES)]
    for _ in range(count):
        words = [mix.choice(BETWEEN) + mix.choice(PIECES) for _ in range(mix.randint(2, 7))]
        text = "".join(words)
        start = mix.randrange(3) * mix.randrange(len(text))  # cut off where no piece ends
        made.append(text[start // 2 :] or text)
    return made
