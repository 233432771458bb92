import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AlertState, DriftKind, DriftSeverity } from '../../drift/drift-alert';

@Entity({ name: 'drift_alert' })
export class DriftAlertEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  model!: string;

  @Column('text')
  version!: string;

  @Column('text')
  kind!: DriftKind;

  @Column('text', { nullable: true })
  feature!: string | null;

  @Column('text')
  severity!: DriftSeverity;

  @Column('text')
  state!: AlertState;

  @Column('text')
  test!: string;

  @Column('double precision')
  statistic!: number;

  @Column('double precision', { name: 'p_value', nullable: true })
  pValue!: number | null;

  @Column('double precision')
  threshold!: number;

  @Column('double precision', { nullable: true })
  effect!: number | null;

  @Column('text')
  message!: string;

  @Column('timestamptz', { name: 'opened_at' })
  openedAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  @Column('text', { nullable: true })
  comment!: string | null;
}
