/// The demo page's three files, compiled in so that one binary is the whole demo.
enum DemoPage {
  private static let footer = """
    Both flows meet the same delay, the same fourteen requests at once and the same lost answers (3 in 100). For
    the last fifteen seconds of each minute there are four times the orders, and the ERP takes five times as long. The
    button kills both: what the left has in memory is gone. All figures are read from the ledgers of the simulated
    shop, ERPs and mail server, none from Countersign. The gated side says nothing until the receipt, as a headless or
    WooCommerce shop can; behind a Shopify checkout it would say "received" first.
    """

  static func html(consolePort: Int) -> String {
    """
    <!doctype html><html lang="en"><head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Countersign: the gap, and the gate</title>
    <link rel="stylesheet" href="/demo.css">
    </head>
    <body>
    <header>
      <h1>Countersign</h1>
      <p>The same orders, twice: told "confirmed" on the shop's own write, and told when the ERP has countersigned.
        <a href="http://127.0.0.1:\(consolePort)/">Console: every order across all systems</a></p>
    </header>
    <section class="bar" aria-label="The shop">
      <span><b id="placed">0</b> orders placed</span>
      <span id="phase">quiet</span>
      <span>coordinator <b id="running">starting</b></span>
      <span>both killed <b id="kills">0</b> times</span>
      <button id="crash" type="button">Crash it (SIGKILL)</button>
    </section>
    <main>
      <article class="broken">
        <h2>Confirm on local write</h2>
        <p>The shop says "confirmed" at once; a queue in memory tells the ERP afterwards.</p>
        <dl>
          <div class="key"><dt>confirmed, and the ERP does not have it</dt><dd id="n-missing">0</dd></div>
          <div><dt>customers told "confirmed"</dt><dd id="n-told">0</dd></div>
          <div><dt>orders in the ERP</dt><dd id="n-erp">0</dd></div>
          <div><dt>gap, median</dt><dd id="n-gap">0 s</dd></div>
          <div><dt>gap, worst</dt><dd id="n-worst">0 s</dd></div>
          <div><dt>orders twice in the ERP</dt><dd id="n-twice">0</dd></div>
          <div><dt>units promised that do not exist</dt><dd id="n-oversold">0</dd></div>
        </dl>
      </article>
      <article class="gated">
        <h2>ERP-gated</h2>
        <p>Countersign takes the order durably, waits for the ERP's receipt and its stock, then releases the
          confirmation.</p>
        <dl>
          <div class="key"><dt>confirmed, and the ERP does not have it</dt><dd id="g-missing">0</dd></div>
          <div><dt>customers told "confirmed"</dt><dd id="g-told">0</dd></div>
          <div><dt>orders in the ERP</dt><dd id="g-erp">0</dd></div>
          <div><dt>waiting for the ERP</dt><dd id="g-waiting">0</dd></div>
          <div><dt>in the ERP, waiting for stock</dt><dd id="g-held">0</dd></div>
          <div><dt>order to confirmation, median</dt><dd id="g-wait">0 s</dd></div>
          <div><dt>orders twice in the ERP</dt><dd id="g-twice">0</dd></div>
          <div><dt>customers told twice</dt><dd id="g-mails">0</dd></div>
          <div><dt>units promised that do not exist</dt><dd id="g-oversold">0</dd></div>
        </dl>
      </article>
    </main>
    <figure>
      <figcaption>Orders support could not find: confirmed to the customer, unknown to the ERP.
        <span class="k-broken">confirm on local write</span> <span class="k-gated">ERP-gated</span></figcaption>
      <svg id="chart" viewBox="0 0 800 160" preserveAspectRatio="none" role="img"
        aria-label="Orders support could not find">
        <polyline id="line-broken" points=""></polyline>
        <polyline id="line-gated" points=""></polyline>
      </svg>
      <p class="scale"><span id="chart-max">0</span> at the highest; the last three minutes</p>
    </figure>
    <footer>\(footer)</footer>
    <script src="/demo.js"></script>
    </body>
    </html>

    """
  }

