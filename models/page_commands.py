"""The menu commands of the Models page."""

from core.context import Context


def add_file(context: Context, _options: None) -> None:
    """Ask for a model and add it."""
    context.workspace.ask_for_file()


def add_address(context: Context, _options: None) -> None:
    """Ask for an address and add the model that lies there."""
    context.workspace.ask_for_address()


def show_updates(context: Context, _options: None) -> None:
    """Open the window of the model server."""
    context.workspace.show_updates()


def verify_all(context: Context, _options: None) -> None:
    """Verify every model."""
    context.workspace.work.verify(None)


def measure_speed(context: Context, _options: None) -> None:
    """Measure the speed of the chosen model."""
    context.workspace.bench_chosen()
