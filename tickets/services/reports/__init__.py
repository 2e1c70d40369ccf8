"""Figures as files and as mails: tables, CSV and XLSX, and what is sent at set times."""

from tickets.services.reports.files import as_csv, as_file, as_xlsx
from tickets.services.reports.scheduling import reschedule, send_due
from tickets.services.reports.tables import Table, table_of_figures, table_of_parts, table_of_series

__all__ = [
    "Table",
    "as_csv",
    "as_file",
    "as_xlsx",
    "reschedule",
    "send_due",
    "table_of_figures",
    "table_of_parts",
    "table_of_series",
]
