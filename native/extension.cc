// What Python asks the library about itself. Names are C, so that ctypes finds them;
// the files extension_*.cc hold what XLA calls.

#include "interface.h"
#include "kernels.h"

// Everything else stays hidden inside the library.
#pragma GCC visibility push(default)

// The checksum of everything that Python and C++ must agree on, so that a library
// built from other sources is recognized.
extern "C" uint32_t assay_interface() { return assay::kInterface; }

// The instruction set in use, or null where the processor has none that is supported.
extern "C" const char* assay_instruction_set() {
  const assay::Kernels* table = assay::kernels();
  return table == nullptr ? nullptr : table->name;
}

#pragma GCC visibility pop
