// Kernels for 64-bit ARM, with 32 registers of 4 floats.
#if defined(__aarch64__)

#define LANES 4
#define REGISTERS 32
#include "kernels_body.h"

extern const assay::Kernels assay::kBaseline = ASSAY_KERNELS("neon");

#endif
