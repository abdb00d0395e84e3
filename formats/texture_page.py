"""The pages of textures as pictures inside and beside files of meshes."""

import io
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

_JPEG_QUALITY = 92


class PageFormat(StrEnum):
    """How pages are stored."""

    JPEG = "jpeg"
    PNG = "png"

    @property
    def mime_type(self) -> str:
        """Give the name by which glTF knows it."""
        return f"image/{self.value}"

    @property
    def suffix(self) -> str:
        """Give the suffix of its files."""
        return ".jpg" if self is PageFormat.JPEG else ".png"


def encoded_page(page: NDArray[np.uint8], kind: PageFormat) -> bytes:
    """Give the file of a page, (height, width, 3) in sRGB."""
    from PIL import Image

    written = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(page))
    if kind is PageFormat.JPEG:
        # Colours of neighbouring charts would bleed into one another if they were stored at half the size.
        picture.save(written, "JPEG", quality=_JPEG_QUALITY, subsampling="4:4:4", optimize=True)
    else:
        picture.save(written, "PNG", compress_level=6)
    return written.getvalue()
