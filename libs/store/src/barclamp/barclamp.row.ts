import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('barclamps')
export class BarclampRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  @Column('text') display!: string;
  @Column('text') description!: string;
  @Column('text') release!: string;
  @Column('text', { nullable: true }) parent!: string | null;
  @Column('text') digest!: string;
  @Column('jsonb') document!: object;
  @Column('bigint') version!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
}
