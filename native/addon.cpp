// Registration only: gives JavaScript the native functions, which lib/native/functions.ts lists.
#include <napi.h>

#ifdef TSORCH_SANITIZE
#include <sanitizer/lsan_interface.h>
#endif

#include "autograd/js_engine.h"
#include "environment.h"
#include "memory/buffer_memory.h"
#include "memory/counting_allocator.h"
#include "memory/memory.h"

namespace tsorch {

#define TSORCH_NATIVE(function) void function(Environment&, FrameReader&, FrameWriter&);
#include "native_functions.inc"
#undef TSORCH_NATIVE

namespace {

struct Entry {
  const char* name;
  NativeFunction function;
};

constexpr Entry kFunctions[] = {
#define TSORCH_NATIVE(function) {#function, function},
#include "native_functions.inc"
#undef TSORCH_NATIVE
};

/// frame(slots): the ArrayBuffer that both sides share, with room for at least that many doubles.
Napi::Value frame(Environment& environment, const Napi::CallbackInfo& info) {
  const double slots = info[0].IsNumber() ? info[0].As<Napi::Number>().DoubleValue() : 0;
  if (slots > static_cast<double>(environment.frame_capacity())) {
    environment.grow_frame(static_cast<std::size_t>(slots));
  }
  return environment.frame_buffer();
}

/// set_callbacks(make_error, warn, serve): the JavaScript functions that native code calls.
Napi::Value set_callbacks(Environment& environment, const Napi::CallbackInfo& info) {
  environment.set_callbacks(info[0].As<Napi::Function>(), info[1].As<Napi::Function>(), info[2].As<Napi::Function>());
  return {};
}

/// What `require` gives, one for each time that a thread loads the addon.
class Addon : public Napi::Addon<Addon> {
 public:
  Addon(Napi::Env env, Napi::Object exports) {
    DefineAddon(exports, {InstanceMethod<&Addon::open>("open")});
    // Loans end before V8 and its allocator do: at the end of a process the thread's own end is too late.
    env.AddCleanupHook([] { BufferMemory::of_thread().close(); });
#ifdef TSORCH_SANITIZE
    // Node ends without the functions that atexit has, which LeakSanitizer waits for.
    env.AddCleanupHook([] { __lsan_do_recoverable_leak_check(); });
#endif
  }

 private:
  /// open(): an Environment of its own for a copy of the facade, as the object of its native functions.
  Napi::Value open(const Napi::CallbackInfo& info) {
    install_counting_allocator();
    install_engine();
    Environment& environment = Environment::open(info.Env());
    for (const Entry& entry : kFunctions) environment.define(entry.name, entry.function);
    environment.define<frame>("frame");
    environment.define<set_callbacks>("set_callbacks");
    environment.define<weaken>("weaken");
    return environment.functions();
  }
};

}  // namespace

NODE_API_NAMED_ADDON(tsorch, Addon)

}  // namespace tsorch
