#include "errors.h"

#include <c10/util/Exception.h>

#include <torch/csrc/jit/runtime/jit_exception.h>

#include <new>

#include "async/pending.h"
#include "environment.h"

namespace tsorch {

namespace {

/// The names that lib/native/reports.ts maps to JavaScript classes.
const char* kind_of(const c10::Error& error) {
  if (dynamic_cast<const AssertionError*>(&error)) return "AssertionError";
  if (dynamic_cast<const c10::IndexError*>(&error)) return "IndexError";
  if (dynamic_cast<const c10::ValueError*>(&error)) return "ValueError";
  if (dynamic_cast<const c10::TypeError*>(&error)) return "TypeError";
  if (dynamic_cast<const c10::NotImplementedError*>(&error)) return "NotImplementedError";
  if (dynamic_cast<const c10::LinAlgError*>(&error)) return "LinAlgError";
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error)) return "OutOfMemoryError";
  if (dynamic_cast<const c10::AcceleratorError*>(&error)) return "AcceleratorError";
  if (dynamic_cast<const c10::DistQueueEmptyError*>(&error)) return "QueueEmptyError";
  if (dynamic_cast<const c10::DistStoreError*>(&error)) return "DistStoreError";
  if (dynamic_cast<const c10::DistNetworkError*>(&error)) return "DistNetworkError";
  if (dynamic_cast<const c10::DistBackendError*>(&error)) return "DistBackendError";
  if (dynamic_cast<const c10::DistError*>(&error)) return "DistError";
  return "RuntimeError";
}

/// libtorch's CPU allocator reports exhaustion as a plain error; its text is the only mark.
bool is_cpu_allocation_failure(const std::string& message) {
  return message.find("DefaultCPUAllocator: can't allocate memory") != std::string::npos ||
         message.find("DefaultCPUAllocator: not enough memory") != std::string::npos;
}

}  // namespace

void throw_current_exception(Environment& environment) {
  try {
    throw;
  } catch (const PendingException& pending) {
    environment.rethrow(pending);
  } catch (const Napi::Error& error) {
    error.ThrowAsJavaScriptException();
  } catch (const c10::Error& error) {
    const std::string message = error.what_without_backtrace();
    if (is_about_pending(message)) return environment.throw_error("RuntimeError", kNotComputed);
    const char* kind = is_cpu_allocation_failure(message) ? "OutOfMemoryError" : kind_of(error);
    environment.throw_error(kind, message);
  } catch (const torch::jit::JITException& error) {
    environment.throw_error("JitError", error.what());
  } catch (const std::bad_alloc&) {
    environment.throw_error("OutOfMemoryError", "out of memory");
  } catch (const std::exception& error) {
    environment.throw_error("RuntimeError", error.what());
  } catch (...) {
    environment.throw_error("RuntimeError", "unknown C++ exception");
  }
}

}  // namespace tsorch
