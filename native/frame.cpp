#include "frame.h"

#include <c10/util/Exception.h>

#include <cmath>
#include <cstring>

#include "environment.h"
#include "errors.h"
#include "memory/device_memory.h"
#include "meta/meta.h"

namespace tsorch {

namespace {

const char* name_of(Tag tag) {
  static constexpr const char* kNames[] = {
      "None",   "nothing",         "int",    "float", "bool",   "complex",     "int",          "Tensor", "list", "str",
      "device", "torch.Generator", "object", "Node",  "Tensor", "torch.Event", "ScriptObject", "dict",   "tuple"};
  const auto index = static_cast<std::size_t>(tag);
  return index < std::size(kNames) ? kNames[index] : "an unknown value";
}

std::int64_t bits_of(double payload) {
  std::int64_t value = 0;
  std::memcpy(&value, &payload, sizeof value);
  return value;
}

constexpr const char* kOverflow = "Overflow when unpacking long long";

/// A whole number that JavaScript does not count among the integers, since its neighbours are none.
std::int64_t int64_of(double value) {
  constexpr double kEnd = 9223372036854775808.0;
  TORCH_CHECK_VALUE(value >= -kEnd && value < kEnd, kOverflow);
  return static_cast<std::int64_t>(value);
}

/// An integer that no int64 holds: a bigint beside the frame.
struct WideInteger {
  bool negative;
  std::size_t words;
  std::uint64_t low;
  double value;
};

std::optional<WideInteger> wide_integer(Napi::Value given) {
  if (!given.IsBigInt()) return std::nullopt;
  auto integer = given.As<Napi::BigInt>();
  std::size_t words = integer.WordCount();
  std::vector<std::uint64_t> magnitude(words);
  int negative = 0;
  integer.ToWords(&negative, &words, magnitude.data());
  double value = 0;
  for (std::size_t i = words; i-- > 0;) value = value * 18446744073709551616.0 + static_cast<double>(magnitude[i]);
  TORCH_CHECK_VALUE(std::isfinite(value), "int too large to convert to float");
  return WideInteger{negative != 0, words, magnitude.front(), negative != 0 ? -value : value};
}

c10::Scalar scalar_of(const WideInteger& wide) {
  TORCH_CHECK_VALUE(!wide.negative, "can't convert negative int to unsigned");
  TORCH_CHECK_VALUE(wide.words == 1, "int too big to convert");
  return wide.low;
}

}  // namespace

FrameReader::FrameReader(Environment& environment, Napi::Value objects)
    : environment_(environment),
      handles_(environment.handles),
      objects_(objects),
      at_(environment.frame() + 1),
      end_(environment.frame() + environment.frame_capacity()) {}

void FrameReader::read_past_end() { TORCH_CHECK(false, "a native call read past its arguments"); }

void FrameReader::unexpected(Tag tag, const char* expected) const {
  TORCH_CHECK_TYPE(false, "expected ", expected, ", not ", name_of(tag));
}

at::Tensor FrameReader::optional_tensor() { return none() ? at::Tensor() : tensor(); }

std::vector<at::Tensor> FrameReader::tensors() {
  std::vector<at::Tensor> result;
  if (none()) return result;
  const std::int64_t count = list();
  result.reserve(count);
  for (std::int64_t i = 0; i < count; i++) result.push_back(optional_tensor());
  return result;
}

std::int64_t FrameReader::integer() {
  const Tag t = tag();
  if (t == Tag::kInteger || t == Tag::kBoolean) return static_cast<std::int64_t>(next());
  if (t == Tag::kBigInt) return bits_of(next());
  if (t == Tag::kTensor) return environment_.handles.tensor(next()).item<std::int64_t>();
  if (t == Tag::kFloat) {
    if (const double value = next(); std::trunc(value) == value) return int64_of(value);
  } else if (t == Tag::kObject) {
    at_--;
    TORCH_CHECK_VALUE(!wide_integer(object()), kOverflow);
  }
  unexpected(t, "int");
}

double FrameReader::number() {
  const Tag t = tag();
  if (t == Tag::kInteger || t == Tag::kFloat || t == Tag::kBoolean) return next();
  if (t == Tag::kBigInt) return static_cast<double>(bits_of(next()));
  if (t == Tag::kTensor) return environment_.handles.tensor(next()).item<double>();
  if (t == Tag::kObject) {
    at_--;
    if (const auto wide = wide_integer(object())) return wide->value;
  }
  unexpected(t, "float");
}

bool FrameReader::boolean() {
  const Tag t = tag();
  if (t != Tag::kBoolean) unexpected(t, "bool");
  return next() != 0;
}

c10::Scalar FrameReader::scalar() {
  const Tag t = tag();
  switch (t) {
    case Tag::kInteger:
      return static_cast<std::int64_t>(next());
    case Tag::kFloat:
      return next();
    case Tag::kBoolean:
      return next() != 0;
    case Tag::kBigInt:
      return bits_of(next());
    case Tag::kComplex: {
      const double re = next();
      return c10::complex<double>(re, next());
    }
    case Tag::kTensor:
      return environment_.handles.tensor(next()).item();
    case Tag::kObject:
      at_--;
      if (const auto wide = wide_integer(object())) return scalar_of(*wide);
      break;
    default:
      break;
  }
  unexpected(t, "Number");
}

Napi::Value FrameReader::object() {
  const Tag t = tag();
  if (t != Tag::kObject && t != Tag::kString) unexpected(t, "an object");
  TORCH_CHECK(!objects_.IsEmpty(), "a native call lacks its objects");
  return objects_.As<Napi::Array>().Get(static_cast<std::uint32_t>(next()));
}

std::string FrameReader::string() {
  const Tag t = peek();
  if (t != Tag::kString) unexpected(t, "str");
  return object().As<Napi::String>();
}

namespace {

/// Kernels for meta are added when the device is first named, since most programs have no tensor there.
c10::Device with_kernels(c10::Device device) {
  if (device.is_meta()) meta::register_meta_kernels();
  return device;
}

}  // namespace

c10::Device FrameReader::device() {
  const Tag t = peek();
  if (t == Tag::kString) return with_kernels(c10::Device(string()));
  tag();
  if (t != Tag::kDevice) unexpected(t, "torch.device");
  const auto type = static_cast<c10::DeviceType>(static_cast<int>(next()));
  return with_kernels({type, static_cast<c10::DeviceIndex>(next())});
}

at::Generator FrameReader::generator() {
  const Tag t = tag();
  if (t != Tag::kGenerator) unexpected(t, "torch.Generator");
  return environment_.handles.generator(next());
}

const EventPtr& FrameReader::event() {
  const Tag t = tag();
  if (t != Tag::kEvent) unexpected(t, "torch.Event");
  return environment_.handles.event(next());
}

std::optional<at::Generator> FrameReader::optional_generator() {
  if (none()) return std::nullopt;
  return generator();
}

const NodePtr& FrameReader::node() {
  const Tag t = tag();
  if (t != Tag::kNode) unexpected(t, "a graph node");
  return environment_.handles.node(next());
}

std::int64_t FrameReader::list() {
  const Tag t = tag();
  if (t != Tag::kList) unexpected(t, "a list");
  return static_cast<std::int64_t>(next());
}

std::int64_t FrameReader::dict() {
  const Tag t = tag();
  if (t != Tag::kDict) unexpected(t, "dict");
  return static_cast<std::int64_t>(next());
}

const char* FrameReader::type_name() const {
  const Tag t = peek();
  return t == Tag::kNone || t == Tag::kNotGiven ? "NoneType" : name_of(t);
}

std::vector<std::int64_t> FrameReader::integers() {
  std::vector<std::int64_t> result(list());
  for (auto& value : result) value = integer();
  return result;
}

std::vector<double> FrameReader::numbers() {
  std::vector<double> result(list());
  for (auto& value : result) value = number();
  return result;
}

Handle FrameReader::handle() {
  tag();
  return next();
}

FrameWriter::FrameWriter(Environment& environment) : environment_(environment) {}

void FrameWriter::put(double value) {
  if (at_ == environment_.frame_capacity()) environment_.grow_frame(2 * at_);
  environment_.frame()[at_++] = value;
}

void FrameWriter::none() { put(Tag::kNone); }

bool FrameWriter::put_known(Handle handle) {
  const Napi::Value wrapper = environment_.handles.wrapper(environment_.env(), handle);
  if (wrapper.IsEmpty()) return false;
  object(wrapper);
  return true;
}

void FrameWriter::tensor(at::Tensor tensor) {
  if (!tensor.defined()) return none();
  const std::int64_t device_bytes = tensor.is_cpu() ? 0 : new_device_bytes(tensor);
  const auto [handle, known] = environment_.handles.adopt(std::move(tensor));
  if (!known) environment_.device_bytes += device_bytes;
  if (known && put_known(handle)) return;
  put(known ? Tag::kKnownTensor : Tag::kTensor);
  put(handle);
}

void FrameWriter::tensors(const std::vector<at::Tensor>& tensors) {
  list(tensors.size());
  for (const at::Tensor& each : tensors) tensor(each);
}

void FrameWriter::node(NodePtr node) {
  if (node == nullptr) return none();
  const auto [handle, known] = environment_.handles.adopt(std::move(node));
  if (known && put_known(handle)) return;
  put(Tag::kNode);
  put(handle);
}

void FrameWriter::generator(at::Generator generator) {
  const auto [handle, known] = environment_.handles.adopt(std::move(generator));
  if (known && put_known(handle)) return;
  put(Tag::kGenerator);
  put(handle);
}

void FrameWriter::event(EventPtr event) {
  const auto [handle, known] = environment_.handles.adopt(std::move(event));
  if (known && put_known(handle)) return;
  put(Tag::kEvent);
  put(handle);
}

void FrameWriter::part(PartPtr part) {
  const auto [handle, known] = environment_.handles.adopt(std::move(part));
  if (known && put_known(handle)) return;
  put(Tag::kPart);
  put(handle);
}

void FrameWriter::integer(std::int64_t value) {
  constexpr std::int64_t kExact = 1LL << 53;
  if (value > -kExact && value < kExact) {
    put(Tag::kInteger);
    put(static_cast<double>(value));
    return;
  }
  put(Tag::kBigInt);
  double bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  put(bits);
}

void FrameWriter::number(double value) {
  put(Tag::kFloat);
  put(value);
}

void FrameWriter::boolean(bool value) {
  put(Tag::kBoolean);
  put(value ? 1 : 0);
}

void FrameWriter::complex(c10::complex<double> value) {
  put(Tag::kComplex);
  put(value.real());
  put(value.imag());
}

void FrameWriter::scalar(const c10::Scalar& value) {
  if (value.isComplex()) return complex(value.toComplexDouble());
  if (value.isBoolean()) return boolean(value.toBool());
  if (value.isFloatingPoint()) return number(value.toDouble());
  if (value.type() == at::kUInt64) {  // one that no int64 holds; the reader knows the dtype
    put(Tag::kBigInt);
    double bits = 0;
    const std::uint64_t whole = value.toUInt64();
    std::memcpy(&bits, &whole, sizeof bits);
    return put(bits);
  }
  integer(value.toLong());
}

void FrameWriter::object(Napi::Value value) {
  if (objects_.IsEmpty()) objects_ = Napi::Array::New(environment_.env());
  objects_.Set(object_count_, value);
  put(Tag::kObject);
  put(object_count_++);
}

void FrameWriter::string(const std::string& value) { object(Napi::String::New(environment_.env(), value)); }

void FrameWriter::device(c10::Device device) {
  put(Tag::kDevice);
  put(static_cast<double>(device.type()));
  put(device.has_index() ? device.index() : -1);
}

void FrameWriter::list(std::size_t count) {
  put(Tag::kList);
  put(static_cast<double>(count));
}

void FrameWriter::dict(std::size_t count) {
  put(Tag::kDict);
  put(static_cast<double>(count));
}

void FrameWriter::fields(std::size_t count) {
  put(Tag::kFields);
  put(static_cast<double>(count));
}

void FrameWriter::integers(c10::IntArrayRef values) {
  list(values.size());
  for (const std::int64_t value : values) integer(value);
}

Napi::Value FrameWriter::finish() {
  if (at_ == 1) none();
  return objects_;
}

}  // namespace tsorch
