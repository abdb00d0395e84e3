"""Opens derived objects to be read, each kind in its window."""

from PySide6.QtWidgets import QWidget

from core.services import Services
from imaging.plan_reading import read_plan
from imaging.report_reading import read_report
from viewers.derived_objects import DerivedObject
from viewers.plan_page import plan_page
from viewers.report_page import report_page
from viewers.ui.document_window import DocumentWindow
from viewers.ui.reading_window import PageWindow, opened_already


def open_report(services: Services, derived: DerivedObject, parent: QWidget) -> None:
    """Show a structured report as text."""
    if not opened_already(derived, parent):
        PageWindow(services, derived, parent, read=read_report, write=report_page).show()


def open_plan(services: Services, derived: DerivedObject, parent: QWidget) -> None:
    """Show a treatment plan as tables."""
    if not opened_already(derived, parent):
        PageWindow(services, derived, parent, read=read_plan, write=plan_page).show()


def open_document(services: Services, derived: DerivedObject, parent: QWidget) -> None:
    """Show the pages of an encapsulated PDF."""
    if not opened_already(derived, parent):
        DocumentWindow(services, derived, parent).show()
