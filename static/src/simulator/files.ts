/** Photos and documents that people take: small, of their own content each, some of them broken. */
import { crc32, deflateSync } from 'node:zlib';
import { prepare, type Prepared } from '../visits/attachments/prepared';
import type { Chance } from './chance';

const MOST_BYTES = 3_500;

/** A file as the app has it once it was taken. One in twelve is not what it says it is: the server will refuse its bytes. */
export function aFile(chance: Chance, marker: string): Promise<Prepared> {
  const noise = Buffer.from(Array.from({ length: 40 + chance.below(MOST_BYTES) }, () => chance.below(256)));
  if (chance.is(1 / 12)) return prepare({ kind: 'photo', name: `${marker}.jpg`, media_type: 'image/jpeg', bytes: bytesOf(noise) });
  if (chance.is(0.5)) return prepare({ kind: 'file', name: `${marker}.pdf`, media_type: 'application/pdf', bytes: bytesOf(Buffer.concat([Buffer.from('%PDF-1.7\n'), noise])) });
  return prepare({ kind: 'photo', name: `${marker}.png`, media_type: 'image/png', bytes: bytesOf(png(noise)) });
}

function bytesOf(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}

/** A grey picture of these pixels. */
function png(pixels: Buffer): Buffer {
  const width = 20;
  const height = Math.max(1, Math.floor(pixels.length / width));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const lines = Array.from({ length: height }, (_, at) => Buffer.concat([Buffer.from([0]), Buffer.alloc(width, pixels.subarray(at * width, (at + 1) * width))]));
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(lines))), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
}

function chunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
