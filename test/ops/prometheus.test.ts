import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { findTool, read, run } from './tools';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly datasource: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
}

const rules: readonly Rule[] = parse(read('observability/alerts.yml')).groups.flatMap((group: { rules: Rule[] }) => group.rules);
const dashboard: { uid: string; panels: readonly Panel[] } = JSON.parse(read('observability/grafana/dashboards/touchstone.json'));
const panelExpressions = dashboard.panels.flatMap((panel) => panel.targets.map(({ expr }) => expr));

describe('Prometheus', () => {
  it('accepts its configuration and its rules', async () => {
    const promtool = findTool('promtool');
    expect(await run(promtool, ['check', 'config', 'observability/prometheus.yml'])).toMatchObject({ status: 0 });
    expect(await run(promtool, ['check', 'rules', 'observability/alerts.yml'])).toMatchObject({ status: 0 });
  });

  it('raises each alert when it should, and not before', async () => {
    const result = await run(findTool('promtool'), ['test', 'rules', 'observability/alerts.test.yml']);
    expect(result).toMatchObject({ status: 0, output: expect.stringContaining('SUCCESS') });
    const tested: string[] = parse(read('observability/alerts.test.yml')).tests.flatMap(
      (test: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }) =>
        test.alert_rule_test.filter(({ exp_alerts }) => exp_alerts.length > 0).map(({ alertname }) => alertname),
    );
    expect([...new Set(tested)].sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))('%s says how urgent it is and where to read what to do', (name, rule) => {
    expect(['page', 'ticket']).toContain(rule.labels.severity);
    expect(rule.annotations.runbook).toBe(`docs/deployment.md#${name.toLowerCase()}`);
    expect(read('docs/deployment.md')).toMatch(new RegExp(`^#+ ${name}$`, 'm'));
  });

  it('scrapes both replicas where they show their metrics', () => {
    const [job] = parse(read('observability/prometheus.yml')).scrape_configs;
    expect(job.static_configs[0].targets).toEqual(['app-a:9464', 'app-b:9464']);
  });
});

describe('Grafana', () => {
  it('finds its dashboards and its data source where the files say', () => {
    const [source] = parse(read('observability/grafana/provisioning/datasources/prometheus.yml')).datasources;
    expect(source).toMatchObject({ uid: 'prometheus', type: 'prometheus', url: 'http://prometheus:9090', isDefault: true });
    const [provider] = parse(read('observability/grafana/provisioning/dashboards/touchstone.yml')).providers;
    expect(read('docker-compose.yml')).toContain(`./observability/grafana/dashboards:${provider.options.path}:ro`);
    expect(readdirSync(join(__dirname, '../../observability/grafana/dashboards'))).toEqual(['touchstone.json']);
  });

  it('has panels that ask that data source and do not overlap', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { title, datasource, targets } of dashboard.panels) {
      expect([title, datasource.uid, targets.length > 0]).toEqual([title, 'prometheus', true]);
    }
  });

  it('asks with expressions that Prometheus can parse', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'touchstone-rules-'));
    try {
      const recorded = panelExpressions.map((expr, index) => ({ record: `panel:expression_${index}`, expr }));
      // JSON is YAML.
      writeFileSync(join(folder, 'panels.yml'), JSON.stringify({ groups: [{ name: 'panels', rules: recorded }] }));
      expect(await run(findTool('promtool'), ['check', 'rules', join(folder, 'panels.yml')])).toMatchObject({ status: 0 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('alerts and panels', () => {
  it('name only metrics that the catalogue lists, with labels that they have', () => {
    const catalogue = new Map(
      [...read('docs/metrics.md').matchAll(/^\| `(\w+)` \| \w+ \| (.*?) \|/gm)].map(([, name = '', labels = '']) => [
        name,
        [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
      ]),
    );
    expect(catalogue.size).toBeGreaterThan(10);
    for (const expression of [...rules.map(({ expr }) => expr), ...panelExpressions]) {
      for (const [, series = '', selector = ''] of expression.matchAll(/\b((?:ai_model|system|touchstone)_\w+)(?:\{([^}]*)\})?/g)) {
        if (/^touchstone_(nodejs|process)_/.test(series)) continue;
        const labels = catalogue.get(series) ?? catalogue.get(series.replace(/_(bucket|sum|count)$/, ''));
        expect([series, labels !== undefined]).toEqual([series, true]);
        for (const [, label] of selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)) expect(labels).toContain(label);
      }
    }
  });
});
