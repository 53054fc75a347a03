// @ts-check
/**
 * Tries a native library in this process, which is of no use for anything else and may die of it:
 * `node nativeProbe.cjs tensorflow|webgpu|onnx FILE [PROVIDER]`. Prints one line, the marker and a JSON object: what was found, or the
 * error. The library is loaded, computes a product and gives it back.
 */
'use strict';

const MARKER = 'lens-probe ';

/** @type {unknown[]} */
const kept = [];

/**
 * @param {any} binding tfjs_binding.node
 * @returns {object}
 */
function tensorflow(binding) {
  const { TF_FLOAT, TF_ATTR_TYPE, TF_ATTR_BOOL, TF_Version } = binding;
  const a = binding.createTensor([2, 2], TF_FLOAT, new Float32Array([1, 2, 3, 4]));
  const attributes = [
    { name: 'transpose_a', type: TF_ATTR_BOOL, value: false },
    { name: 'transpose_b', type: TF_ATTR_BOOL, value: false },
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
  ];
  const [product] = binding.executeOp('MatMul', attributes, [a, a], 1);
  const found = [...binding.tensorDataSync(product.id)];
  return { found, version: String(TF_Version), gpu: Boolean(binding.isUsingGpuDevice()) };
}

/**
 * @param {any} dawn dawn.node
 * @returns {Promise<object>}
 */
async function webgpu(dawn) {
  Object.assign(globalThis, dawn.globals);
  // What is collected while the device lives takes the process down with it.
  const gpu = dawn.create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('no adapter');
  const { vendor, architecture, device: name, description, isFallbackAdapter } = adapter.info;
  const device = await adapter.requestDevice();
  const code = `
    @group(0) @binding(0) var<storage, read_write> a : array<f32>;
    @group(0) @binding(1) var<storage, read_write> product : array<f32>;
    @compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id : vec3u) {
      let i = id.x / 2u;
      let j = id.x % 2u;
      product[id.x] = a[2u * i] * a[j] + a[2u * i + 1u] * a[2u + j];
    }`;
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
  });
  const { GPUBufferUsage: usage, GPUMapMode } = /** @type {any} */ (globalThis);
  const a = device.createBuffer({ size: 16, usage: usage.STORAGE | usage.COPY_DST });
  const product = device.createBuffer({ size: 16, usage: usage.STORAGE | usage.COPY_SRC });
  const read = device.createBuffer({ size: 16, usage: usage.MAP_READ | usage.COPY_DST });
  device.queue.writeBuffer(a, 0, new Float32Array([1, 2, 3, 4]));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = [a, product].map((buffer, binding) => ({ binding, resource: { buffer } }));
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(product, 0, read, 0, 16);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(GPUMapMode.READ);
  const found = [...new Float32Array(read.getMappedRange())];
  read.unmap();
  device.destroy();
  await device.lost;
  kept.push(gpu, adapter, device);
  const largest = adapter.limits.maxStorageBufferBindingSize;
  return { found, vendor, architecture, name, description, largest, software: Boolean(isFallbackAdapter) };
}

/** An ONNX model, b [2, 2] = a a; encoded by the package `onnx` of Python, operator set 17. */
const PRODUCT =
  'CAgSADpAChEKAWEKAWESAWIiBk1hdE11bBIBcFoTCgFhEg4KDAgBEggKAggCCgIIAmITCgFiEg4KDAgBEggKAggCCgIIAkIECgAQEQ==';

/**
 * @param {any} binding onnxruntime_binding.node
 * @param {string} provider
 * @returns {object}
 */
function onnx(binding, provider) {
  class Tensor {
    /** @param {string} type @param {Float32Array} data @param {number[]} dims */
    constructor(type, data, dims) {
      Object.assign(this, { type, data, dims, location: 'cpu' });
    }
  }
  // As onnx/binding.ts does: or it would report to its maker.
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  binding.initOrtOnce(3, Tensor, true);
  const session = new binding.InferenceSession();
  const model = new Uint8Array(require('node:buffer').Buffer.from(PRODUCT, 'base64'));
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
    executionProviders: [provider],
    // Without this the processor would do what the provider cannot.
    ...(provider !== 'cpu' && { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  });
  const product = new Float32Array(4);
  const square = (/** @type {Float32Array} */ values) => new Tensor('float32', values, [2, 2]);
  session.run({ a: square(new Float32Array([1, 2, 3, 4])) }, { b: square(product) }, {});
  return { found: [...product] };
}

/** @param {object} answer */
function tell(answer) {
  // Written before the process goes, which it must do by itself: native threads would keep it.
  require('node:fs').writeSync(1, `\n${MARKER}${JSON.stringify(answer)}\n`);
  process.exit(0);
}

/** @param {unknown} error */
const failed = (error) => tell({ error: error instanceof Error ? error.message : String(error) });

const [kind, file, choice] = process.argv.slice(2);
try {
  const library = require(String(file));
  const tried =
    kind === 'webgpu' ? webgpu(library) : kind === 'onnx' ? onnx(library, String(choice)) : tensorflow(library);
  Promise.resolve(tried).then(tell, failed);
} catch (error) {
  failed(error);
}
