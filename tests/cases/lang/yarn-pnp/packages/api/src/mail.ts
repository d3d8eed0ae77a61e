import { readFileSync } from 'fs';
import path from 'path';
import Handlebars from 'handlebars';
import nodemailer from 'nodemailer';
import { tr } from './i18n';

export async function send(to: string, lang: string) {
  const mjml = (await import('mjml')).default;
  const source = Handlebars.compile(readFileSync(path.join(__dirname, '../email/welcome.mjml.hbs'), 'utf8'))({ hello: await tr(lang, 'hello', { name: to }) });
  const { html, errors } = mjml(source, { filePath: path.join(__dirname, '../email') });
  if (errors.length) throw new Error(errors[0].formattedMessage);
  const transport = process.env.SMTP_HOST ? nodemailer.createTransport({ host: process.env.SMTP_HOST, port: +process.env.SMTP_PORT, ignoreTLS: true }) : nodemailer.createTransport({ jsonTransport: true });
  const info = await transport.sendMail({ from: 'hub@example.org', to, subject: await tr(lang, 'hello', { name: 'Ann' }), html });
  return info.message ? 'json ' + html.length : info.response;
}
