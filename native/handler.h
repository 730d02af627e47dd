// Code shared by the functions that XLA calls: argument checks, and the conversion of
// exceptions to errors that XLA reports.
#pragma once

#include <algorithm>
#include <exception>
#include <initializer_list>
#include <new>
#include <stdexcept>
#include <string>

#include "convolution.h"
#include "xla/ffi/api/ffi.h"

namespace assay {

namespace ffi = xla::ffi;
using Floats = ffi::Buffer<ffi::F32>;
using Integers = ffi::Buffer<ffi::S32>;
using Result = ffi::Result<Floats>;
using Numbers = ffi::Span<const int64_t>;
using Shape = ffi::Span<const int64_t>;

// Call a function and convert an exception to an error. Exceptions must not reach XLA,
// which is compiled without support for them.
template <auto function>
struct Guarded;

template <typename... Arguments, void (*function)(Arguments...)>
struct Guarded<function> {
  ffi::Error operator()(Arguments... arguments) const {
    try {
      function(arguments...);
      return ffi::Error::Success();
    } catch (const std::invalid_argument& error) {
      return ffi::Error::InvalidArgument(error.what());
    } catch (const std::bad_alloc&) {
      return ffi::Error(ffi::ErrorCode::kResourceExhausted,
                        "not enough memory for a C++ kernel");
    } catch (const std::exception& error) {
      return ffi::Error::Internal(error.what());
    } catch (...) {
      return ffi::Error::Internal("unknown exception in a C++ kernel");
    }
  }
};

// Define the function that Python looks up by name.
#define ASSAY_HANDLER(NAME, FUNCTION, BINDING) \
  XLA_FFI_DEFINE_HANDLER_SYMBOL(NAME, assay::Guarded<FUNCTION>(), BINDING)

// The name of an argument in messages, with a number if the argument belongs to a chain
// of layers.
struct Name {
  const char* text;
  int64_t number = -1;

  Name(const char* text, int64_t number = -1) : text(text), number(number) {}
  std::string str() const {
    return number < 0 ? text : std::string(text) + " " + std::to_string(number);
  }
};

[[noreturn]] inline void refuse(const std::string& invariant,
                                const std::string& actual) {
  throw std::invalid_argument("`" + invariant + "` must hold, but got " + actual +
                              ".");
}

inline void check_number(const Name& name, bool holds, const char* condition,
                         int64_t value) {
  if (holds) return;
  refuse(name.str() + " " + condition, name.str() + "=" + std::to_string(value));
}

// Format leading and other axes like a tuple in Python, such as (2, 3) or (2,).
inline std::string text_of(Shape leading, Shape shape) {
  std::string text = "(";
  for (const Shape part : {leading, shape}) {
    for (const int64_t size : part) {
      if (text.size() > 1) text += ", ";
      text += std::to_string(size);
    }
  }
  return text + (leading.size() + shape.size() == 1 ? ",)" : ")");
}

inline std::string text_of(Shape shape) { return text_of({}, shape); }

// Whether a shape contains the sizes in `part`, starting at the given axis. For so few
// numbers, a loop is faster than `std::equal`, which calls a C library function.
inline bool has_at(Shape shape, size_t axis, Shape part) {
  if (shape.size() < axis + part.size()) return false;
  for (size_t i = 0; i < part.size(); ++i) {
    if (shape[axis + i] != part[i]) return false;
  }
  return true;
}

// Check that a buffer's shape is `leading` followed by `shape`. Sizes of 0 are invalid,
// because Python never passes them and the kernels do not support them.
template <typename Buffer>
void check_shape(const Name& name, const Buffer& buffer, Shape leading,
                 std::initializer_list<int64_t> shape) {
  const Shape actual = buffer.dimensions();
  const Shape expected(shape.begin(), shape.size());
  if (actual.size() == leading.size() + expected.size() &&
      has_at(actual, 0, leading) && has_at(actual, leading.size(), expected) &&
      std::find(actual.begin(), actual.end(), 0) == actual.end()) {
    return;
  }
  const std::string subject = name.str() + ".shape";
  refuse(subject + " == " + text_of(leading, expected),
         subject + "=" + text_of(actual));
}

template <typename Buffer>
void check_shape(const Name& name, const Buffer& buffer,
                 std::initializer_list<int64_t> shape) {
  check_shape(name, buffer, {}, shape);
}

template <typename Buffer>
void check_rank(const Name& name, const Buffer& buffer, int64_t least,
                int64_t most) {
  const int64_t rank = buffer.dimensions().size();
  if (rank >= least && rank <= most) return;
  const std::string ranks =
      least == most ? "== " + std::to_string(least)
                    : "in " + std::to_string(least) + ".." + std::to_string(most);
  refuse(name.str() + ".ndim " + ranks,
         name.str() + ".shape=" + text_of(buffer.dimensions()));
}

// The number of elements in an array of this shape.
inline int64_t count_of(Shape shape) {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return count;
}

// The leading axes that `vmap` adds to a buffer, before its last `behind` axes.
template <typename Buffer>
Shape leading_axes(const Name& name, const Buffer& buffer, int64_t behind) {
  const Shape shape = buffer.dimensions();
  const int64_t axes = static_cast<int64_t>(shape.size()) - behind;
  if (axes < 0) {
    refuse(name.str() + ".ndim >= " + std::to_string(behind),
           name.str() + ".shape=" + text_of(shape));
  }
  return shape.first(axes);
}

// One of a variable number of arguments or results.
template <typename Buffer>
Buffer argument(const ffi::RemainingArgs& arguments, const Name& name, int64_t i) {
  const auto buffer = arguments.get<Buffer>(i);
  if (buffer.has_value()) return *buffer;
  throw std::invalid_argument("argument " + std::to_string(i) + " (" + name.str() +
                              "): " + buffer.error().message());
}

template <typename Buffer>
Buffer result(const ffi::RemainingRets& results, const Name& name, int64_t i) {
  auto buffer = results.get<Buffer>(i);
  if (buffer.has_value()) return **buffer;
  throw std::invalid_argument("result " + std::to_string(i) + " (" + name.str() +
                              "): " + buffer.error().message());
}

// The kernels for this processor. If there are none, Python registers no handlers.
inline const Kernels& loaded_kernels() {
  const Kernels* table = kernels();
  if (table == nullptr) {
    throw std::runtime_error("this processor has neither AVX2 nor AVX-512");
  }
  return *table;
}

}  // namespace assay
