#include "native/bindings.h"

NB_MODULE(_core, m) {
  m.doc() =
      "C++ kernels of Sense Workstation; use the wrappers in imaging and "
      "render.";
  // What a thread still draws when the program ends keeps its volume to the
  // end of the interpreter; the user's terminal is no place to say so.
  nanobind::set_leak_warnings(false);
  sense::BindClouds(m);
  sense::BindContours(m);
  sense::BindDicomScan(m);
  sense::BindReslice(m);
  sense::BindRayLook(m);
  sense::BindRaycast(m);
  sense::BindLens(m);
  sense::BindLocalisation(m);
  sense::BindMeshing(m);
  sense::BindRasterScene(m);
  sense::BindFigure(m);
  sense::BindFusion(m);
  sense::BindRaster(m);
  sense::BindSlam(m);
  sense::BindStereo(m);
  sense::BindSurfaces(m);
  sense::BindTexturing(m);
  sense::BindTwoViews(m);
}
