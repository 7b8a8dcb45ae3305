"""The quarterly report on safety: one table, for the page, the file and the command."""

from kiosk_server.safety.file import FORMS, ReportFile, report_file
from kiosk_server.safety.quarter import Quarter, QuarterWrong
from kiosk_server.safety.report import headings, report_rows

__all__ = ["FORMS", "Quarter", "QuarterWrong", "ReportFile", "headings", "report_file", "report_rows"]
