"""What rendering offers; data only, so that the command line starts fast."""

from core.command import Command, Contribution
from core.message import QT_TRANSLATE_NOOP

CONTRIBUTION = Contribution(
    commands=(
        Command(
            id="render.picture",
            title=QT_TRANSLATE_NOOP("Command", "Render a picture"),
            run="render.render_command:render_command",
            options="render.render_command:PictureOptions",
            subcommand="render",
            summary="Draw a volume, a mesh or a scene as a picture.",
            example="sense render head.nii.gz -o head.png --preset ct-bone --size 1024x768",
        ),
    )
)
