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
}
