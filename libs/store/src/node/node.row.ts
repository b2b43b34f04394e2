import { Column, Entity, PrimaryColumn } from 'typeorm';

/** `alive`, `available` and `frozen` are written with the graph and by nobody else. */
@Entity('nodes')
export class NodeRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  @Column('text') description!: string;
  @Column('uuid', { name: 'deployment_id' }) deploymentId!: string;
  @Column('boolean') admin!: boolean;
  @Column('boolean') system!: boolean;
  @Column('boolean') alive!: boolean;
  @Column('boolean') available!: boolean;
  @Column('integer') frozen!: number;
  @Column('text') bootenv!: string;
  @Column('uuid', { name: 'target_role_id', nullable: true }) targetRoleId!: string | null;
  @Column('text', { nullable: true }) address!: string | null;
  @Column('integer', { name: 'ssh_port' }) sshPort!: number;
  @Column('text', { name: 'host_key', nullable: true }) hostKey!: string | null;
  @Column('boolean') probed!: boolean;
  @Column('text', { array: true }) macs!: string[];
  @Column('jsonb') inventory!: object;
  @Column('jsonb') hints!: object;
  @Column('text', { array: true }) quirks!: string[];
  @Column('jsonb') notes!: object;
  @Column('bigint') version!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
}
