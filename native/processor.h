#ifndef SENSE_NATIVE_PROCESSOR_H_
#define SENSE_NATIVE_PROCESSOR_H_

namespace sense {

// Whether kernels compiled for AVX2 run here.
bool ProcessorHasAvx2();

// Whether those for AVX-512 (F, BW, DQ and VL) do.
bool ProcessorHasAvx512();

}  // namespace sense

#endif  // SENSE_NATIVE_PROCESSOR_H_
