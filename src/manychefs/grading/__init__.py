"""Grades one submission.

    supervisor ── starts ──► pytest with the plugin (the grader) ── calls ──► hosts (manychefs.sandbox)
        ▲                        │
        └──── journal: one line as each check starts and ends

A grader that dies leaves what it has journalled; the supervisor starts another one for the rest.
"""
