#include "errors.h"

#include <c10/util/Exception.h>

#include <new>
#include <regex>

#include "environment.h"

namespace tsorch {

namespace {

/// The names that lib/errors.ts maps to JavaScript classes.
const char* kind_of(const c10::Error& error) {
  if (dynamic_cast<const c10::IndexError*>(&error)) return "IndexError";
  if (dynamic_cast<const c10::ValueError*>(&error)) return "ValueError";
  if (dynamic_cast<const c10::TypeError*>(&error)) return "TypeError";
  if (dynamic_cast<const c10::NotImplementedError*>(&error)) return "NotImplementedError";
  if (dynamic_cast<const c10::LinAlgError*>(&error)) return "LinAlgError";
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error)) return "OutOfMemoryError";
  if (dynamic_cast<const c10::AcceleratorError*>(&error)) return "AcceleratorError";
  return "RuntimeError";
}

/// libtorch's CPU allocator reports exhaustion as a plain error; its text is the only mark.
bool is_cpu_allocation_failure(const std::string& message) {
  return message.find("DefaultCPUAllocator: can't allocate memory") != std::string::npos ||
         message.find("DefaultCPUAllocator: not enough memory") != std::string::npos;
}

/// Writes libtorch's names of tensor types as PyTorch shows them: CPUFloatType as torch.FloatTensor. PyTorch leaves
/// CPUBoolType and CPUBFloat16Type as they are.
std::string with_type_names(const std::string& message) {
  if (message.find("Type") == std::string::npos) return message;
  static const std::regex pattern("\\b(Sparse)?(CPU|CUDA)(Byte|Char|Short|Int|Long|Half|Float|Double)Type\\b");
  std::string result;
  auto from = message.begin();
  for (std::sregex_iterator match(from, message.end(), pattern), end; match != end; ++match) {
    result.append(from, message.begin() + match->position());
    result += "torch.";
    if ((*match)[2] == "CUDA") result += "cuda.";
    if ((*match)[1].matched) result += "sparse.";
    result += (*match)[3].str() + "Tensor";
    from = message.begin() + match->position() + match->length();
  }
  return result.append(from, message.end());
}

}  // namespace

void throw_current_exception(Environment& environment) {
  try {
    throw;
  } catch (const PendingException& pending) {
    environment.rethrow(pending);
  } catch (const c10::Error& error) {
    const std::string message = with_type_names(error.what_without_backtrace());
    const char* kind = is_cpu_allocation_failure(message) ? "OutOfMemoryError" : kind_of(error);
    environment.throw_error(kind, message);
  } catch (const std::bad_alloc&) {
    environment.throw_error("OutOfMemoryError", "out of memory");
  } catch (const std::exception& error) {
    environment.throw_error("RuntimeError", error.what());
  } catch (...) {
    environment.throw_error("RuntimeError", "unknown C++ exception");
  }
}

void check(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending) throw PendingException();
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  throw std::runtime_error(info != nullptr && info->error_message != nullptr ? info->error_message
                                                                             : "Node-API call failed");
}

}  // namespace tsorch
