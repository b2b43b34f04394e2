import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('jigs')
export class JigRow {
  @PrimaryColumn('text') name!: string;
  @Column('text') description!: string;
  @Column('boolean') active!: boolean;
  @Column('text', { name: 'client_role', nullable: true }) clientRole!: string | null;
  @Column('bigint') version!: string;
}
