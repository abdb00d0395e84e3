"""What reconstruction offers; data only, so that the command line starts fast."""

from core.command import Command, Contribution, Submenu, Workspace
from core.message import QT_TRANSLATE_NOOP
from reconstruction.file_kinds import MAPS, OF_A_MAP, OF_A_RESULT, OPENED

_PAGE = "reconstruction"
_MENU = "tools/reconstruction"
_LIVE = "live"
_LIVE_MENU = "tools/live"
_RESULT = "reconstruction-result"


def _command(name: str, title: str, enabled: str | None = None) -> Command:
    """Declare a command of the Reconstruction page; its function is in `reconstruction.page_commands`."""
    return Command(
        id=f"reconstruction.page-{name.replace('_', '-')}",
        title=title,
        run=f"reconstruction.page_commands:{name}",
        menu=_MENU,
        workspace=_PAGE,
        enabled_when=enabled,
    )


def _live_command(name: str, title: str, enabled: str | None = None) -> Command:
    """Declare a command of the Live page; its function is in `reconstruction.live_commands`."""
    return Command(
        id=f"reconstruction.live-{name.replace('_', '-')}",
        title=title,
        run=f"reconstruction.live_commands:{name}",
        menu=_LIVE_MENU,
        workspace=_LIVE,
        enabled_when=enabled,
    )


