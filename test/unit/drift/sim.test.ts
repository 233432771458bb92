import { compareFeature } from '../../../src/drift/compare-feature';
import { captureProfile } from '../../../src/drift/capture-profile';
import { findDrift } from '../../../src/drift/find-drift';
import { binCount, binIndex, type FeatureReference } from '../../../src/drift/reference-profile';

function rng(seed: number) { let a = seed >>> 0; return () => { a = (a + 0x6d2b79f5) | 0; let t = Math.imul(a ^ (a >>> 15), 1 | a); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 4294967296; }; }
const norm = (r: () => number) => Math.sqrt(-2 * Math.log(1 - r())) * Math.cos(2 * Math.PI * r());
const F = 11;
function row(r: () => number) {
  const f: Record<string, number> = {}; for (let i = 0; i < F; i++) f[`f${i}`] = norm(r);
  const k = Math.floor(r() * 10); return { inputFeatures: f, label: String(k), confidence: 1 - 0.3 * r() ** 2, correct: null };
}
const val = (ft: FeatureReference, x: ReturnType<typeof row>) => ft.name === '@prediction' ? x.label : ft.name === '@confidence' ? x.confidence : x.inputFeatures[ft.name];
function look(profile: any, rows: any[]) {
  const comps = profile.features.map((ft: FeatureReference) => { const c = new Array(binCount(ft)).fill(0); for (const x of rows) c[binIndex(ft, val(ft, x))]++; return compareFeature(ft, c)!; });
  return findDrift(comps);
}
it('independent', () => {
  const out: any[] = [];
  for (const m of [100, 150, 200, 300, 400, 1000]) {
    let any = 0, med = 0, high = 0, N = m > 300 ? 200 : 400;
    for (let s = 0; s < N; s++) { const r = rng(s * 7919 + m); 
      const p = s % 1 === 0 ? captureProfile(Array.from({ length: 900 }, () => row(r)), 'x') : null;
      const fs = look(p, Array.from({ length: m }, () => row(r)));
      if (fs.some((f) => f.drifted)) any++; if (fs.some((f) => f.severity === 'MEDIUM' || f.severity === 'HIGH')) med++; if (fs.some((f) => f.severity === 'HIGH')) high++; }
    out.push([m, any / N, med / N, high / N]);
  }
  console.log(JSON.stringify(out));
});
it('streams', () => {
  // 200-row window, 10 new rows a look
  const res: any = {};
  let looks = 0, dirty = 0;
  const rules: Record<string, number> = { next: 0, f50: 50, f100: 100, f200: 200 };
  const fired: any = { next: 0, f50: 0, f100: 0, f200: 0 }; let pend: any = { ...fired };
  for (let s = 0; s < 20; s++) {
    const r = rng(s + 1); const p = captureProfile(Array.from({ length: 900 }, () => row(r)), 'x');
    let rows = Array.from({ length: 200 }, () => row(r));
    const st: any = {}; for (const k in rules) st[k] = new Map();
    for (let l = 0; l < 200; l++) {
      rows = [...rows.slice(10), ...Array.from({ length: 10 }, () => row(r))];
      const fs = look(p, rows); looks++; if (fs.some((f) => f.drifted)) dirty++;
      for (const k in rules) for (const f of fs) { const key = f.kind + f.feature; const a = st[k].get(key);
        if (f.drifted) { if (!a) { st[k].set(key, { since: l, clean: 0, firing: false, sev: f.severity }); pend[k]++; }
          else { a.clean = 0; if (a.since === null) a.since = l; else if (!a.firing && (l - a.since) * 10 >= rules[k]!) { a.firing = true; fired[k]++; } } }
        else if (a) { a.clean++; a.since = null; if (a.clean >= 3) st[k].delete(key); } }
    }
  }
  console.log(JSON.stringify({ looks, rows: looks * 10, dirty: dirty / looks, pend, fired }));
});
it('power', () => {
  const out: any[] = [];
  for (const d of [0.2, 0.3, 0.4, 0.5, 0.75, 1]) for (const m of [100, 200]) { let hit = 0; for (let s = 0; s < 60; s++) { const r = rng(s + 999); const p = captureProfile(Array.from({ length: 900 }, () => row(r)), 'x');
    const rows = Array.from({ length: m }, () => { const x = row(r); x.inputFeatures.f0! += d; return x; });
    if (look(p, rows).some((f) => f.feature === 'f0' && f.drifted)) hit++; } out.push([d, m, hit / 60]); }
  console.log(JSON.stringify(out));
});
