/// How the page looks: on screens light and dark, on a telephone, and on paper.
enum ReportStyle {
  static let sheet: HTML = """
    :root { color-scheme: light dark; --ink: #16202b; --soft: #5b6875; --back: #f5f6f8; --card: #fff; --edge: #dde2e8;
      --grid: #e8ebef; --bad: #b3261e; --bad-soft: #e9a49d; --bad-back: #fdf1f0; --good: #17693f; --good-soft:
      #9ccdb3;
      --good-back: #eff8f3; --unsure: #8a5a00; --unsure-back: #fdf6e7; --volume: #9aa7b5; --p0: #4f9f78; --p1:
      #f6c8bd;
      --p2: #ec9a8c; --p3: #da6a5d; --p4: #b3261e; --p5: #7d1610; --p6: #2b1a1a; --h0: #7a8ba0; 
      --h2: #b58a3a; --inside: #fff; --h3: #4a8a8c; --late: #b3261e; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e7ebf0; --soft: #9ba7b4; --back: #12171d; --card: #1b222b;
      --edge: #2d3742; --grid: #27303a; --bad: #ff8f85; --bad-soft: #8c3f39; --bad-back: #2a1c1e; --good: #6fd3a0;
      --good-soft: #2f6b4d; --good-back: #16261f; --unsure: #f0bd5c; --unsure-back: #2b2416; --volume: #5f6d7c;
      --p0: #3f8a66; --p1: #6b3a37; --p2: #8a443f; --p3: #b0524a; --p4: #e0685e; --p5: #ffaaa2; --p6: #fff;
      --h0: #64748a; --h2: #c39a4c; --inside: #14191f; --h3: #5aa0a2; --late: #e0685e; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 1000px; padding: 28px 24px; background: var(--back); color: var(--ink);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
    header, section { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 22px 24px;
      margin: 0 0 16px; }
    header { border-top: 6px solid var(--soft); }
    header.bad { border-top-color: var(--bad); } header.good { border-top-color: var(--good); }
    header.unsure { border-top-color: var(--unsure); }
    .over { margin: 0 0 10px; color: var(--soft); font-size: .9rem; }
    h1 { margin: 0; font-size: 1.65rem; line-height: 1.25; letter-spacing: -.015em; text-wrap: balance; }
    h2 { margin: 0 0 6px; font-size: 1.2rem; letter-spacing: -.01em; }
    h3 { margin: 22px 0 8px; font-size: 1rem; } small, h3 small { font-size: .82rem; font-weight: 400; color:
      var(--soft); }
    p { margin: 6px 0; } .lead { margin: 0 0 14px; color: var(--soft); text-wrap: pretty; }
    .more { color: var(--soft); }
    .doubts { border-left: 4px solid var(--unsure); padding: 2px 12px; margin: 14px 0 0; font-weight: 600; }
    .sign { display: inline-grid; place-items: center; width: 1.35em; height: 1.35em; margin: 0 .4em 0 0; font-size:
      .8em;
      border-radius: 50%; background: var(--soft); color: var(--card); vertical-align: .06em; }
    .bad .sign { background: var(--bad); } .good .sign { background: var(--good); }
    .unsure .sign { background: var(--unsure); }
    ul { margin: 8px 0; padding-left: 1.2em; } .evidence { margin: 14px 0 0; } li { margin: 3px 0; }
    #figures { padding: 0; border: 0; background: none; }
    .tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 0; }
    .tile { padding: 16px 18px; background: var(--card); border: 1px solid var(--edge); border-radius: 10px; }
    .tile dt { color: var(--soft); font-size: .88rem; } .tile dd { margin: 0; }
    .tile b { display: block; white-space: nowrap;
      margin: 2px 0 4px; font-size: 1.75rem; line-height: 1.15; letter-spacing: -.02em;
      font-variant-numeric: tabular-nums; } .tile span { display: block; color: var(--soft); font-size: .85rem;
      line-height: 1.4; }
    .bad b, b.bad { color: var(--bad); } .good b, b.good { color: var(--good); }
    figure { margin: 0 0 6px; } svg { display: block; width: 100%; height: auto; } .narrow { display: none; }
    svg text { font: 13px system-ui, sans-serif; fill: var(--soft); } svg .strong { font-weight: 600; }
    svg .value { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 4px; }
    svg .inside { fill: var(--inside); font-weight: 600; font-size: 15px; }
    .grid { stroke: var(--grid); } .axis { stroke: var(--soft); }
    .mark { stroke: var(--soft); stroke-dasharray: 3 4; }
    .area { fill: var(--bad); opacity: .13; } .curve { fill: none; stroke: var(--bad); stroke-width: 2.5; }
    .dot { fill: var(--bad); stroke: var(--card); stroke-width: 2; } .limit { stroke: var(--ink); stroke-width: 2; }
    .late.half { fill: var(--late); background: var(--late); }
    .late.ninth { fill: var(--bad-soft); background: var(--bad-soft); }
    .early.half { fill: var(--good); background: var(--good); }
    .early.ninth { fill: var(--good-soft); background: var(--good-soft); }
    .volume { fill: var(--volume); } .track { fill: var(--grid); }
    .p0 { fill: var(--p0); background: var(--p0); } .p1 { fill: var(--p1); background: var(--p1); }
    .p2 { fill: var(--p2); background: var(--p2); } .p3 { fill: var(--p3); background: var(--p3); }
    .p4 { fill: var(--p4); background: var(--p4); } .p5 { fill: var(--p5); background: var(--p5); }
    .p6 { fill: var(--p6); background: var(--p6); }
    .p7 { fill: var(--volume); background: var(--volume); } .h0 { fill: var(--h0); background: var(--h0); }
    .h1 { fill: var(--late); background: var(--late); } .h2 { fill: var(--h2); background: var(--h2); }
    .h3 { fill: var(--h3); background: var(--h3); }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 10px 0 4px; padding: 0; list-style: none;
      font-size: .88rem; color: var(--soft); } .legend b { color: var(--ink); margin-left: 3px; }
    .key { display: inline-block; width: .8em; height: .8em; margin-right: .5em; border-radius: 2px; }
    .table { overflow-x: auto; margin: 6px 0 10px; }
    table { width: 100%; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums;
      overflow-wrap: normal; }
    caption { text-align: left; color: var(--soft); font-size: .85rem; padding: 6px 0; }
    th, td { padding: 6px 10px; border-top: 1px solid var(--edge); text-align: right; vertical-align: top; }
    thead th { border-top: 0; color: var(--soft); font-weight: 600; font-size: .82rem; vertical-align: bottom; }
    th:first-child { text-align: left; padding-left: 0; } tbody th { font-weight: 400; min-width: 8em; }
    th:last-child, td:last-child { padding-right: 0; } th span, td span { color: var(--soft); font-size: .82rem; }
    tbody th > span:not(.spark) { display: block; } .spark svg { width: 120px; }
    .spark { display: block; padding-top: 5px; }
    td { white-space: nowrap; } td small { display: block; min-width: 12em; text-align: left; white-space: normal; }
    caption.unseen { position: absolute; width: 1px; height: 1px; padding: 0; overflow: hidden; clip-path:
      inset(50%); }
    section > :last-child { margin-bottom: 0; }
    #orders td, #orders th { white-space: nowrap; }
    #orders tbody th, #orders td:nth-child(2) { white-space: normal; overflow-wrap: anywhere; min-width: 7em; }
    #unreadable td { white-space: normal; }
    #unreadable :is(th, td):is(:nth-child(2), :last-child),
    #method table:not(.counts) :is(th, td):is(:nth-child(2), :nth-child(3)) { text-align: left; }
      .counts { max-width: 26em; }
    #method td:nth-child(3) { white-space: normal; } #method table:not(.counts) tbody th { min-width: 20em; }
    .cost thead th { white-space: nowrap; }
    .cards { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px; }
    article { padding: 14px 16px; border: 1px solid var(--edge); border-top: 4px solid var(--soft); border-radius:
      8px;
      font-size: .92rem; } article h3 { margin: 0; } article ul { padding-left: 1.1em; color: var(--soft); }
    article.bad { border-top-color: var(--bad); background: var(--bad-back); }
    article.good { border-top-color: var(--good); background: var(--good-back); }
    .state { margin: 2px 0 8px; font-weight: 600; color: var(--soft); } .bad .state { color: var(--bad); }
    .good .state { color: var(--good); }
    details { margin: 4px 0 12px; color: var(--soft); font-size: .9rem; } summary { cursor: pointer; }
    summary:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; } details table { color: var(--ink); }
    pre { margin: 6px 0; padding: 10px 12px; background: var(--back); border: 1px solid var(--edge); border-radius:
      6px;
      white-space: pre-wrap; font-size: .85rem; } code { font-size: .88em; }
    footer { color: var(--soft); font-size: .85rem; padding: 4px 2px; }
    @media (max-width: 860px) { .tiles { grid-template-columns: 1fr 1fr; } .cards { grid-template-columns: 1fr; } }
    @media (max-width: 600px) { body { padding: 12px; font-size: 15px; } header, section { padding: 16px; }
      h1 { font-size: 1.3rem; } .tile { padding: 12px 14px; } .tile b { font-size: 1.4rem; } .wide { display: none; }
      .narrow { display: block; } svg text { font-size: 12px; }
      td:has(> .spark), th:empty, .cost :is(th, td):nth-child(4) { display: none; }
      th, td { padding: 6px 4px; } tbody th { min-width: 6.5em; } .cost thead th { white-space: normal; }
      #method table:not(.counts) tbody th { min-width: 14em; } }
    @media print { :root { color-scheme: light; --ink: #000; --soft: #444; --back: #fff; --card: #fff; --edge: #ccc;
      --grid: #e5e5e5; --bad: #b3261e; --bad-soft: #e9a49d; --bad-back: #fff; --good: #17693f; --good-soft: #9ccdb3;
      --good-back: #fff; --unsure: #8a5a00; --volume: #9aa7b5; --p0: #4f9f78; --p1: #f6c8bd; --p2: #ec9a8c;
      --p3: #da6a5d; --p4: #b3261e; --p5: #7d1610; --p6: #2b1a1a; --h0: #7a8ba0; --h2: #b58a3a;
      --inside: #fff; --h3: #4a8a8c; --late: #b3261e; }
      @page { margin: 14mm; } body { max-width: none; padding: 0; font-size: 10.5pt; print-color-adjust: exact;
      -webkit-print-color-adjust: exact; } header, section { border: 0; border-radius: 0; padding: 0; margin: 0 0
      18pt; }
      header { padding-top: 10pt; border-top: 5pt solid var(--soft); } .wide { display: block; }
    .narrow { display: none; }
      .tiles { grid-template-columns: repeat(4, 1fr); } .cards { grid-template-columns: repeat(3, 1fr); }
      .tile b { font-size: 16pt; } figure, article, .tile, tr { break-inside: avoid; }
      h2, h3, caption { break-after: avoid; }
    details { display: none; }
      .lead { break-after: avoid; break-inside: avoid; } section:not(#method) table, .counts { break-inside: avoid; }
      .table { overflow: visible; } #orders td, #orders th { white-space: normal; } }
    """
}
