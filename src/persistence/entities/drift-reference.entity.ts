import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ReferenceProfile } from '../../drift/reference-profile';

@Entity({ name: 'drift_reference' })
export class DriftReferenceEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  model!: string;

  @Column('text')
  version!: string;

  @Column('jsonb')
  profile!: ReferenceProfile;

  @Column('timestamptz', { name: 'captured_at' })
  capturedAt!: Date;
}
