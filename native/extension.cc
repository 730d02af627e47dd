// Functions that describe the library to Python, with C linkage for ctypes. The files
// extension_*.cc contain the functions that XLA calls.

#include "interface.h"
#include "kernels.h"

// All other symbols of the library are hidden.
#pragma GCC visibility push(default)

// The checksum of the interface between Python and C++. A library from another version
// has a different checksum.
extern "C" uint32_t assay_interface() { return assay::kInterface; }

// The instruction set in use, or null if no kernels support this processor.
extern "C" const char* assay_instruction_set() {
  const assay::Kernels* table = assay::kernels();
  return table == nullptr ? nullptr : table->name;
}

#pragma GCC visibility pop
