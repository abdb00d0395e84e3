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


def measure_distance(context: Context, options: None) -> None:
    """Let clicks measure a distance."""
    context.workspace.pane.choose_tool("distance")


def measure_area(context: Context, options: None) -> None:
    """Let clicks measure an area."""
    context.workspace.pane.choose_tool("area")


def set_scale(context: Context, options: None) -> None:
    """Let clicks choose a known distance."""
    context.workspace.pane.choose_tool("scale")


def set_floor(context: Context, options: None) -> None:
    """Let clicks choose the floor."""
    context.workspace.pane.choose_tool("floor")


def crop(context: Context, options: None) -> None:
    """Show the crop box."""
    context.workspace.pane.choose_tool("crop")


def brush(context: Context, options: None) -> None:
    """Take the brush."""
    context.workspace.pane.choose_tool("brush")


def compare(context: Context, options: None) -> None:
    """Compare a photograph with the reconstruction, or end that."""
    context.workspace.pane.toggle_comparison()


def export(context: Context, options: None) -> None:
    """Ask where to write the mesh."""
    context.workspace.pane.ask_to_export()
