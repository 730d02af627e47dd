// The steps of a training around the layers: batches taken from the data, the vector
// of small parameters cut up, and Adam's update.
//
// Arrays of several members, trained side by side, hold one part for each member.
#pragma once

#include <array>

#include "convolution.h"

namespace assay {

// The rule of each member as seven numbers, in the order of AdamTask; an array's
// parts of `count` numbers, before and after.
struct AdamUpdate {
  const float* rules;  // (members, 7)
  int64_t members;
  int64_t count;
  const float* parameters;
  const float* gradient;
  const float* mean;
  const float* square;
  float* new_parameters;
  float* new_mean;
  float* new_square;
};

constexpr int64_t kAdamNumbers = 7;

void adam_update(Engine engine, const AdamUpdate& update);

// Rows copied from an array: target row i is the source's row rows[i], held between 0
// and last_row as XLA does. Member i / n finds its part of the source at
// offsets[member] bytes.
struct RowCopy {
  const int32_t* rows;
  int64_t n;               // rows of one member
  int64_t members;
  const char* source;
  const int64_t* offsets;  // (members,), bytes
  int64_t last_row;
  int64_t row_bytes;
  char* target;
};

void copy_rows(Engine engine, const RowCopy& copy);

}  // namespace assay
