// Runs workloads on request; see bench/README.md for the protocol.
#include <torch/version.h>

#include <chrono>
#include <ctime>
#include <iostream>
#include <map>

#include "workload.h"

namespace {

using bench::Run;
using bench::Workload;

std::int64_t cpu_nanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

void measure(const Run& run, std::int64_t iterations) {
  const std::int64_t cpu = cpu_nanoseconds();
  const auto wall = std::chrono::steady_clock::now();
  run(iterations);
  const std::chrono::nanoseconds passed = std::chrono::steady_clock::now() - wall;
  std::cout << passed.count() << ' ' << cpu_nanoseconds() - cpu << std::endl;
}

std::vector<Workload> workloads() {
  std::vector<Workload> all;
  for (const auto& group :
       {bench::operations(), bench::training(), bench::inference(), bench::optimizers(), bench::data()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

}  // namespace

int main(int, char** arguments) {
  torch::set_num_threads(std::stoi(arguments[1]));
  const std::vector<Workload> all = workloads();
  std::cout << "libtorch " << TORCH_VERSION_MAJOR << '.' << TORCH_VERSION_MINOR << '.' << TORCH_VERSION_PATCH
            << "\nworkloads";
  std::map<std::string, std::function<Run()>> prepare;
  for (const Workload& each : all) {
    std::cout << ' ' << each.name;
    prepare[each.name] = each.prepare;
  }
  std::cout << "\nready" << std::endl;

  std::map<std::string, Run> ready;
  std::string name;
  std::int64_t iterations = 0;
  while (std::cin >> name >> iterations) {
    if (ready.count(name) == 0) ready[name] = prepare.at(name)();
    measure(ready[name], iterations);
  }
}
