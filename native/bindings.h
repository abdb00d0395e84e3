#ifndef SENSE_NATIVE_BINDINGS_H_
#define SENSE_NATIVE_BINDINGS_H_

#include <nanobind/nanobind.h>

namespace sense {

// Each adds the functions and classes of one kernel to the module.
void BindClouds(nanobind::module_& module);
void BindContours(nanobind::module_& module);
void BindDicomScan(nanobind::module_& module);
void BindFigure(nanobind::module_& module);
void BindFusion(nanobind::module_& module);
void BindLens(nanobind::module_& module);
void BindLocalisation(nanobind::module_& module);
void BindMeshing(nanobind::module_& module);
void BindRaster(nanobind::module_& module);
void BindRasterScene(nanobind::module_& module);
void BindRaycast(nanobind::module_& module);
void BindRayLook(nanobind::module_& module);
void BindReslice(nanobind::module_& module);
void BindSlam(nanobind::module_& module);
void BindStereo(nanobind::module_& module);
void BindSurfaces(nanobind::module_& module);
void BindTexturing(nanobind::module_& module);
void BindTwoViews(nanobind::module_& module);

}  // namespace sense

#endif  // SENSE_NATIVE_BINDINGS_H_
