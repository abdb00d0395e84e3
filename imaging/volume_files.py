"""Volumes as NIfTI, NRRD and MetaImage files."""

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from core.provenance import Provenance
from core.slice_geometry import RAS_FROM_LPS
from core.volume import Volume
from imaging.resample import is_sheared

_COMMENT = 6  # NIfTI extension code of plain text
_SCANNER = 1  # NIfTI form code: scanner coordinates
_META_TYPES = {"int16": "MET_SHORT", "uint16": "MET_USHORT", "uint8": "MET_UCHAR", "float32": "MET_FLOAT"}


def write_nifti(path: Path, volume: Volume, provenance: Provenance) -> None:
    """Write NIfTI-1, compressed where the name ends in .gz; affine to RAS in sform and qform.

    A sheared affine stands in the sform alone, since a qform cannot hold it. Where the place in the patient
    is unknown, both codes are 0.
    """
    import nibabel as nib
    from nibabel.nifti1 import Nifti1Extension

    voxels: Any = volume.voxels
    if volume.is_colour:
        voxels = voxels.view(np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")]))[..., 0]
    affine = RAS_FROM_LPS @ volume.lps_from_ijk
    image = nib.Nifti1Image(voxels.T, affine)
    code = _SCANNER if volume.lps_known else 0
    image.set_sform(affine, code)
    image.set_qform(affine, 0 if is_sheared(volume) else code)
    header: Any = image.header
    header.set_xyzt_units("mm")
    header["descrip"] = f"Sense Workstation {provenance.version}".encode()[:79]
    extension = Nifti1Extension(_COMMENT, json.dumps(provenance.to_json()).encode())
    header.extensions.append(extension)
    nib.save(image, path)


def write_nrrd(path: Path, volume: Volume, provenance: Provenance) -> None:
    """Write NRRD with gzip compression in the space left-posterior-superior."""
    import nrrd

    affine = volume.lps_from_ijk
    directions = affine[:3, :3].T
    kinds = ["domain"] * 3
    if volume.is_colour:
        directions = np.vstack([np.full(3, np.nan), directions])
        kinds = ["RGB-color", *kinds]
    header = {
        **({"space": "left-posterior-superior"} if volume.lps_known else {"space dimension": 3}),
        "space directions": directions,
        "space origin": affine[:3, 3],
        "kinds": kinds,
        "encoding": "gzip",
        "sense_provenance": json.dumps(provenance.to_json()),
    }
    nrrd.write(str(path), volume.voxels, header, index_order="C", compression_level=1)


def write_metaimage(path: Path, volume: Volume, provenance: Provenance) -> None:
    """Write a MetaImage (.mha) with compressed voxels; ITK's space is LPS."""
    spacing = volume.spacing_mm
    directions = (volume.lps_from_ijk[:3, :3] / spacing).T
    data = zlib.compress(np.ascontiguousarray(volume.voxels).data, 1)
    fields = {
        "ObjectType": "Image",
        "NDims": "3",
        "BinaryData": "True",
        "BinaryDataByteOrderMSB": "False",
        "CompressedData": "True",
        "CompressedDataSize": str(len(data)),
        "TransformMatrix": _numbers(directions),
        "Offset": _numbers(volume.lps_from_ijk[:3, 3]),
        "CenterOfRotation": "0 0 0",
        "AnatomicalOrientation": "RAI" if volume.lps_known else "???",
        "ElementSpacing": _numbers(spacing),
        "DimSize": " ".join(map(str, volume.shape_ijk)),
        "Comment": json.dumps(provenance.to_json()),
        "ElementNumberOfChannels": "3" if volume.is_colour else "1",
        "ElementType": _META_TYPES[volume.voxels.dtype.name],
        "ElementDataFile": "LOCAL",
    }
    header = "".join(f"{name} = {value}\n" for name, value in fields.items())
    path.write_bytes(header.encode("ascii") + data)


def _numbers(values: Any) -> str:
    return " ".join(repr(float(value)) for value in np.ravel(values))
