// A small addon that opens a shared library and keeps it open. One that links the library finds it then by its name,
// wherever it lies: package managers put packages in places that no path built into a file can know.
#include <napi.h>

#include <string>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace {

#ifdef _WIN32
std::string open_library(const Napi::String& file) {
  const std::u16string path = file.Utf16Value();
  const auto* wide = reinterpret_cast<const wchar_t*>(path.c_str());
  if (LoadLibraryExW(wide, nullptr, LOAD_WITH_ALTERED_SEARCH_PATH) != nullptr) return "";
  return "error " + std::to_string(GetLastError());
}
#else
std::string open_library(const Napi::String& file) {
  if (dlopen(file.Utf8Value().c_str(), RTLD_LAZY | RTLD_LOCAL) != nullptr) return "";
  return dlerror();
}
#endif

void open(const Napi::CallbackInfo& info) {
  const std::string problem = open_library(info[0].As<Napi::String>());
  if (!problem.empty()) throw Napi::Error::New(info.Env(), problem);
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  exports.Set("open", Napi::Function::New(env, open, "open"));
  return exports;
}

}  // namespace

NODE_API_MODULE(preload, initialize)
