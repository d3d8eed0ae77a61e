import { IncomingMessage, ServerResponse } from 'http';
import { store } from './store';

export async function files(req: IncomingMessage, res: ServerResponse) {
  const [, , name] = req.url.split('/');
  if (name === 'orders.pdf') {
    const PDFDocument = (await import('pdfkit')).default;
    const doc = new PDFDocument();
    res.setHeader('content-type', 'application/pdf');
    doc.pipe(res);
    doc.font('Times-Italic').text('Orders');
    doc.font('Courier-Bold').text(JSON.stringify((await store()).all()));
    doc.end();
  } else if (name === 'orders.zip') {
    const archiver = (await import('archiver')).default;
    const zip = archiver('zip', { zlib: { level: 9 } });
    zip.pipe(res);
    zip.append(JSON.stringify((await store()).all()), { name: 'orders.json' });
    await zip.finalize();
  } else if (name === 'broken') throw new Error('files on demand');
  else { res.statusCode = 404; res.end('no such file'); }
}
