"""`report.html`: a page about a reconstruction, in English and Chinese, with pictures and figures."""

import base64
import html
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets import asset_path
from core.atomic_write import write_bytes
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.message_catalogue import ENGLISH, read_catalogue
from core.progress import SILENT, Progress
from reconstruction.photograph import Photograph
from reconstruction.photograph_source import PhotographSource
from reconstruction.report_pictures import SIZE, picture_rows, thumbnail
from reconstruction.stage import Stage
from reconstruction.stage_results import Reconstruction
from reconstruction.world_frame import ScaleSource

_MOST_THUMBNAILS = 400
_JPEG_QUALITY = 82
STAGE_TITLES = {
    Stage.CAMERAS: QT_TRANSLATE_NOOP("Message", "Cameras"),
    Stage.DENSE: QT_TRANSLATE_NOOP("Message", "Dense points"),
    Stage.MESH: QT_TRANSLATE_NOOP("Message", "Mesh"),
    Stage.TEXTURE: QT_TRANSLATE_NOOP("Message", "Texture"),
}
_ROW_TITLES = {
    "sparse": QT_TRANSLATE_NOOP("Message", "Cameras and sparse points"),
    "dense": QT_TRANSLATE_NOOP("Message", "Dense points"),
    "mesh": QT_TRANSLATE_NOOP("Message", "Mesh, without its colours"),
    "texture": QT_TRANSLATE_NOOP("Message", "Textured mesh"),
}


def write_report_page(
    path: Path,
    source: PhotographSource,
    made: Reconstruction,
    facts: Mapping[str, Any],
    *,
    progress: Progress = SILENT,
) -> None:
    """Write the page; nothing outside of it is needed to show it.

    Parameters
    ----------
    facts : mapping
        What `report.json` holds.

    Raises
    ------
    SenseError
        When it cannot be written.
    Cancelled
        When the progress was cancelled.
    """
    title = QT_TRANSLATE_NOOP("Message", "Reconstruction from photographs")
    parts = [
        f"<h1>{_text(title)}</h1>",
        _summary(made, facts),
        _pictures(made, progress),
        _heading(message(QT_TRANSLATE_NOOP("Message", "Stages"))),
        _stages(made, facts),
        _ground(made),
        _left_out(source, made),
        _heading(message(QT_TRANSLATE_NOOP("Message", "Photographs"))),
        _photographs(source.photographs, made, progress),
        f"<p class=note>{_both(message(_MADE_BY, version=facts['provenance']['version']))}</p>",
    ]
    style, script = (_asset(name) for name in ("report.css", "report.js"))
    page = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>Reconstruction</title><style>{style}</style></head>\n'
        f'<body><p class="languages"><button data-show="en">English</button> '
        f'<button data-show="zh">中文</button></p>\n{"".join(parts)}<script>{script}</script></body></html>\n'
    )
    write_bytes(path, page.encode())


_MADE_BY = QT_TRANSLATE_NOOP("Message", "Made by Sense Workstation {version}.")


def _asset(name: str) -> str:
    return asset_path("photogrammetry", name).read_text("utf-8")


def _both(text: Message) -> str:
    """Give a text in both languages; the page shows one of them."""
    chinese = read_catalogue(asset_path("translations", "sense_zh_CN.ts"))
    first, second = html.escape(ENGLISH(text)), html.escape(chinese(text))
    if first == second:
        return first
    return f'<span lang="en">{first}</span><span lang="zh">{second}</span>'


def _text(text: str) -> str:
    return _both(message(text))


def _heading(text: Message) -> str:
    return f"<h2>{_both(text)}</h2>\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{_text(one)}</th>" for one in header)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>\n"


