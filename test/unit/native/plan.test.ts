import { describe, expect, it } from 'vitest';
import { lookForCuda, parseCards, type CudaFacts } from '../../../src/native/cuda.ts';
import { planOf } from '../../../src/native/plan.ts';
import { coverage } from '../../../src/native/python.ts';
import { fakeMachine } from './support.ts';

const card = (capability: number | null, cuda11 = false): CudaFacts => ({
  card: { name: 'A card', capability, driver: '550.54', memoryMiB: 8192 },
  reason: null,
  cuda11,
});
const none: CudaFacts = { card: null, reason: 'no NVIDIA driver was found', cuda11: false };
const linux = { platform: 'linux', arch: 'x64' } as const;
const windows = { platform: 'win32', arch: 'x64' } as const;

const waysOf = (...o: Parameters<typeof planOf>): readonly string[] | string => {
  const plan = planOf(...o);
  return 'impossible' in plan ? plan.impossible : plan.ways.map(({ kind, variant }) => `${kind} ${variant}`);
};

describe('the ways that will work', () => {
  it.each([
    ['no card', linux, none, 'auto', ['download cpu', 'python cpu']],
    ['no card, on a Mac', { platform: 'darwin', arch: 'arm64' }, none, 'auto', ['download cpu', 'python cpu']],
    ['no card, on Windows', windows, none, 'auto', ['download cpu']],
    ['Turing with CUDA 11', linux, card(7.5, true), 'auto', ['download cuda', 'python cuda']],
    ['Ampere with CUDA 11', linux, card(8.6, true), 'auto', ['download cuda', 'python cuda']],
    ['Ampere without CUDA 11', linux, card(8.6), 'auto', ['python cuda']],
    ['Ada', linux, card(8.9, true), 'auto', ['python cuda']],
    ['Hopper', linux, card(9, true), 'auto', ['python cuda']],
    ['Kepler with CUDA 11', linux, card(3.7, true), 'auto', ['download cuda']],
    ['Kepler without', linux, card(3.7), 'auto', ['download cpu', 'python cpu']],
    ['a driver that does not tell the capability', linux, card(null, true), 'auto', ['download cuda', 'python cuda']],
    ['Ampere on Windows', windows, card(8.6, true), 'auto', ['download cuda']],
    ['Ada on Windows', windows, card(8.9, true), 'auto', ['download cpu']],
    ['a card, the processor asked for', linux, card(8.6, true), 'cpu', ['download cpu', 'python cpu']],
    ['a card on ARM', { platform: 'linux', arch: 'arm64' }, card(9), 'auto', ['download cpu', 'python cpu']],
  ] as const)('%s', (_name, place, facts, wanted, ways) => {
    expect(waysOf(place, facts, wanted)).toEqual(ways);
  });

  it('says what was found and what follows', () => {
    const plan = planOf(linux, card(8.9, true), 'auto');
    expect('sentences' in plan && plan.sentences.join(' ')).toMatch(
      /A card \(compute capability 8\.9, driver 550\.54\).*Ampere only.*CUDA 12/s,
    );
  });

  it('gives none where there is none, and says why', () => {
    expect(waysOf(linux, none, 'cuda')).toMatch(/no NVIDIA driver/);
    expect(waysOf(windows, card(8.9, true), 'cuda')).toMatch(/WSL/);
    expect(waysOf({ platform: 'freebsd', arch: 'x64' }, none, 'auto')).toMatch(/no library for freebsd/);
    expect(waysOf({ platform: 'win32', arch: 'arm64' }, none, 'auto')).toMatch(/no library for win32 on arm64/);
  });
});

describe('looking for a card', () => {
  it('reads what nvidia-smi says', () => {
    expect(parseCards('NVIDIA A100-SXM4-40GB, 535.104.05, 40960, 8.0\nTesla T4, 535.104.05, 15360, 7.5\n')).toEqual([
      { name: 'NVIDIA A100-SXM4-40GB', driver: '535.104.05', memoryMiB: 40960, capability: 8 },
      { name: 'Tesla T4', driver: '535.104.05', memoryMiB: 15360, capability: 7.5 },
    ]);
    expect(parseCards('NVIDIA GB10, 580.1, [N/A], 12.1')[0]).toMatchObject({ memoryMiB: null, capability: 12.1 });
    expect(parseCards('No devices were found\n')).toEqual([]);
  });

  it('takes the best card, and sees CUDA 11', async () => {
    const machine = fakeMachine({
      programs: {
        'nvidia-smi': () => 'Tesla T4, 535, 15360, 7.5\nA100, 535, 40960, 8.0\n',
        ldconfig: () => 'libcudart.so.11.0 => /usr/lib/x\n libcudnn.so.8 => /usr/lib/y\n',
      },
    });
    expect(await lookForCuda(machine)).toMatchObject({
      card: { name: 'A100', capability: 8 },
      cuda11: true,
      reason: null,
    });
  });

  it('asks old drivers what they know', async () => {
    const machine = fakeMachine({
      programs: {
        'nvidia-smi': ([query]) =>
          query!.includes('compute_cap') ? { output: 'Field "compute_cap" is not a valid field' } : 'K80, 450, 11441\n',
        ldconfig: () => '',
      },
    });
    expect(await lookForCuda(machine)).toMatchObject({ card: { name: 'K80', capability: null }, cuda11: false });
  });

  it('says why there is none', async () => {
    expect((await lookForCuda(fakeMachine())).reason).toMatch(/no nvidia-smi/);
    expect((await lookForCuda(fakeMachine({ platform: 'darwin' }))).reason).toMatch(/macOS/);
    const broken = fakeMachine({
      programs: { 'nvidia-smi': () => ({ output: 'x\nDriver/library version mismatch\n' }) },
    });
    expect((await lookForCuda(broken)).reason).toMatch(/nvidia-smi failed \(Driver\/library version mismatch\)/);
    const empty = fakeMachine({ programs: { 'nvidia-smi': () => 'No devices were found' } });
    expect((await lookForCuda(empty)).reason).toMatch(/lists no card/);
  });
});

it('tells which cards a library has code for', () => {
  const wheel = ['sm_60', 'sm_70', 'sm_80', 'sm_89', 'compute_90'];
  expect([6.1, 7.5, 8.6, 8.9, 9].map((one) => coverage(wheel, one))).toEqual(Array(5).fill('native'));
  expect(coverage(wheel, 12)).toBe('compiled');
  expect([3.7, 5.2].map((one) => coverage(wheel, one))).toEqual(['none', 'none']);
  expect(coverage(['sm_80'], 9)).toBe('none');
  expect(coverage([], 8)).toBe('none');
});
