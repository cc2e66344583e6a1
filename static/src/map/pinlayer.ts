/**
 * Draws pins and donuts itself, in the very next frame. As MapLibre's own symbols they would go through its worker and come some
 * frames later, which is felt at every press on a filter; and each new donut would be one more picture for all its tiles.
 */
import type { CustomLayerInterface, Map as MapLibre } from 'maplibre-gl';
import type { PlacedPin } from './features';
import { sheetOf, type Sheet } from './pinsheet';

export const PINS = 'account-pins';

export interface PinLayer extends CustomLayerInterface {
  /** Draw these from now on, the last on top. */
  show(pins: readonly PlacedPin[]): void;
  /** What the last frame has drawn. */
  drawn: readonly PlacedPin[];
}

const VERTEX = `#version 300 es
in vec4 place;
out vec2 at;
void main() {
  gl_Position = vec4(place.xy, 0.0, 1.0);
  at = place.zw;
}`;
const FRAGMENT = `#version 300 es
precision mediump float;
uniform sampler2D sheet;
in vec2 at;
out vec4 colour;
void main() {
  colour = texture(sheet, at);
}`;

/** Two triangles of three corners, each with its place on the screen and on the sheet. */
const FLOATS_A_PIN = 24;
const CORNERS = [0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1] as const;

/** What lives on the graphics card: made anew when it was lost there. */
interface Card {
  gl: WebGL2RenderingContext;
  program: WebGLProgram;
  vertices: WebGLVertexArrayObject;
  buffer: WebGLBuffer;
  texture: WebGLTexture;
  /** The sheet that the texture holds. */
  holds: Sheet | null;
}

export function createPinLayer(map: MapLibre): PinLayer {
  let pins: readonly PlacedPin[] = [];
  let sheet: Sheet | null = null;
  let card: Card | null = null;
  map.on('webglcontextlost', () => (card = null));
  map.on('moveend', () => map.triggerRepaint());

  const layer: PinLayer = {
    id: PINS,
    type: 'custom',
    drawn: [],
    show(next) {
      pins = next;
      sheet = sheetOf(new Set(pins.map((pin) => pin.key)), Math.min(3, Math.max(1, window.devicePixelRatio)), sheet);
      map.triggerRepaint();
    },
    onRemove() {
      if (card) dropCard(card);
      card = null;
    },
    render(gl) {
      layer.drawn = pins;
      if (!sheet || pins.length === 0) return;
      card ??= makeCard(gl as WebGL2RenderingContext);
      if (card.holds !== sheet) putSheet(card, sheet);
      draw(card, cornersOf(map, pins, sheet));
    },
  };
  return layer;
}

/** The corners of all pins that can be seen: places on the screen from -1 to 1, on the sheet from 0 to 1. */
function cornersOf(map: MapLibre, pins: readonly PlacedPin[], { canvas, ratio, cells }: Sheet): Float32Array {
  const { clientWidth: width, clientHeight: height } = map.getCanvas();
  // At rest a picture lies on whole pixels, or its letters would be blurred.
  const isAtRest = !map.isMoving();
  const found = new Float32Array(pins.length * FLOATS_A_PIN);
  let end = 0;
  for (const { lon, lat, key } of pins) {
    const cell = cells.get(key);
    if (!cell) continue;
    const { x, y } = map.project([lon, lat]);
    const side = cell.side / ratio;
    let [left, top] = [x - side / 2, y - side / 2];
    if (left > width || top > height || left + side < 0 || top + side < 0) continue;
    if (isAtRest) [left, top] = [Math.round(left * ratio) / ratio, Math.round(top * ratio) / ratio];
    for (let at = 0; at < CORNERS.length; at += 2) {
      const [right, down] = [CORNERS[at] ?? 0, CORNERS[at + 1] ?? 0];
      found[end] = ((left + right * side) / width) * 2 - 1;
      found[end + 1] = 1 - ((top + down * side) / height) * 2;
      found[end + 2] = (cell.x + right * cell.side) / canvas.width;
      found[end + 3] = (cell.y + down * cell.side) / canvas.height;
      end += 4;
    }
  }
  return found.subarray(0, end);
}

function makeCard(gl: WebGL2RenderingContext): Card {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
    const shader = gl.createShader(type);
    if (!shader) continue;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  const vertices = gl.createVertexArray();
  const buffer = gl.createBuffer();
  const texture = gl.createTexture();
  gl.bindVertexArray(vertices);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  const place = gl.getAttribLocation(program, 'place');
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, 4, gl.FLOAT, false, 0, 0);
  gl.bindVertexArray(null);
  return { gl, program, vertices, buffer, texture, holds: null };
}

function dropCard({ gl, program, vertices, buffer, texture }: Card): void {
  gl.deleteProgram(program);
  gl.deleteVertexArray(vertices);
  gl.deleteBuffer(buffer);
  gl.deleteTexture(texture);
}

function putSheet(card: Card, sheet: Sheet): void {
  const { gl } = card;
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, card.texture);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, sheet.canvas);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  card.holds = sheet;
}

/** MapLibre has set the blending, and sets all of its own state anew afterwards. */
function draw({ gl, program, vertices, buffer, texture }: Card, corners: Float32Array): void {
  gl.useProgram(program);
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.bindVertexArray(vertices);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ARRAY_BUFFER, corners, gl.STREAM_DRAW);
  gl.disable(gl.DEPTH_TEST);
  gl.drawArrays(gl.TRIANGLES, 0, corners.length / 4);
  gl.bindVertexArray(null);
}
