// The first tensor of a process.
#include <torch/torch.h>

#include <iostream>

int main() { std::cout << torch::ones({2, 2}) << std::endl; }
