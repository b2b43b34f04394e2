import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('hooks')
export class HookRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  @Column('uuid', { name: 'role_id', nullable: true }) roleId!: string | null;
  @Column('jsonb') selector!: object;
  @Column('jsonb') sink!: object;
  @Column('text', { name: 'signing_key', nullable: true }) signingKey!: string | null;
  @Column('integer', { name: 'deadline_ms' }) deadlineMs!: number;
  @Column('bigint') position!: string;
  @Column('integer') failures!: number;
  @Column('timestamptz', { name: 'retry_at', nullable: true }) retryAt!: Date | null;
  @Column('text', { name: 'last_error' }) lastError!: string;
  @Column('boolean') active!: boolean;
  @Column('bigint') version!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
