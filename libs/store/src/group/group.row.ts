import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('groups')
export class GroupRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  @Column('text') category!: string;
  @Column('text') description!: string;
  @Column('bigint') version!: string;
}