CONTRIBUTION = Contribution(
    workspaces=(
        Workspace(
            id=_PAGE,
            title=QT_TRANSLATE_NOOP("Command", "Reconstruct"),
            icon="reconstruction",
            factory="reconstruction.ui.reconstruction_page:ReconstructionPage",
            order=40,
            opens=OPENED,
            opens_folders_with=OF_A_RESULT,
        ),
        Workspace(
            id=_LIVE,
            title=QT_TRANSLATE_NOOP("Command", "Live"),
            icon="scene",
            factory="reconstruction.ui.live_page:LivePage",
            order=45,
            opens=MAPS,
            opens_folders_with=OF_A_MAP,
            opens_other_folders=True,
        ),
    ),
    submenus=(
        Submenu(_MENU, QT_TRANSLATE_NOOP("Command", "Reconstruction")),
        Submenu(_LIVE_MENU, QT_TRANSLATE_NOOP("Command", "Live tracking")),
    ),
    commands=(
        _command("open_folder", QT_TRANSLATE_NOOP("Command", "Reconstruct from a folder…")),
        _command("open_files", QT_TRANSLATE_NOOP("Command", "Reconstruct from photographs or a film…")),
        _command("start", QT_TRANSLATE_NOOP("Command", "Start or resume"), "reconstruction-ready"),
        _command("cancel", QT_TRANSLATE_NOOP("Command", "Cancel the run"), "reconstruction-running"),
        _command("measure_distance", QT_TRANSLATE_NOOP("Command", "Measure a distance"), _RESULT),
        _command("measure_area", QT_TRANSLATE_NOOP("Command", "Measure an area"), _RESULT),
        _command("set_scale", QT_TRANSLATE_NOOP("Command", "Set the scale by a known distance"), _RESULT),
        _command("set_floor", QT_TRANSLATE_NOOP("Command", "Set the floor"), _RESULT),
        _command("crop", QT_TRANSLATE_NOOP("Command", "Crop the reconstruction"), _RESULT),
        _command("brush", QT_TRANSLATE_NOOP("Command", "Brush away"), _RESULT),
        _command("compare", QT_TRANSLATE_NOOP("Command", "Compare with the photograph"), _RESULT),
        _command("export", QT_TRANSLATE_NOOP("Command", "Export the mesh…"), "reconstruction-mesh"),
        _live_command("start_camera", QT_TRANSLATE_NOOP("Command", "Start the camera")),
        _live_command("open_film", QT_TRANSLATE_NOOP("Command", "Follow the camera of a film…")),
        _live_command("open_recording", QT_TRANSLATE_NOOP("Command", "Follow the camera of a recording…")),
        _live_command("open_map", QT_TRANSLATE_NOOP("Command", "Open a map…")),
        _live_command("close_map", QT_TRANSLATE_NOOP("Command", "Close the map"), "live-opened-map"),
        _live_command("stop", QT_TRANSLATE_NOOP("Command", "Stop following the camera"), "live-running"),
        _live_command("save", QT_TRANSLATE_NOOP("Command", "Save the map…"), "live-map"),
        Command(
            id="reconstruction.reconstruct",
            title=QT_TRANSLATE_NOOP("Command", "Reconstruct from photographs"),
            run="reconstruction.reconstruct_command:reconstruct_command",
            options="reconstruction.reconstruct_options:ReconstructOptions",
            subcommand="reconstruct",
            summary="Find where photographs were taken, and the surface of what they show.",
            example="sense reconstruct photographs -o statue",
        ),
        Command(
            id="reconstruction.edit",
            title=QT_TRANSLATE_NOOP("Command", "Edit a reconstruction"),
            run="reconstruction.edit_command:edit_command",
            options="reconstruction.edit_command:EditOptions",
            subcommand="edit-reconstruction",
            summary="Scale a reconstruction by measured distances, lay it on its floor, and cut it.",
            example="sense edit-reconstruction statue --measured distances.json -o statue.glb",
        ),
        Command(
            id="reconstruction.evaluate",
            title=QT_TRANSLATE_NOOP("Command", "Compare trajectories…"),
            menu=_MENU,
            asks=True,
            run="reconstruction.slam.evaluate_command:evaluate_command",
            options="reconstruction.slam.evaluate_command:EvaluateOptions",
            subcommand="evaluate",
            summary="Tell how far an estimated trajectory is from the true one (ATE and RPE).",
            example="sense evaluate trajectory.txt groundtruth.txt --align similarity",
        ),
        Command(
            id="reconstruction.slam",
            title=QT_TRANSLATE_NOOP("Command", "Follow a moving camera"),
            run="reconstruction.slam.slam_command:slam_command",
            options="reconstruction.slam.slam_command:SlamOptions",
            subcommand="slam",
            summary="Find where a moving camera was in every frame, and map what it saw.",
            example="sense slam recording --sensor stereo -o way",
        ),
        Command(
            id="reconstruction.fuse",
            title=QT_TRANSLATE_NOOP("Command", "Fuse depth frames…"),
            menu=_MENU,
            asks=True,
            run="reconstruction.fusion.fuse_command:fuse_command",
            options="reconstruction.fusion.fuse_command:FuseOptions",
            subcommand="fuse",
            summary="Fuse frames of a depth camera into one coloured surface.",
            example="sense fuse room -o fused --poses given",
        ),
        Command(
            id="reconstruction.register",
            title=QT_TRANSLATE_NOOP("Command", "Register clouds of points…"),
            menu=_MENU,
            asks=True,
            run="reconstruction.clouds.register_command:register_command",
            options="reconstruction.clouds.register_command:RegisterOptions",
            subcommand="register",
            summary="Find how a cloud of points lies on another one.",
            example="sense register scan-2.ply scan-1.ply --coarse -o scan-2-on-1.ply",
        ),
        Command(
            id="reconstruction.calibrate",
            title=QT_TRANSLATE_NOOP("Command", "Calibrate a camera…"),
            menu=_MENU,
            asks=True,
            run="reconstruction.calibrate_command:calibrate_command",
            options="reconstruction.calibrate_command:CalibrateOptions",
            subcommand="calibrate",
            summary="Find focal length and distortion of a camera by pictures of the board of markers.",
            example="sense calibrate film.mp4 -o camera.json",
        ),
        Command(
            id="reconstruction.localize",
            title=QT_TRANSLATE_NOOP("Command", "Find pictures in a map…"),
            menu=_MENU,
            asks=True,
            run="reconstruction.slam.localize_command:localize_command",
            options="reconstruction.slam.localize_command:LocalizeOptions",
            subcommand="localize",
            summary="Find where pictures were taken in a map, and how surely.",
            example="sense localize room.smap pictures --json",
        ),
        Command(
            id="reconstruction.map-inspect",
            title=QT_TRANSLATE_NOOP("Command", "Inspect a map…"),
            menu=_MENU,
            asks=True,
            run="reconstruction.slam.map_commands:inspect_command",
            options="reconstruction.slam.map_options:InspectOptions",
            subcommand="map inspect",
            summary="Tell what is in a map: how much, how large, how exact, and where it came from.",
            example="sense map inspect room.smap",
        ),
        Command(
            id="reconstruction.map-merge",
            title=QT_TRANSLATE_NOOP("Command", "Merge maps"),
            run="reconstruction.slam.map_commands:merge_command",
            options="reconstruction.slam.map_options:MergeOptions",
            subcommand="map merge",
            summary="Put maps of places that meet together; the first one's frame stays.",
            example="sense map merge hall.smap kitchen.smap -o flat.smap",
        ),
        Command(
            id="reconstruction.map-cut",
            title=QT_TRANSLATE_NOOP("Command", "Cut a map"),
            run="reconstruction.slam.map_commands:cut_command",
            options="reconstruction.slam.map_options:CutOptions",
            subcommand="map cut",
            summary="Keep a part of a map: a box, a time, or all but some keyframes.",
            example="sense map cut flat.smap --box=-1,-2,-1,4,1,5 -o kitchen.smap",
        ),
        Command(
            id="reconstruction.map-georeference",
            title=QT_TRANSLATE_NOOP("Command", "Put a map on the Earth"),
            run="reconstruction.slam.map_commands:georeference_command",
            options="reconstruction.slam.map_options:GeoreferenceOptions",
            subcommand="map georeference",
            summary="Put a map on the Earth by positions of its keyframes or ground control points.",
            example="sense map georeference yard.smap --positions gps.csv -o yard-earth.smap",
        ),
        Command(
            id="reconstruction.board",
            title=QT_TRANSLATE_NOOP("Command", "Board of markers to print…"),
            menu=_MENU,
            asks=True,
            run="reconstruction.board_command:board_command",
            options="reconstruction.board_command:BoardOptions",
            subcommand="board",
            summary="Write a board of markers to print: laid beside what is photographed it gives the scale.",
            example="sense board -o board.pdf",
        ),
    ),
)