def _summary(made: Reconstruction, facts: Mapping[str, Any]) -> str:
    world = made.placed.world
    known = world.scale is not ScaleSource.NONE
    unit = QT_TRANSLATE_NOOP("Message", "metres") if known else QT_TRANSLATE_NOOP("Message", "unknown")
    rows = [
        (
            QT_TRANSLATE_NOOP("Message", "Photographs placed"),
            f"{facts['registered']} / {facts['photographs']}",
        ),
        (QT_TRANSLATE_NOOP("Message", "Reprojection error"), f"{facts['reprojection_error_px']:.2f} px"),
        (QT_TRANSLATE_NOOP("Message", "Sparse points"), f"{facts['points']:,}"),
        (QT_TRANSLATE_NOOP("Message", "Scale"), _text(world.scale.value)),
        (QT_TRANSLATE_NOOP("Message", "Unit"), _text(unit)),
    ]
    fit = world.ground or world.distances
    if fit is not None:
        text = QT_TRANSLATE_NOOP("Message", "known to {share}")
        uncertain = message(text, share=f"{fit.scale_sigma:.2%}")
        rows[3] = (rows[3][0], f"{rows[3][1]}, {_both(uncertain)}")
    residuals = facts.get("gps_residual_m")
    if residuals:
        text = QT_TRANSLATE_NOOP("Message", "median {median:.1f} m, largest {largest:.1f} m")
        rows.append((QT_TRANSLATE_NOOP("Message", "Distance from GPS"), _both(message(text, **residuals))))
    if made.points is not None:
        rows.append((QT_TRANSLATE_NOOP("Message", "Dense points"), f"{len(made.points.positions):,}"))
        share = float(np.mean(list(made.coverage.values()) or [0.0]))
        rows.append((QT_TRANSLATE_NOOP("Message", "Pixels with a confirmed distance"), f"{share:.0%}"))
    if made.planes_share:
        text = QT_TRANSLATE_NOOP("Message", "Of these, on planes where surfaces have no texture")
        rows.append((text, f"{made.planes_share:.1%}"))
    if made.mesh is not None:
        rows.append((QT_TRANSLATE_NOOP("Message", "Triangles"), f"{len(made.mesh.triangles):,}"))
    if made.filled_share is not None:
        text = QT_TRANSLATE_NOOP("Message", "Faces that no photograph shows, coloured from around them")
        rows.append((text, f"{made.filled_share:.1%}"))
    listed = "".join(f"<div><dt>{_text(name)}</dt><dd>{value}</dd></div>" for name, value in rows)
    lacking = "" if made.no_surface is None else f"<p class=warning>{_both(made.no_surface)}</p>"
    return f"<dl>{listed}</dl>\n{lacking}"


def _pictures(made: Reconstruction, progress: Progress) -> str:
    parts: list[str] = []
    for row in picture_rows(made, progress):
        images = "".join(_image(picture, SIZE[0]) for picture in row.pictures)
        parts.append(f"{_heading(message(_ROW_TITLES[row.name]))}<div class=row>{images}</div>\n")
    return "".join(parts)


def _image(picture: NDArray[np.uint8], width: int) -> str:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=_JPEG_QUALITY)
    encoded = base64.b64encode(file.getvalue()).decode()
    return f'<img width="{width}" alt="" src="data:image/jpeg;base64,{encoded}">'


def _stages(made: Reconstruction, facts: Mapping[str, Any]) -> str:
    header = (
        QT_TRANSLATE_NOOP("Message", "Stage"),
        QT_TRANSLATE_NOOP("Message", "Time"),
        QT_TRANSLATE_NOOP("Message", "Processor time"),
        QT_TRANSLATE_NOOP("Message", "Peak memory"),
        QT_TRANSLATE_NOOP("Message", "When"),
    )
    seconds = sum(record.cost.seconds for record in made.records.values())
    earlier, now = (
        QT_TRANSLATE_NOOP("Message", "in an earlier run"),
        QT_TRANSLATE_NOOP("Message", "in this run"),
    )
    rows = [
        (
            _text(STAGE_TITLES[stage]),
            f"{record.cost.seconds:.1f} s",
            f"{record.cost.cpu_seconds:.1f} s",
            f"{record.cost.peak_memory_bytes / 2**30:.2f} GiB",
            _text(earlier if record.resumed else now),
        )
        for stage, record in made.records.items()
    ]
    low, high = facts["estimate"]["seconds"]
    text = QT_TRANSLATE_NOOP(
        "Message", "{seconds:.0f} s in all; {low:.0f} to {high:.0f} s were guessed for an idle machine."
    )
    told = _both(message(text, seconds=seconds, low=low, high=high))
    return f"{_table(header, rows)}<p>{told}</p>\n"


