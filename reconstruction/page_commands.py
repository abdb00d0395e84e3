"""The commands of the Reconstruction page."""

from core.context import Context


def open_folder(context: Context, options: None) -> None:
    """Ask for a folder of photographs, or of a reconstruction."""
    context.workspace.ask_for_folder()


def open_files(context: Context, options: None) -> None:
    """Ask for photographs or a film."""
    context.workspace.ask_for_files()


def start(context: Context, options: None) -> None:
    """Reconstruct, or go on."""
    context.workspace.start()


def cancel(context: Context, options: None) -> None:
    """End the run."""
    context.workspace.cancel()
