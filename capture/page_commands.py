"""The commands of the Capture page."""

from core.context import Context


def start_camera(context: Context, options: None) -> None:
    """Capture from the chosen camera."""
    context.workspace.start_camera()


def open_film(context: Context, options: None) -> None:
    """Ask for a film or a picture and capture from it."""
    context.workspace.ask_for_file()


def open_folder(context: Context, options: None) -> None:
    """Ask for a folder of pictures and capture from them."""
    context.workspace.ask_for_folder()


def stop(context: Context, options: None) -> None:
    """End the capture."""
    context.workspace.stop()


def record(context: Context, options: None) -> None:
    """Ask where to record and begin anew, or end the recording."""
    context.workspace.toggle_recording()


def calibrate(context: Context, options: None) -> None:
    """Take the face at rest as no expression."""
    context.workspace.calibrate()


def show_models(context: Context, options: None) -> None:
    """Bring the Models page to the front."""
    context.window.stack.show_workspace("models")
