"""Where outputs are written to: manychefs.files, which the floors below need as well."""

from manychefs.files import (
    prepare,
    read_report,
    report_path,
    unwritable,
    write,
    write_parts,
    write_report,
)

__all__ = ["prepare", "read_report", "report_path", "unwritable", "write", "write_parts", "write_report"]
