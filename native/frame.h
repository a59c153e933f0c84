// The call frame: how values cross between JavaScript and C++.
//
// Both sides share one array of doubles. JavaScript writes a value as a tag and its payload (lib/native/frame.ts),
// makes one native call without arguments, and reads the results from the same array. Reading a slot costs a load,
// where each Node-API argument would cost a call.
//
// Layout: slot 0 is the number of the native function, and after the call the state (see FrameState); values start at
// slot 1.
// A function reads all its arguments before it writes results or runs JavaScript: both reuse the array.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/Scalar.h>
#include <napi.h>

#include <optional>
#include <string>
#include <vector>

#include "handle_table.h"

namespace tsorch {

class Environment;

/// The tags of lib/native/frame.ts, in the same order.
enum class Tag : int {
  kNone,         //
  kNotGiven,     // take the schema's default
  kInteger,      // a whole number
  kFloat,        // a number
  kBoolean,      // 0 or 1
  kComplex,      // real, imaginary
  kBigInt,       // the bits of an int64
  kTensor,       // handle
  kList,         // count, then that many values
  kString,       // index into the call's objects
  kDevice,       // type, index (-1: current)
  kGenerator,    // handle
  kObject,       // index into the call's objects
  kNode,         // handle of an autograd graph node
  kKnownTensor,  // handle whose object is in the nursery (results only)
  kEvent,        // handle of an event of a device
  kPart,         // handle of a native object of a subject of its own
  kDict,         // count, then that many keys and values in turn
  kFields        // count, then that many names and values in turn: a named tuple (results only)
};

/// What slot 0 says after a call.
enum class FrameState : int {
  kFine,
  kPressure,  // memory wants a collection, or warnings wait
  kMoved      // the array was replaced by a larger one
};

/// Reads the arguments of one call, in order.
class FrameReader {
 public:
  FrameReader(Environment& environment, Napi::Value objects);

  Tag peek() const {
    if (at_ >= end_) [[unlikely]]
      read_past_end();
    return static_cast<Tag>(static_cast<int>(*at_));
  }
  /// Consumes the next tag when it is None or NotGiven.
  bool none() {
    const Tag tag = peek();
    if (tag != Tag::kNone && tag != Tag::kNotGiven) return false;
    at_++;
    return true;
  }

  const at::Tensor& tensor() {
    const Tag t = tag();
    if (t != Tag::kTensor) [[unlikely]]
      unexpected(t, "Tensor");
    return handles_.tensor(next());
  }
  at::Tensor optional_tensor();
  std::vector<at::Tensor> tensors();
  std::int64_t integer();
  double number();
  bool boolean();
  c10::Scalar scalar();
  std::string string();
  c10::Device device();
  at::Generator generator();
  std::optional<at::Generator> optional_generator();
  const NodePtr& node();
  const EventPtr& event();
  /// A part of this kind; `what` names the kind.
  template <typename Kind>
  std::shared_ptr<Kind> part(const char* what) {
    const Tag t = tag();
    if (t != Tag::kPart) unexpected(t, what);
    auto found = std::dynamic_pointer_cast<Kind>(handles_.part(next()));
    if (found == nullptr) unexpected(t, what);
    return found;
  }
  std::vector<std::int64_t> integers();
  std::vector<double> numbers();
  /// Consumes a list's tag and count; the elements follow.
  std::int64_t list();
  /// The same of a dictionary: its keys and values follow in turn.
  std::int64_t dict();
  /// Python's name of the next value's type.
  const char* type_name() const;
  /// A JavaScript value passed beside the frame (a typed array, a function).
  Napi::Value object();
  /// A raw handle, not looked up.
  Handle handle();
  /// One without its tag.
  Handle raw_handle() { return next(); }
  /// A count or an id without a tag.
  std::size_t raw() { return static_cast<std::size_t>(next()); }

 private:
  double next() {
    if (at_ >= end_) [[unlikely]]
      read_past_end();
    return *at_++;
  }
  Tag tag() { return static_cast<Tag>(static_cast<int>(next())); }
  [[noreturn]] void unexpected(Tag tag, const char* expected) const;
  [[noreturn]] static void read_past_end();

  Environment& environment_;
  const HandleTable& handles_;
  Napi::Value objects_;  // an array, or empty
  const double* at_;
  const double* end_;
};

/// Writes the results of one call. `finish` hands the strings and objects back to JavaScript.
class FrameWriter {
 public:
  explicit FrameWriter(Environment& environment);

  void none();
  void tensor(at::Tensor tensor);
  void tensors(const std::vector<at::Tensor>& tensors);
  void node(NodePtr node);
  void generator(at::Generator generator);
  void event(EventPtr event);
  void part(PartPtr part);
  void integer(std::int64_t value);
  void number(double value);
  void boolean(bool value);
  void complex(c10::complex<double> value);
  void scalar(const c10::Scalar& value);
  void string(const std::string& value);
  void device(c10::Device device);
  void list(std::size_t count);
  void dict(std::size_t count);
  void fields(std::size_t count);
  void integers(c10::IntArrayRef values);
  void object(Napi::Value value);

  Napi::Value finish();

 private:
  void put(double value);
  void put(Tag tag) { put(static_cast<double>(tag)); }
  bool put_known(Handle handle);

  Environment& environment_;
  Napi::Array objects_;  // empty until something goes there
  std::uint32_t object_count_ = 0;
  std::size_t at_ = 1;
};

}  // namespace tsorch
