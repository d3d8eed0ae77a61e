import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
@Entity()
export class Good {
  @PrimaryGeneratedColumn() id: number;
  @Column() name: string;
  @Column() price: number;
}
