"""What medical imaging offers; data only, so that the command line starts fast."""

from core.command import Command, Contribution
from core.message import QT_TRANSLATE_NOOP
from imaging.pacs.contribution import PACS_COMMANDS

CONTRIBUTION = Contribution(
    commands=(
        Command(
            id="care.import",
            title=QT_TRANSLATE_NOOP("Command", "Import files"),
            run="imaging.import_command:import_command",
            options="imaging.import_command:ImportOptions",
            subcommand="import",
            summary="Index DICOM files, folders, archives (zip, tar) and DICOMDIRs.",
            example="sense import ~/Downloads/study.zip --json",
        ),
        Command(
            id="care.export",
            title=QT_TRANSLATE_NOOP("Command", "Export series"),
            run="imaging.export_command:export_command",
            options="imaging.export_command:ExportOptions",
            subcommand="export",
            summary="Write a series as NIfTI, NRRD, MetaImage, PNG pictures or a DICOM folder.",
            example="sense export 1.2.840.113619.2.55.3 -o head.nii.gz",
        ),
        Command(
            id="care.deidentify",
            title=QT_TRANSLATE_NOOP("Command", "De-identify files"),
            run="imaging.deidentify_command:deidentify_command",
            options="imaging.deidentify_command:DeidentifyOptions",
            subcommand="deidentify",
            summary="Write copies without what identifies the patient (DICOM PS3.15).",
            example="sense deidentify ~/study -o ~/shared --profile retain-dates --deface",
        ),
        Command(
            id="care.find-text",
            title=QT_TRANSLATE_NOOP("Command", "Find text in pictures"),
            run="imaging.deidentify_command:find_text_command",
            options="imaging.deidentify_command:FindTextOptions",
            subcommand="find-text",
            summary="Tell where pictures show text, by rules and by shape, for sense deidentify --blank.",
            example="sense find-text ~/study -o boxes.json",
        ),
        Command(
            id="care.series",
            title=QT_TRANSLATE_NOOP("Command", "Series details"),
            run="imaging.series_command:series_command",
            options="imaging.series_command:SeriesOptions",
            subcommand="series",
            summary="Describe a series of the library, and what was derived from it (SEG, SR, RT).",
            example="sense series 1.2.840.113619.2.55.3 --json",
        ),
        Command(
            id="care.convert",
            title=QT_TRANSLATE_NOOP("Command", "Convert segments…"),
            menu="tools/segments",
            asks=True,
            run="imaging.convert_command:convert_command",
            options="imaging.convert_command:ConvertOptions",
            subcommand="convert",
            summary="Turn SEG, RTSTRUCT, label maps and meshes into one another; geometry is kept.",
            example="sense convert liver.dcm liver.stl",
        ),
        Command(
            id="care.measure",
            title=QT_TRANSLATE_NOOP("Command", "Measure segments…"),
            menu="tools/segments",
            asks=True,
            run="imaging.measure_command:measure_command",
            options="imaging.measure_command:MeasureOptions",
            subcommand="measure",
            summary="Measure every label on an image: volume, place, values, long axis, surface.",
            example="sense measure 1.2.840.113619.2.55.3 liver.dcm --json",
        ),
        *PACS_COMMANDS,
    )
)
