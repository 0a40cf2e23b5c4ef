"""Reports as web pages: one file each, that needs no network and no server.

    one student's Reports ──► student.student_page ──┐                        ┌─► templates/, filled by
                                                     ├─► pages.rendered ──────┤   jinja2 with autoescape
    a class's, one by one ──► classes.Gathered ──────┘                        └─► style and script, inlined
                                  └─► classes.class_page
    files.write_class: both, into the folder of a grading

Nothing that a student has printed, named or returned becomes HTML: every value that a template shows is made
harmless as it is for a terminal (`report.clean`) and then escaped; only the drawings of our own modules go in
as they are. Should that ever fail, a policy in the page's head still lets no script run but ours, and lets
the page load nothing.
"""
