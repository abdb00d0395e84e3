"""The report that people read."""

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets import asset_path
from core.message import QT_TRANSLATE_NOOP, message
from core.message_catalogue import ENGLISH, read_catalogue
from core.posed_camera import PosedCamera
from core.progress import SILENT
from core.textured_mesh import TexturedMesh
from reconstruction.colmap_work import Mapper
from reconstruction.dense_points import DensePoints
from reconstruction.photo_checks import Judgement
from reconstruction.photograph import Photograph, Rejected, read_photograph
from reconstruction.photograph_source import PhotographSource
from reconstruction.report_page import write_report_page
from reconstruction.report_pictures import SIZE, picture_rows
from reconstruction.result_folder import report
from reconstruction.sparse_model import SparseModel
from reconstruction.stage import Stage
from reconstruction.stage_cost import StageCost
from reconstruction.stage_options import StageOptions
from reconstruction.stage_results import Placed, Reconstruction, StageRecord
from reconstruction.structure import Structure, Unregistered
from reconstruction.world_frame import ScaleSource, World

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def photographs(tmp_path: Path) -> tuple[Photograph, ...]:
    rng = np.random.default_rng(0)
    for number in range(3):
        Image.fromarray(rng.integers(0, 255, (80, 120, 3), np.uint8)).save(tmp_path / f"{number} & <b>.png")
    return tuple(read_photograph(path) for path in sorted(tmp_path.glob("*.png")))


def made(photographs: tuple[Photograph, ...]) -> Reconstruction:
    """A square of four colours in front of two cameras; the third photograph is left out."""
    k = np.array([[100.0, 0, 60], [0, 100, 40], [0, 0, 1]])
    turned = np.diag([1.0, -1.0, -1.0])  # y up in the world, down in the picture
    cameras = {
        one.name: PosedCamera(
            one.size, k, rotation_world_from_camera=turned, centre_m=np.array([x, 0.0, 2.0])
        )
        for one, x in zip(photographs[:2], (-0.3, 0.3), strict=True)
    }
    across, up = (grid.ravel() for grid in np.meshgrid(*[np.linspace(-1, 1, 40)] * 2))
    positions = np.stack((across, up, 0 * up), 1)
    colours = np.where((across > 0)[:, None], (200, 20, 20), (20, 160, 20)).astype(np.uint8)
    tracks = tuple(np.arange(2, dtype=np.int32) for _ in positions)
    model = SparseModel(cameras, positions, colours, np.full(len(positions), 0.5), tracks, 0.9)
    why = message(QT_TRANSLATE_NOOP("Message", "it resembles no other photograph"))
    hint = message(QT_TRANSLATE_NOOP("Message", "Add photographs between it and the others."))
    remark = message(QT_TRANSLATE_NOOP("Message", "blurred beside the others"))
    structure = Structure(
        model,
        Mapper.INCREMENTAL,
        (Unregistered(photographs[2], why, hint),),
        (),
        (Judgement(photographs[0].name, remark),),
    )
    normals = np.tile(np.float32([0, 0, 1]), (len(positions), 1))
    points = DensePoints(
        positions.astype(np.float32),
        normals,
        colours,
        np.arange(len(positions) + 1),
        np.zeros(len(positions), np.int32),
    )
    corners = np.float32([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]])
    page = np.zeros((64, 64, 3), np.uint8)
    page[:, :32], page[:, 32:] = (20, 160, 20), (200, 20, 20)
    uv = np.float32([[0, 1], [1, 1], [1, 0], [0, 0]])
    mesh = TexturedMesh(corners, np.int32([[0, 1, 2], [0, 2, 3]]), uv=uv, pages=(page,))
    records = {stage: StageRecord(StageCost(1.0, 2.0, 2**30), stage is Stage.CAMERAS) for stage in Stage}
    world = World(model, ScaleSource.GPS, None, dict.fromkeys(cameras, 1.25))
    coverage = dict.fromkeys(cameras, 0.75)
    return Reconstruction(Placed(structure, world), points, coverage, mesh, 0.125, None, records)


class Page(HTMLParser):
    """Collects the texts of both languages, and what a page refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {"en": [], "zh": []}
        self.sources: list[str] = []
        self._language: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self._language = named.get("lang") if tag == "span" else None
        self.sources += [named[key] or "" for key in ("src", "href") if key in named]

    def handle_endtag(self, tag: str) -> None:
        self._language = None

    def handle_data(self, data: str) -> None:
        if self._language is not None:
            self.texts[self._language].append(data)


def test_the_page_tells_everything_in_both_languages(
    photographs: tuple[Photograph, ...], tmp_path: Path
) -> None:
    damaged = Rejected(
        tmp_path / "cut.jpg", message(QT_TRANSLATE_NOOP("Message", "{path} is not a picture."), path="x")
    )
    source = PhotographSource(photographs, (damaged,))
    result = made(photographs)
    path = tmp_path / "report.html"
    facts = report(photographs, result, StageOptions()) | {"estimate": {"seconds": [20.0, 60.0]}}
    write_report_page(path, source, result, facts)
    text = path.read_text("utf-8")
    page = Page(text)
    assert len(page.texts["en"]) == len(page.texts["zh"]) > 30
    assert [one for one in page.texts["zh"] if not CHINESE.search(one)] == []
    labels = re.findall(r"<(h1|h2|dt|th)>(?!</)(.+?)</", text)
    assert [label for _, label in labels if not label.startswith('<span lang="en">')] == []
    assert "it resembles no other photograph" in page.texts["en"]
    for expected in (
        "2 / 3",
        "0.50 px",
        "1.2 m",
        "75%",
        "12.5%",
        "1.00 GiB",
        "cut.jpg",
        "2 &amp; &lt;b&gt;.png",
    ):
        assert expected in text, expected
    assert "<b>" not in text
    assert len(page.sources) == 16 + 3
    assert all(one.startswith("data:image/jpeg;base64,") for one in page.sources)
    assert "http" not in re.sub(r"data:[^\"]*", "", text)


def test_pictures_show_what_there_is_from_several_sides(photographs: tuple[Photograph, ...]) -> None:
    rows = list(picture_rows(made(photographs), SILENT))
    assert [row.name for row in rows] == ["sparse", "dense", "mesh", "texture"]
    for row in rows:
        assert {picture.shape for picture in row.pictures} == {(SIZE[1], SIZE[0], 3)}
    front = rows[3].pictures[0].astype(int)
    left, right = front[SIZE[1] // 2, SIZE[0] // 2 - 60], front[SIZE[1] // 2, SIZE[0] // 2 + 60]
    assert (left[1] - left[0] > 80, right[0] - right[1] > 80) == (True, True)
    assert (front[2, 2] == 255).all()
    sparse = rows[0].pictures[0].astype(int)
    assert ((sparse[..., 2] - sparse[..., 0]) > 60).sum() > 50  # the cameras


def test_a_catalogue_translates_messages_within_messages() -> None:
    chinese = read_catalogue(asset_path("translations", "sense_zh_CN.ts"))
    inner = message(QT_TRANSLATE_NOOP("Message", "Peak memory"))
    text = message("{what}: {value:.1f}", what=inner, value=1.25)
    assert ENGLISH(text) == "Peak memory: 1.2"
    assert chinese(text) == "内存峰值: 1.2"
