// Kernels for AVX-512 F, with 32 registers of 16 floats.
#if defined(__AVX512F__)

#define LANES 16
#define REGISTERS 32
#include "kernels_body.h"

extern const assay::Kernels assay::kAvx512 = ASSAY_KERNELS("avx512");

#endif
