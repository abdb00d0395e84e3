#ifndef SENSE_NATIVE_PROCESSOR_H_
#define SENSE_NATIVE_PROCESSOR_H_

namespace sense {

// Whether kernels compiled for AVX2 run here.
bool ProcessorHasAvx2();

}  // namespace sense

#endif  // SENSE_NATIVE_PROCESSOR_H_
