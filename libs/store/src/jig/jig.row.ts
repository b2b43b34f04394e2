import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('jigs')
export class JigRow {
  @PrimaryColumn('text') name!: string;
  @Column('text') description!: string;
  @Column('boolean') active!: boolean;
  /** Whether somebody could carry it out, or has switched it. */
  @Column('boolean') known!: boolean;
  @Column('text', { name: 'client_role', nullable: true }) clientRole!: string | null;
  @Column('bigint') version!: string;
}
