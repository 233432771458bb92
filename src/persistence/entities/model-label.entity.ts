import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'model_label' })
export class ModelLabelEntity {
  @PrimaryColumn('text', { collation: 'C' })
  model!: string;

  @PrimaryColumn('text', { collation: 'C' })
  label!: string;

  @Column('text')
  version!: string;
}
