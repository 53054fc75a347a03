/** The part of WebGPU that starting a backend needs; the types of the whole are the browser's. */

export interface Adapter {
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly isFallbackAdapter?: boolean;
  };
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(wanted: { requiredFeatures: string[]; requiredLimits: Record<string, number> }): Promise<Device>;
}

export interface Device {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  onuncapturederror: ((event: { readonly error: { readonly message: string } }) => void) | null;
  destroy(): void;
}

export interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<Adapter | null>;
}

/** What `dawn.node` exports. */
export interface Dawn {
  create(options: readonly string[]): Gpu;
  readonly globals: object;
}

/** Features and limits that the backend makes use of. */
const FEATURES: readonly string[] = [];
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
];

/** "NVIDIA H100 (nvidia, hopper)"; parts that the driver does not tell are left out. */
export function nameOf({ info }: Pick<Adapter, 'info'>): string {
  const name = info.description || info.device || 'GPU';
  const more = [info.vendor, info.architecture].filter((part) => part && !name.toLowerCase().includes(part));
  return more.length > 0 ? `${name} (${more.join(', ')})` : name;
}

/** Opens the device with all that the adapter allows. @throws Error when it refuses */
export function openDevice(adapter: Adapter): Promise<Device> {
  return adapter.requestDevice({
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]!])),
  });
}

/** Makes WebGPU's names global, as in a browser, where the backend looks for them. */
export function makeGlobal(dawn: Dawn, gpu: Gpu): void {
  Object.assign(globalThis, dawn.globals);
  // Node 20 has no navigator; later ones have one without a GPU.
  const host = globalThis as { navigator?: object };
  if (host.navigator) Object.defineProperty(host.navigator, 'gpu', { value: gpu, configurable: true });
  else Object.defineProperty(host, 'navigator', { value: { gpu }, configurable: true, writable: true });
}
