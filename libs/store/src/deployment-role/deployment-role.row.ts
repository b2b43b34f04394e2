import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('deployment_roles')
export class DeploymentRoleRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'deployment_id' }) deploymentId!: string;
  @Column('uuid', { name: 'role_id' }) roleId!: string;
  @Column('jsonb', { name: 'proposed_data', nullable: true }) proposedData!: object | null;
  @Column('jsonb', { name: 'committed_data' }) committedData!: object;
  @Column('jsonb') wall!: object;
  @Column('jsonb') notes!: object;
  @Column('bigint') version!: string;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
  @Column('text', { name: 'updated_by' }) updatedBy!: string;
}
