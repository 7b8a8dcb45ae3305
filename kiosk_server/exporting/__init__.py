"""Rows as files that people take away: CSV, Excel, PDF. Each is written bit by bit, in memory that does not grow with the rows.

`pdf_table` is not loaded from here: what draws no PDF loads nothing for it.
"""

from kiosk_server.exporting.csv_lines import CsvLines, NotInCp932
from kiosk_server.exporting.excel import ExcelSheet
from kiosk_server.exporting.table_writer import Cell, TableWriter

__all__ = ["Cell", "CsvLines", "ExcelSheet", "NotInCp932", "TableWriter"]
