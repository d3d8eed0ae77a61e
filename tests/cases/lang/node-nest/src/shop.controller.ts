import { Body, Controller, Get, Header, NotFoundException, Param, Post, Query, Render, Res, StreamableFile, UploadedFile, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { ApiProperty } from '@nestjs/swagger';
import { IsEmail, IsInt, Min } from 'class-validator';
import { Type } from 'class-transformer';
import { join } from 'path';
import { Worker } from 'worker_threads';
import { readdirSync, readFileSync } from 'fs';
import { store } from './store';

class Order {
  @ApiProperty() @IsEmail() email: string;
  @ApiProperty() @IsInt() @Min(1) @Type(() => Number) count: number;
}

@Controller()
export class ShopController {
  @Get('health') health() { return 'ok'; }

  @Get() @Render('goods')
  async index() { return { title: 'goods', goods: await (await store()).find() }; }

  @Get('ssr') @Header('content-type', 'text/html')
  async ssr() {
    const { renderToString } = await import('react-dom/server');
    const { createElement } = await import('react');
    const { Goods } = await import('./page');
    return renderToString(createElement(Goods, { goods: await (await store()).find() }));
  }

  @Post('orders') order(@Body() order: Order) { return { email: order.email, count: order.count + 1 }; }

  @Post('upload') @UseInterceptors(FileInterceptor('f'))
  upload(@UploadedFile() f: any) { return { name: f.originalname, size: f.size }; }

  @Get('plugin/:name')
  async plugin(@Param('name') name: string) {
    const file = readdirSync(join(__dirname, 'plugins')).find((f) => f === name + '.js');
    if (!file) throw new NotFoundException('no such plugin');
    return require(join(__dirname, 'plugins', file)).run();
  }

  @Get('badge') @Header('content-type', 'image/png')
  async badge(@Query('text') text: string) {
    const Jimp = require('jimp');
    const image = new Jimp(160, 40, '#000080');
    image.print(await Jimp.loadFont(Jimp.FONT_SANS_16_WHITE), 5, 5, text);
    return new StreamableFile(await image.getBufferAsync('image/png'));
  }

  @Get('bill.pdf') @Header('content-type', 'application/pdf')
  bill() {
    const PDF = require('pdfkit');
    const doc = new PDF();
    doc.font('Times-Bold').text('Bill');
    doc.end();
    return new StreamableFile(doc);
  }

  @Get('date')
  date(@Query('locale') locale: string, @Query('zone') zone: string) {
    const dayjs = require('dayjs');
    require(`dayjs/locale/${locale}`);
    for (const p of ['utc', 'timezone', 'localizedFormat']) dayjs.extend(require(`dayjs/plugin/${p}`));
    return dayjs.utc('2024-07-01T12:00:00Z').tz(zone).locale(locale).format('dddd D MMMM YYYY HH:mm');
  }

  @Get('hello')
  async hello(@Query('locale') locale: string) {
    const i18next = require('i18next').createInstance();
    await i18next.use(require('i18next-fs-backend')).init({ lng: locale, fallbackLng: 'en', backend: { loadPath: join(process.cwd(), 'i18n/{{lng}}.json') } });
    return i18next.t('hello');
  }

  @Get('mail')
  async mail() {
    const transport = require('nodemailer').createTransport({ streamTransport: true, buffer: true });
    return (await transport.sendMail({ from: 'a@example.com', to: 'b@example.com', subject: 'Größe', text: 'hello', attachments: [{ filename: 'a.csv', content: 'tea' }] })).message.toString();
  }

  @Get('manual')
  async manual() {
    const { marked } = await import('marked');
    const hljs = require('highlight.js/lib/core');
    hljs.registerLanguage('rust', require('highlight.js/lib/languages/rust'));
    return (await marked.parse(readFileSync(join(process.cwd(), 'manual.md'), 'utf8'))) + hljs.highlight('fn main() {}', { language: 'rust' }).value;
  }

  @Get('worker')
  worker() {
    return new Promise((resolve, reject) => new Worker(join(__dirname, 'sum.worker.js'), { workerData: [3, 1] }).on('message', (sum) => resolve({ sum })).on('error', reject));
  }

  @Get('currency') currency() { return new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' }).format(1234.5); }

  @Get('crash') crash() { throw new Error('crash on demand'); }
}
