// JavaScript's part of a profile: when native functions were called, and in which frames. While it is attached, every
// native function is this file's, which notes the time, has JavaScript keep its stack, and calls the one it stands for;
// otherwise no call knows of it.
//
// JavaScript's stacks are made into frames when the profile ends (lib/profiler/frames.ts): a frame lasts from one call
// to another. Kineto takes them as it takes Python's, so tables, trees and traces show them.
#pragma once

#include <c10/util/ApproximateClock.h>
#include <napi.h>

#include <memory>
#include <string>
#include <vector>

namespace torch::profiler::impl {
class RecordQueue;
}

namespace tsorch {

class Environment;
class FrameReader;
class FrameWriter;
using NativeFunction = void (*)(Environment&, FrameReader&, FrameWriter&);

/// A frame or the forward of a module, from the call that came first inside of it to the last.
struct TracedFrame {
  std::string file;
  int line;
  std::string function;
  std::string module;  // the name of its class, empty for a frame
  std::size_t instance;
  std::size_t first;
  std::size_t last;
};

class StackTracer {
 public:
  /// `keep` is called before each native function and keeps the stack in which it is called.
  explicit StackTracer(Napi::Function keep) : keep_(Napi::Persistent(keep)) {}

  /// Puts itself in front of the native functions.
  void attach(Environment& environment);
  void detach(Environment& environment);

  /// The frames, before the profile ends.
  void set_frames(std::vector<TracedFrame> frames) { frames_ = std::move(frames); }

  struct Moment {
    c10::approx_time_t start;
    c10::approx_time_t end;
  };
  const std::vector<Moment>& moments() const { return moments_; }
  const std::vector<TracedFrame>& frames() const { return frames_; }

  /// Makes kineto ask this thread's tracer, if it has one, when it starts to collect.
  class Scope {
   public:
    explicit Scope(std::shared_ptr<StackTracer> tracer);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
  };

 private:
  static void traced(Environment& environment, FrameReader& in, FrameWriter& out);

  Napi::FunctionReference keep_;
  std::vector<NativeFunction> functions_;  // those it stands before, while attached
  std::vector<Moment> moments_;
  std::vector<TracedFrame> frames_;
};

}  // namespace tsorch
