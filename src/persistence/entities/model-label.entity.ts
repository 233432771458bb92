import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'model_label' })
export class ModelLabelEntity {
  @PrimaryColumn('text')
  model!: string;

  @PrimaryColumn('text')
  label!: string;

  @Column('text')
  version!: string;
}
