"""What headers of photographs say, and what damaged ones are told to be."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import BadInput
from reconstruction.photograph import FocalSource, photograph_files, read_colours, read_grey, read_photograph
from reconstruction.sensors import sensor_width_mm
from tests.heic_picture import HEIC


def picture(width: int = 300, height: int = 200) -> Image.Image:
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    return Image.fromarray(np.stack([x % 256, y % 256, (x + y) % 256], -1).astype(np.uint8))


def with_exif(path: Path, details: dict[int, object], gps: dict[int, object] | None = None) -> Path:
    exif = Image.Exif()
    exif[271], exif[272], exif[274] = "Canon", "Canon EOS 7D", 6
    exif.get_ifd(0x8769).update(details)
    if gps:
        exif.get_ifd(0x8825).update(gps)
    picture().save(path, exif=exif, quality=95)
    return path


def test_the_focal_length_comes_from_what_is_told(tmp_path: Path) -> None:
    diagonal = np.hypot(300, 200)
    told = read_photograph(with_exif(tmp_path / "a.jpg", {41989: 50, 37386: 31.0}))
    assert told.focal_source is FocalSource.EQUIVALENT
    assert told.focal_px == pytest.approx(50 / 43.2666 * diagonal)
    plane = read_photograph(with_exif(tmp_path / "b.jpg", {37386: 50.0, 41486: 100.0, 41488: 3, 40962: 600}))
    assert plane.focal_source is FocalSource.PLANE
    assert plane.focal_px == pytest.approx(50 * 10 * 300 / 600)
    sensor = read_photograph(with_exif(tmp_path / "c.jpg", {37386: 22.3}))
    assert sensor.focal_source is FocalSource.SENSOR
    assert sensor.focal_px == pytest.approx(300)
    picture().save(tmp_path / "d.png")
    assumed = read_photograph(tmp_path / "d.png")
    assert (assumed.focal_source, assumed.focal_px) == (FocalSource.ASSUMED, 360.0)


def test_the_pixels_are_those_that_are_stored(tmp_path: Path) -> None:
    """A turn in EXIF is for viewers: upright and lying photographs share one camera."""
    turned = read_photograph(with_exif(tmp_path / "turned.jpg", {37386: 22.3}))
    assert (turned.size, turned.turns) == ((300, 200), 1)
    assert read_grey(turned.path, 1000).shape == (200, 300)
    assert read_grey(turned.path, 150).shape == (100, 150)


def test_gps_is_read_with_its_signs(tmp_path: Path) -> None:
    gps = {1: "S", 2: (10.0, 30.0, 36.0), 3: "W", 4: (20.0, 0.0, 0.0), 5: b"\x01", 6: 12.5}
    place = read_photograph(with_exif(tmp_path / "g.jpg", {}, gps)).position
    assert place is not None
    assert place.latitude_deg == pytest.approx(-10.51)
    assert (place.longitude_deg, place.altitude_m) == (-20.0, -12.5)
    none = {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}
    assert read_photograph(with_exif(tmp_path / "n.jpg", {}, none)).position is None


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK", "P", "I;16", "1"])
def test_every_kind_of_pixel_is_read(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "kind.tif"
    if mode == "I;16":
        Image.fromarray(np.asarray(picture().convert("L")).astype(np.uint16) << 8).save(path)
    else:
        picture().convert(mode).save(path)
    assert read_photograph(path).size == (300, 200)
    grey = read_grey(path, 1000)
    assert grey.dtype == np.uint8
    assert grey.std() > 10
    assert read_colours(path, 1000).shape == (200, 300, 3)


def test_photographs_of_phones_are_read(tmp_path: Path) -> None:
    (tmp_path / "phone.HEIC").write_bytes(HEIC)
    told = read_photograph(tmp_path / "phone.HEIC")
    assert (told.size, told.focal_source) == ((96, 72), FocalSource.EQUIVALENT)
    assert told.focal_px == pytest.approx(26 / 43.2666 * np.hypot(96, 72))
    assert told.camera.startswith("Apple iPhone 15")
    y, x = np.mgrid[:72, :96]
    colours = read_colours(told.path, 1000).astype(float)
    assert np.abs(colours - np.stack([2.5 * x, 3 * y, x + y], -1)).mean() < 4
    assert read_grey(told.path, 48).shape == (36, 48)
    picture().save(tmp_path / "small.avif")
    assert read_colours(read_photograph(tmp_path / "small.avif").path, 150).shape == (100, 150, 3)


def test_what_cannot_be_used_is_told(tmp_path: Path) -> None:
    picture().save(tmp_path / "cut.jpg", quality=95)
    whole = (tmp_path / "cut.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match=r"cut\.jpg.*damaged"):
        read_grey(tmp_path / "cut.jpg", 1000)
    (tmp_path / "text.jpg").write_text("no picture")
    with pytest.raises(BadInput, match="not a picture"):
        read_photograph(tmp_path / "text.jpg")
    (tmp_path / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic")
    with pytest.raises(BadInput, match="not a picture"):
        read_photograph(tmp_path / "phone.heic")
    (tmp_path / "cut.heic").write_bytes(HEIC[:600])
    with pytest.raises(BadInput, match=r"cut\.heic"):
        read_colours(read_photograph(tmp_path / "cut.heic").path, 1000)
    (tmp_path / "camera.nef").write_bytes(b"MM")
    with pytest.raises(BadInput, match="NEF files cannot be read"):
        read_photograph(tmp_path / "camera.nef")
    picture(40, 40).save(tmp_path / "icon.png")
    with pytest.raises(BadInput, match="40 x 40"):
        read_photograph(tmp_path / "icon.png")
    with pytest.raises(BadInput, match="cannot be read"):
        read_photograph(tmp_path / "gone.jpg")


def test_only_pictures_of_a_folder_are_taken(tmp_path: Path) -> None:
    for name in ("b.JPG", "a.png", "notes.txt", ".hidden.jpg", "c.heic"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in photograph_files(tmp_path)] == ["a.png", "b.JPG", "c.heic"]
    for folder in (tmp_path / "none", tmp_path / "empty"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        with pytest.raises(BadInput):
            photograph_files(folder)


def test_cameras_are_known_as_exif_names_them() -> None:
    assert sensor_width_mm("Canon Canon EOS 5D Mark II") == 35.8
    assert sensor_width_mm("NIKON CORPORATION NIKON D90") == 23.6
    assert sensor_width_mm("DJI FC6310") == 13.2
    assert sensor_width_mm("Unknown Maker X1") is None
