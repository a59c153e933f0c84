// glibc 2.32 has a variable that libstdc++ looks at before it counts references without atomic instructions. An addon
// that shall run on older systems has its own, which always says that there are several threads, as a Node.js process
// has.

extern "C" {
__attribute__((visibility("hidden"))) char __libc_single_threaded = 0;
}
