import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

const packages = ['onnxruntime-node', 'sharp', '@apollo/server', 'graphql'] as const;

/** What the figures belong to: without it they mean nothing. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly packages: Readonly<Record<string, string>>;
  /** Of the last minute before the start: what else ran. */
  readonly loadAverage: number;
}

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${type()} ${release()} ${process.arch}`,
    node: process.version,
    packages: { ...Object.fromEntries(packages.map((name) => [name, versionOf(name)])), libvips: sharp.versions.vips },
    loadAverage: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

function versionOf(name: string): string {
  const manifest = readFileSync(join(__dirname, '../../../node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

export function machineLines(machine: Machine): readonly string[] {
  const versions = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`);
  return [
    `Machine: ${machine.cores} cores (${machine.cpu.trim()}), ${machine.memoryGb} GB, ${machine.system}; load average before: ${machine.loadAverage}`,
    `Node ${machine.node}, ${versions.join(', ')}`,
    'The load generator runs on the same cores: absolute figures belong to this machine, ratios travel better.',
  ];
}
