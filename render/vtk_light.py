"""Light in the form that VTK takes it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from render.light import DirectionalLight, Light

_LEAST_PANORAMA = 128


def panorama_of(radiance: NDArray[np.floating[Any]]) -> Any:
    """Give a panorama, (height, width, 3), upper edge first, as a texture."""
    import cv2
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkRenderingCore import vtkTexture

    rows = np.ascontiguousarray(radiance, np.float32)
    if len(rows) < _LEAST_PANORAMA:  # smaller ones have not the levels of detail that VTK filters
        rows = cv2.resize(rows, (2 * _LEAST_PANORAMA, _LEAST_PANORAMA), interpolation=cv2.INTER_LINEAR)
    height, width, _ = rows.shape
    image = vtkImageData()
    image.SetDimensions(width, height, 1)
    upwards = np.ascontiguousarray(rows[::-1].reshape(-1, 3))
    image.GetPointData().SetScalars(numpy_to_vtk(upwards, deep=True))
    made = vtkTexture()
    made.SetColorModeToDirectScalars()
    made.SetInputDataObject(image)
    made.InterpolateOn()
    made.MipmapOn()
    return made


def light_of(light: Light) -> Any:
    """Give a sun or a lamp."""
    from vtkmodules.vtkRenderingCore import vtkLight

    made = vtkLight()
    made.SetLightTypeToSceneLight()
    made.SetColor(*light.colour)
    made.SetIntensity(light.intensity)
    if isinstance(light, DirectionalLight):
        made.SetPosition(0, 0, 0)
        made.SetFocalPoint(*light.direction)
        return made
    made.SetPositional(True)
    made.SetConeAngle(180)  # all around
    made.SetPosition(*light.position)
    made.SetAttenuationValues(0, 0, 1)
    return made
