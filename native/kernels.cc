// Choose the instruction set for the current processor.
#include "kernels.h"

#include <cstdlib>
#include <cstring>

namespace assay {

const Kernels* kernels() {
#if defined(__aarch64__)
  return &kBaseline;
#elif defined(__x86_64__)
  static const Kernels* const best = [] {
    // ASSAY_EXTENSION=avx2 disables AVX-512, for tests and for processors that reduce
    // their clock rate when they use it.
    const char* setting = std::getenv("ASSAY_EXTENSION");
    const bool wide = setting == nullptr || std::strcmp(setting, "avx2") != 0;
    __builtin_cpu_init();
    if (wide && __builtin_cpu_supports("avx512f")) return &kAvx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      return &kAvx2;
    }
    return static_cast<const Kernels*>(nullptr);
  }();
  return best;
#else
  return nullptr;
#endif
}

}  // namespace assay
