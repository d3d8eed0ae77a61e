// what cron would run: packs the data base
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import yaml from 'js-yaml'
import { readFile } from 'node:fs/promises'

const { title } = yaml.load(await readFile(new URL('../settings.yaml', import.meta.url), 'utf8'))
await pipeline(createReadStream('/usr/src/app/shop.db'), createGzip(), createWriteStream('/tmp/shop.db.gz'))
console.log(`${title}: packed`)
