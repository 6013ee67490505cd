extension Assets {
  /// The pages' style sheet; colours follow the reader's light or dark setting.
  static let style = """
    :root { color-scheme: light dark; --bg: #f4f6f9; --panel: #fff; --ink: #171b21; --muted: #5c6675;
      --line: #dde2ea; --accent: #2457d6; --good: #127a48; --good-bg: #dff5e8; --bad: #b3261e; --bad-bg: #fde4e1;
      --unsure: #8a5a00; --unsure-bg: #fdf0d3; --moving-bg: #e3ebff; --quiet-bg: #e9edf2; --shadow: 0 1px 2px
      #1018281a; }
    @media (prefers-color-scheme: dark) { :root { --bg: #0f1216; --panel: #181c22; --ink: #e7eaef; --muted: #98a2b1;
      --line: #2a303a; --accent: #86a8ff; --good: #5fd39a; --good-bg: #12351f; --bad: #ff8f85; --bad-bg: #421815;
      --unsure: #f0bd5c; --unsure-bg: #3a2c0c; --moving-bg: #1b2a52; --quiet-bg: #262c35; --shadow: none; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--bg); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
    a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    .skip { position: absolute; left: -999px; } .skip:focus { left: 8px; top: 8px; }
    .top { display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: center; padding: 10px 20px;
      background: var(--panel); border-bottom: 1px solid var(--line); position: sticky; top: 0; z-index: 2; }
    .brand { display: flex; gap: 9px; align-items: center; font-weight: 650; color: var(--ink); letter-spacing:
      -.01em; }
    nav { display: flex; flex-wrap: wrap; gap: 2px; }
    nav a { padding: 5px 11px; border-radius: 7px; color: var(--muted); }
    nav a[aria-current] { background: var(--moving-bg); color: var(--accent); font-weight: 600; }
    .pulse { width: 9px; height: 9px; border-radius: 50%; background: var(--muted); margin-left: auto; }
    .pulse.on { background: var(--good); } .pulse.off { background: var(--bad); } .logout { margin: 0; }
    main { max-width: 1180px; margin: 0 auto; padding: 20px; }
    h1 { font-size: 23px; line-height: 1.25; margin: 4px 0 16px; letter-spacing: -.015em; overflow-wrap: anywhere; }
    h2 { font-size: 15px; margin: 0 0 10px; } h3 { font-size: 14px; margin: 16px 0 6px; }
    small, .muted { color: var(--muted); font-weight: 400; font-size: 13px; }
    .panel { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 16px 18px;
      margin: 0 0 16px; box-shadow: var(--shadow); overflow-wrap: anywhere; }
    .narrow { max-width: 430px; margin: 7vh auto; } .why p { margin: 0 0 6px; } .why { border-left: 4px solid
      var(--accent); }
    .exception { border-left: 4px solid var(--bad); } .late { color: var(--bad); font-weight: 600; }
    .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 0 16px; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin-bottom:
      16px; }
    .tile { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 12px 15px;
      display: flex; flex-direction: column; justify-content: space-between; color: inherit; box-shadow:
      var(--shadow); }
    .tile span { color: var(--muted); font-size: 13px; line-height: 1.35; }
    .tile strong { font-size: 25px; font-weight: 620; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
    .tile.alarm { border-color: var(--bad); } .tile.alarm strong { color: var(--bad); }
    .pipeline { list-style: none; display: grid; grid-template-columns: repeat(5, 1fr); gap: 18px; margin: 0;
      padding: 0; }
    .pipeline li { position: relative; }
    .pipeline li + li::before { content: "›"; position: absolute; left: -13px; top: 50%; transform: translateY(-55%);
      color: var(--muted); font-size: 20px; }
    .step { display: block; padding: 11px 14px; border-radius: 10px; background: var(--moving-bg); color:
      var(--ink); }
    .step.good { background: var(--good-bg); } .step strong { display: block; font-size: 22px; line-height: 1.2;
      font-variant-numeric: tabular-nums; } .step span { color: var(--muted); font-size: 13px; }
    .chips { list-style: none; padding: 0; margin: 14px 0 0; display: flex; flex-wrap: wrap; gap: 7px; }
    .chip { display: inline-block; padding: 1px 9px; border-radius: 99px; font-size: 12.5px; font-weight: 550;
      background: var(--quiet-bg); color: var(--muted); white-space: nowrap; vertical-align: middle; letter-spacing:
      0; }
    .chip.good { background: var(--good-bg); color: var(--good); } .chip.bad { background: var(--bad-bg); color:
      var(--bad); }
    .chip.unsure { background: var(--unsure-bg); color: var(--unsure); }
    .chip.moving { background: var(--moving-bg); color: var(--accent); } .chip.none { opacity: .55; }
    .chip b { font-variant-numeric: tabular-nums; margin-left: 4px; }
    table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 600; }
    td, th { padding: 6px 10px 6px 0; vertical-align: top; } td, tbody th, .plain th[scope] { border-top: 1px solid
      var(--line); }
    thead th { color: var(--muted); font-size: 12.5px; font-weight: 550; }
    .plain tr:first-child > td, .plain tr:first-child > th { border-top: 0; } .plain th[scope] { font-weight: 400; }
    .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .total { text-align:
      right; font-weight: 620; }
    .flush { padding: 6px 0; overflow-x: auto; } .none-found { padding: 8px 18px; margin: 0; }
    .cards td, .cards th { padding: 8px 9px; } .cards td:first-child, .cards th:first-child { padding-left: 18px; }
    .cards td:last-child { padding-right: 18px; } meter { width: 100%;
      min-width: 80px; }
    .journal td { white-space: nowrap; font-size: 13px; } .journal td.wrap { white-space: normal; min-width: 240px; }
    .row { margin: 0 0 10px; } .reason { overflow-wrap: anywhere; } .scroll { overflow-x: auto; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0; }
    dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
    code, pre { font: 12.5px/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    pre { background: var(--bg); border: 1px solid var(--line); border-radius: 8px; padding: 10px; overflow: auto;
      max-height: 340px; white-space: pre-wrap; }
    summary { cursor: pointer; font-weight: 600; } details[open] > summary { margin-bottom: 10px; }
    .notice { padding: 9px 14px; border-radius: 9px; background: var(--quiet-bg); }
    .notice.good { background: var(--good-bg); color: var(--good); } .notice.bad { background: var(--bad-bg); color:
      var(--bad); }
    .filters { display: flex; flex-wrap: wrap; gap: 8px 14px; } .filters a[aria-current] { font-weight: 650; color:
      var(--ink); }
    form.search { display: flex; flex-wrap: wrap; gap: 12px; align-items: end; } .search label:first-child { flex: 1
      1 260px; }
    label { display: flex; flex-direction: column; gap: 3px; font-size: 13px; color: var(--muted); }
    input, select, button, .button { font: inherit; color: var(--ink); background: var(--panel); padding: 7px 11px;
      border: 1px solid var(--line); border-radius: 8px; min-width: 0; }
    button, .button { background: var(--accent); border-color: transparent; color: #fff; font-weight: 600; cursor:
      pointer; }
    @media (prefers-color-scheme: dark) { button, .button { color: #0d1530; } }
    button.quiet { background: var(--quiet-bg); color: var(--ink); }
    button.danger { background: var(--bad-bg); color: var(--bad); }
    .stack { display: grid; gap: 14px; } .actions { display: flex; flex-wrap: wrap; gap: 10px 12px; align-items:
      end; margin-top: 10px; }
    .actions label { flex: 0 1 190px; } .buttons { display: flex; flex-wrap: wrap; gap: 8px; }
    .assign { margin-top: 10px; } .assign summary { font-weight: 400; font-size: 13px; color: var(--muted); }
    .tail { list-style: none; margin: 0; padding: 0; max-height: 330px; overflow: auto; font-variant-numeric:
      tabular-nums; }
    .tail li { display: flex; flex-wrap: wrap; gap: 2px 10px; padding: 4px 0; border-top: 1px solid var(--line);
      font-size: 13.5px; }
    .tail li:first-child { border-top: 0; } .tail time { color: var(--muted); }
    svg { display: block; max-width: 100%; } .chart { width: 100%; height: auto; }
    .chart .grid { stroke: var(--line); } .axis, .legend { font-size: 11.5px; fill: var(--muted); }
    .curve { fill: none; stroke-width: 2; stroke-linejoin: round; } .curve.captured { stroke: var(--accent); }
    .curve.confirmed { stroke: var(--good); } .legend.captured { fill: var(--accent); } .legend.confirmed { fill:
      var(--good); }
    svg.swim { max-width: none; } .swim text { font-size: 13px; fill: var(--ink); } .swim .lane { font-weight: 650; }
    .swim .rail { stroke: var(--line); stroke-width: 2; } .swim .time, .swim .detail { fill: var(--muted);
      font-size: 12px; }
    .swim .label { paint-order: stroke; stroke: var(--panel); stroke-width: 5px; stroke-linejoin: round; }
    .swim .way { fill: none; stroke: var(--accent); stroke-width: 2; opacity: .45; }
    .swim .dot { fill: var(--accent); stroke: var(--panel); stroke-width: 2; } .swim .dot.good { fill: var(--good); }
    .swim .dot.bad { fill: var(--bad); } .swim .dot.unsure { fill: var(--unsure); }
    @media (max-width: 640px) {
      main { padding: 14px 12px; } .top { padding: 9px 12px; position: static; } nav { order: 3; width: 100%; }
      nav a { padding: 5px 8px; } .pipeline { grid-template-columns: 1fr 1fr; gap: 10px; } .pipeline li + li::before
      { content: none; }
      .cards thead { display: none; } .cards tr { display: block; padding: 9px 0; border-top: 1px solid var(--line); }
      .cards tbody tr:first-child { border-top: 0; } .cards tr { padding: 9px 14px; }
      .cards td:first-child, .cards td:last-child { padding: 2px 0; } .cards tbody, .cards { display: block; }
      .cards td { display: flex; justify-content: space-between; gap: 14px; border: 0; padding: 2px 0; text-align:
      right; }
      .cards td::before { content: attr(data-label); color: var(--muted); } dl { grid-template-columns: 1fr; gap: 0; }
      dd { margin-bottom: 7px; } .actions label { flex: 1 1 100%; }
    }
    """
}
