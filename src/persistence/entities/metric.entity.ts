import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MetricDirection, MetricKind } from '../../experiments/metric';

@Entity({ name: 'metric' })
export class MetricEntity {
  @PrimaryColumn('text', { collation: 'C' })
  key!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text')
  kind!: MetricKind;

  @Column('text')
  direction!: MetricDirection;

  @Column('double precision', { nullable: true })
  quantile!: number | null;

  @Column('double precision', { nullable: true })
  cap!: number | null;

  @Column('double precision', { name: 'conversion_window_ms', nullable: true })
  conversionWindowMs!: number | null;

  @Column('double precision', { name: 'maturity_ms', default: 0 })
  maturityMs!: number;
}