def _ground(made: Reconstruction) -> str:
    """Tell how well ground control points agree."""
    ground = made.placed.world.ground
    if ground is None:
        return ""
    header = (
        QT_TRANSLATE_NOOP("Message", "Ground control point"),
        QT_TRANSLATE_NOOP("Message", "In the photographs"),
        QT_TRANSLATE_NOOP("Message", "In the world"),
        QT_TRANSLATE_NOOP("Message", "Photographs"),
    )
    rows = [
        (
            html.escape(one.name),
            f"{one.pixels:.1f} px",
            "–" if one.metres is None else f"{one.metres:.3f} m",
            html.escape(", ".join(one.photographs)),
        )
        for one in ground.residuals
    ]
    return _heading(message(QT_TRANSLATE_NOOP("Message", "Ground control"))) + _table(header, rows)


def _left_out(source: PhotographSource, made: Reconstruction) -> str:
    """Tell which photographs are not in it, why, and what to do."""
    structure = made.placed.structure
    rows = [
        (html.escape(one.photograph.name), _both(one.reason), _both(one.hint))
        for one in structure.unregistered
    ]
    rows += [
        (html.escape(one.path.name), _both(one.reason), "") for one in (*source.rejected, *structure.rejected)
    ]
    if not rows:
        return ""
    header = (
        QT_TRANSLATE_NOOP("Message", "Photograph"),
        QT_TRANSLATE_NOOP("Message", "Why it is left out"),
        QT_TRANSLATE_NOOP("Message", "What to do"),
    )
    return _heading(message(QT_TRANSLATE_NOOP("Message", "Left out"))) + _table(header, rows)


def _photographs(photographs: Sequence[Photograph], made: Reconstruction, progress: Progress) -> str:
    world = made.placed.world
    points, errors = _seen(made)
    remarks: dict[str, list[str]] = {}
    for one in made.placed.structure.judgements:
        remarks.setdefault(one.name, []).append(_both(one.remark))
    rows: list[Sequence[str]] = []
    for number, one in enumerate(photographs):
        progress.check()
        coverage = made.coverage.get(one.name)
        rows.append(
            (
                _small(one) if number < _MOST_THUMBNAILS else "",
                html.escape(one.name),
                f"{points[one.name]:,}" if one.name in points else "–",
                f"{errors[one.name]:.2f} px" if one.name in points else "–",
                "–" if coverage is None else f"{coverage:.0%}",
                f"{world.residuals_m[one.name]:.1f} m" if one.name in world.residuals_m else "–",
                "<br>".join(remarks.get(one.name, [])),
            )
        )
    header = (
        "",
        QT_TRANSLATE_NOOP("Message", "Photograph"),
        QT_TRANSLATE_NOOP("Message", "Points seen"),
        QT_TRANSLATE_NOOP("Message", "Reprojection error"),
        QT_TRANSLATE_NOOP("Message", "Pixels with a confirmed distance"),
        QT_TRANSLATE_NOOP("Message", "Distance from GPS"),
        QT_TRANSLATE_NOOP("Message", "Remarks"),
    )
    return _table(header, rows)


def _small(one: Photograph) -> str:
    """Show a photograph; nothing of one that is damaged, which does not cost the others their report."""
    try:
        return _image(thumbnail(one), 120)
    except BadInput:
        return ""


def _seen(made: Reconstruction) -> tuple[dict[str, int], dict[str, float]]:
    """Give for each placed photograph how many points it sees, and their mean error."""
    model = made.placed.world.model
    views = np.concatenate([*model.tracks, np.zeros(0, np.int32)]).astype(np.int64)
    error = np.repeat(model.errors_px, [len(track) for track in model.tracks])
    count = np.bincount(views, minlength=len(model.names))
    total = np.bincount(views, error, minlength=len(model.names))
    mean = total / np.maximum(count, 1)
    return (
        {name: int(one) for name, one in zip(model.names, count, strict=True)},
        {name: float(one) for name, one in zip(model.names, mean, strict=True)},
    )
