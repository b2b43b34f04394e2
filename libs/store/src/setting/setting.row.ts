import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('settings')
export class SettingRow {
  @PrimaryColumn('text') key!: string;
  @Column('jsonb') value!: object | null;
  @Column('bigint') version!: string;
}
