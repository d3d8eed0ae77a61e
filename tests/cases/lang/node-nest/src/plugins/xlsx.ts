import { StreamableFile } from '@nestjs/common';
import { store } from '../store';
export async function run() {
  const { Workbook } = await import('exceljs');
  const sheet = new Workbook().addWorksheet('goods');
  for (const g of await (await store()).find()) sheet.addRow([g.name, g.price]);
  return new StreamableFile(Buffer.from((await sheet.workbook.xlsx.writeBuffer()) as any));
}