  static let css = """
    :root { color-scheme: light dark; --ink: #16202b; --soft: #5b6875; --back: #f5f6f8; --card: #ffffff;
      --edge: #dde2e8; --bad: #b3261e; --good: #17693f; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e7ebf0; --soft: #98a4b1; --back: #12171d; --card: #1b222b; --edge: #2d3742; --bad: #ff8f85;
        --good: #6fd3a0; }
    }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 1080px; padding: 24px; background: var(--back); color: var(--ink);
      font: 16px/1.45 system-ui, sans-serif; }
    h1 { margin: 0; font-size: 1.7rem; letter-spacing: -0.02em; }
    h2 { margin: 0 0 4px; font-size: 1.15rem; }
    p { margin: 4px 0; color: var(--soft); }
    a { color: inherit; }
    .bar { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: center; margin: 20px 0; padding: 12px 16px;
      background: var(--card); border: 1px solid var(--edge); border-radius: 10px; }
    .bar b { font-variant-numeric: tabular-nums; }
    button { margin-left: auto; padding: 9px 16px; border: 0; border-radius: 8px; background: var(--bad);
      color: var(--card); font: inherit; font-weight: 600; cursor: pointer; }
    button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
    main { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 16px; }
    article { padding: 18px; background: var(--card); border: 1px solid var(--edge); border-radius: 10px; }
    .broken { border-top: 4px solid var(--bad); }
    .gated { border-top: 4px solid var(--good); }
    dl { margin: 14px 0 0; }
    dl div { display: flex; justify-content: space-between; gap: 12px; padding: 5px 0;
      border-top: 1px solid var(--edge); }
    dt { color: var(--soft); }
    dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .key { flex-direction: column; gap: 0; border: 0; }
    .key dd { font-size: 3rem; line-height: 1.1; }
    .broken .key dd, .broken dd.bad { color: var(--bad); }
    .gated .key dd, .gated dd.good { color: var(--good); }
    figure { margin: 16px 0; padding: 16px; background: var(--card); border: 1px solid var(--edge);
      border-radius: 10px; }
    figcaption { margin-bottom: 8px; color: var(--soft); }
    .k-broken { color: var(--bad); font-weight: 600; margin-left: 10px; }
    .k-gated { color: var(--good); font-weight: 600; margin-left: 10px; }
    svg { width: 100%; height: 160px; display: block; border-bottom: 1px solid var(--edge); }
    polyline { fill: none; stroke-width: 2.5; vector-effect: non-scaling-stroke; }
    #line-broken { stroke: var(--bad); }
    #line-gated { stroke: var(--good); }
    .scale, footer { font-size: 0.85rem; color: var(--soft); }
    """

  static let script = """
    "use strict";
    const text = (id, value) => { document.getElementById(id).textContent = value; };
    const seconds = (value) => value >= 60 ? (value / 60).toFixed(1) + " min" : value.toFixed(2) + " s";
    function mark(id, name, on) { document.getElementById(id).classList.toggle(name, on); }
    function draw(history) {
      const top = Math.max(5, ...history.map((point) => point[0]));
      const points = (index) => history.map((point, at) =>
        (800 * at / Math.max(1, 359)).toFixed(1) + "," + (156 - 150 * point[index] / top).toFixed(1)).join(" ");
      document.getElementById("line-broken").setAttribute("points", points(0));
      document.getElementById("line-gated").setAttribute("points", points(1));
      text("chart-max", Math.max(0, ...history.map((point) => point[0])));
    }
    async function refresh() {
      try {
        const state = await (await fetch("/demo/state")).json();
        const n = state.naive, g = state.gated;
        text("placed", state.placed); text("kills", state.kills);
        text("running", state.running ? "running" : "down, restarting");
        text("phase", state.age % 60 >= 45 ? "peak: 4 × the orders, an ERP 5 × as slow" : "quiet");
        text("n-missing", n.missing); text("n-told", n.told); text("n-erp", n.erp); text("n-gap", seconds(n.gap));
        text("n-worst", seconds(n.worst)); text("n-twice", n.twice); text("n-oversold", n.oversold);
        text("g-missing", g.missing); text("g-told", g.told); text("g-erp", g.erp); text("g-waiting", g.waiting);
        text("g-held", g.held); text("g-wait", seconds(g.wait)); text("g-mails", g.mails); text("g-twice", g.twice);
        text("g-oversold", g.oversold);
        mark("n-twice", "bad", n.twice > 0); mark("n-oversold", "bad", n.oversold > 0);
        mark("g-twice", "good", g.twice === 0); mark("g-oversold", "good", g.oversold === 0);
        draw(state.gaps);
      } catch (error) { text("running", "the demo has ended"); }
    }
    document.getElementById("crash").addEventListener("click", () => {
      fetch("/demo/crash", { method: "POST", headers: { "X-Countersign-Demo": "1" } });
    });
    setInterval(refresh, 500);
    refresh();
    """
}
