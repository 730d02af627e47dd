// Kernels for AVX2 and FMA, with 16 registers of 8 floats.
#if defined(__AVX2__)

#define LANES 8
#define REGISTERS 16
#include "kernels_body.h"

extern const assay::Kernels assay::kAvx2 = ASSAY_KERNELS("avx2");

#endif
