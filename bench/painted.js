/**
 * Runs in the measured page, before any of its own code: tells when what a person waits for had been painted.
 *
 * A frame counts as painted when its animation frame has run with the change in the document and the main thread has then finished that
 * frame: style, layout, paint and what WebGL was given to draw (a message posted from the animation frame is heard after them). What the
 * compositor and the GPU still do with it, a frame at most on a phone, is not seen from within a page.
 *
 * Times are milliseconds since the navigation began (performance.now()).
 */
(() => {
  const painted = () =>
    new Promise((done) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => done(performance.now());
        port2.postMessage(null);
      }),
    );

  const WATCHED = { childList: true, subtree: true, characterData: true, attributes: true };
  const PATIENCE_MS = 60_000;

  /** When the first frame with something that matches had been painted; noted from the beginning of the page. */
  const seen = new Map();
  function appears(selector) {
    if (!seen.has(selector)) {
      seen.set(
        selector,
        new Promise((done) => {
          const look = () => {
            if (!document.querySelector(selector)) return false;
            void painted().then(done);
            return true;
          };
          if (look()) return;
          const observer = new MutationObserver(() => look() && observer.disconnect());
          observer.observe(document, WATCHED);
        }),
      );
    }
    return seen.get(selector);
  }

  let armed = null;

  /**
   * Be ready for the next event of a type (the finger's or the key's own time is the beginning). With `shows` it is over with the first
   * frame that has something matching it; without, with the last frame that changed anything inside `root`, once nothing has changed
   * there for `quiet_ms`: what is put off shows up in the time.
   */
  function arm({ type, root, shows = null, quiet_ms = 250 }) {
    armed = new Promise((done, failed) => {
      let began = null;
      let last = null;
      let frames = 0;
      let quiet;
      const giveUp = setTimeout(() => failed(new Error(`nothing came of ${type} in ${root}`)), PATIENCE_MS);
      const observer = new MutationObserver(note);
      function note() {
        if (began === null || (shows && !document.querySelector(shows))) return;
        frames += 1;
        const mine = frames;
        void painted().then((at) => {
          if (shows && last !== null) return;
          last = at;
          if (shows) return end();
          if (mine !== frames) return;
          clearTimeout(quiet);
          quiet = setTimeout(end, quiet_ms);
        });
      }
      function end() {
        clearTimeout(giveUp);
        observer.disconnect();
        done({ began, painted: last, took: last - began });
      }
      addEventListener(
        type,
        (event) => {
          began = event.timeStamp;
          observer.observe(document.querySelector(root), WATCHED);
          // A key that changes nothing (a space) is answered by the next frame.
          note();
        },
        { capture: true, once: true },
      );
    });
    armed.catch(() => undefined);
  }

  let map = null;

  /** Take hold of the map that stands on the page: the module the app itself has loaded gives it. */
  async function findMap(look) {
    const [{ name }] = performance.getEntriesByType('resource').filter((entry) => /\/stage-[^/]*\.js$/.test(entry.name));
    const { openStage } = await import(name);
    ({ map } = openStage({ look, title: '', home: [] }));
  }

  /**
   * Be ready for the next event of a type that changes what the map shows. `sent`: until our code - filter and clusters - has handed the
   * new pins to their layer. `took`: until the first frame in which that layer has drawn them. `still`: until the map is at rest, its
   * own words having made room for the new pins. The pixels are the GPU's work, which a page cannot see.
   */
  function armMap(type) {
    armed = new Promise((done, failed) => {
      const giveUp = setTimeout(() => failed(new Error(`the map did not change by ${type}`)), PATIENCE_MS);
      const layer = map.getLayer('account-pins').implementation;
      const { show } = layer;
      let began = null;
      let wanted = null;
      let sent = null;
      let took = null;
      let still = null;
      layer.show = (pins) => {
        layer.show = show;
        wanted = pins;
        sent = performance.now() - began;
        return show(pins);
      };
      const end = () => {
        if (took === null || still === null) return;
        clearTimeout(giveUp);
        map.off('render', onrender);
        map.off('idle', onidle);
        done({ sent, took, still });
      };
      const onrender = () => {
        if (wanted === null || took !== null || layer.drawn !== wanted) return;
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          took ??= performance.now() - began;
          end();
        };
        port2.postMessage(null);
      };
      const onidle = () => {
        if (wanted === null) return;
        still = performance.now() - began;
        end();
      };
      map.on('render', onrender);
      map.on('idle', onidle);
      addEventListener(type, (event) => (began = event.timeStamp), { capture: true, once: true });
    });
    armed.catch(() => undefined);
  }

  /** Bring the camera back to where it was. */
  async function look({ lon, lat, zoom }) {
    map.stop();
    map.jumpTo({ center: [lon, lat], zoom });
    await map.once('idle');
  }

  globalThis.bench = { appears, arm, armMap, findMap, look, outcome: () => armed, painted };
})();
