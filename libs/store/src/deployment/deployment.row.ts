import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DeploymentState } from '#core';

@Entity('deployments')
export class DeploymentRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  @Column('text') description!: string;
  @Column('uuid', { name: 'parent_id', nullable: true }) parentId!: string | null;
  @Column('boolean') system!: boolean;
  @Column('text') state!: DeploymentState;
  @Column('integer') priority!: number;
  @Column('bigint') version!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
}
