import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ExperimentEvent } from '../../experiments/experiment';

/** One line of an experiment's history: the write that made `revision`. */
@Entity({ name: 'experiment_event' })
export class ExperimentEventEntity {
  @PrimaryColumn('text')
  experiment!: string;

  @PrimaryColumn('integer')
  revision!: number;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  actor!: string;

  @Column('text')
  action!: ExperimentEvent['action'];

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('text', { nullable: true })
  detail!: string | null;
}
