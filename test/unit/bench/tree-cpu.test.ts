import { spawnSync } from 'node:child_process';
import { treeCpu } from '../../../bench/serving/tree-cpu';

const onLinux = process.platform === 'linux' ? it : it.skip;
const burnMs = 200;

describe('CPU time of a process and its children', () => {
  onLinux('keeps what a child used after the child has ended', () => {
    const before = treeCpu(process.pid)?.totalUs ?? 0;
    const burn = `while (process.cpuUsage().user < ${burnMs * 1000});`;
    spawnSync(process.execPath, ['-e', burn]);
    expect((treeCpu(process.pid)?.totalUs ?? 0) - before).toBeGreaterThan(burnMs * 900);
  });

  onLinux('is nothing for a process that is not there', () => expect(treeCpu(-1)).toEqual({ totalUs: 0, databaseUs: 0 }));
});
