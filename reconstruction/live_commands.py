"""The commands of the Live page."""

from core.context import Context


def start_camera(context: Context, options: None) -> None:
    """Follow a camera of this machine."""
    context.workspace.start_camera()


def open_film(context: Context, options: None) -> None:
    """Ask for a film."""
    context.workspace.ask_for_film()


def open_recording(context: Context, options: None) -> None:
    """Ask for the folder of a recording."""
    context.workspace.ask_for_folder()


def open_map(context: Context, options: None) -> None:
    """Ask for a map in which the camera is looked for."""
    context.workspace.ask_for_map()


def close_map(context: Context, options: None) -> None:
    """Look for the camera in no map any more."""
    context.workspace.opened.close_map()


def stop(context: Context, options: None) -> None:
    """Follow it no longer."""
    context.workspace.stop()


def save(context: Context, options: None) -> None:
    """Ask where to write the map."""
    context.workspace.ask_to_save()
