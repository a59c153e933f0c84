/** torch._inductor: models that Python's AOTInductor compiled. https://docs.pytorch.org/docs/2.13/torch.compiler_aot_inductor.html */

export { aoti_load_package, type PackageOptions } from './load';
export { AOTICompiledModel, type LoadConstantsOptions } from './model';
