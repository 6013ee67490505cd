extension Templates {
  static let layout = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{title}} · {{consoleTitle}}</title>
    <link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
    <link rel="stylesheet" href="{{style}}">
    <script src="{{script}}" defer></script>
    </head>
    <body>
    <a class="skip" href="#main">To the content</a>
    <header class="top">
    <a class="brand" href="/"><img src="/assets/mark.svg" alt="" width="26" height="26">{{consoleTitle}}</a>
    {{#hasNavigation}}
    <nav>
    {{#links}}
    <a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{name}}</a>
    {{/links}}
    </nav>
    <span class="pulse" id="pulse" title="Live updates"></span>
    {{/hasNavigation}}
    {{#mayLogOut}}
    <form method="post" action="/logout" class="logout">
    <input type="hidden" name="csrf" value="{{formToken}}"><button class="quiet">Log out</button>
    </form>
    {{/mayLogOut}}
    </header>
    <main id="main">
    {{{content}}}
    </main>
    </body>
    </html>
    """

  static let login = """
    <section class="panel narrow">
    <h1>Log in</h1>
    {{#isWrong}}<p class="notice bad">That is not the token.</p>{{/isWrong}}
    <form method="post" action="/login" class="stack">
    <input type="hidden" name="then" value="{{then}}">
    <label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label>
    <button>Log in</button>
    </form>
    <p class="muted">The token is the one in the configuration under <code>http</code>.</p>
    </section>
    """

  static let problem = """
    <section class="panel narrow">
    <h1>{{title}}</h1>
    <p>{{detail}}</p>
    <p class="muted">{{advice}}</p>
    <p><a class="button" href="/">To the overview</a></p>
    </section>
    """

  static let overview = """
    <h1>Overview</h1>
    <section class="tiles">
    <a class="tile{{#hasExceptions}} alarm{{/hasExceptions}}" href="/exceptions">
    <span>open exceptions</span><strong data-figure="exceptions">{{exceptions}}</strong></a>
    <div class="tile"><span>in progress</span><strong data-figure="open">{{open}}</strong></div>
    <div class="tile"><span>confirmed</span><strong data-figure="confirmed">{{confirmed}}</strong></div>
    <div class="tile"><span>captured → confirmed, median</span><strong data-figure="p50">{{p50}}</strong></div>
    <div class="tile"><span>… 99 of 100 within</span><strong data-figure="p99">{{p99}}</strong></div>
    <div class="tile"><span>captured per minute</span><strong data-figure="rate">{{rate}}</strong></div>
    </section>

    <section class="panel">
    <h2>Pipeline</h2>
    <ol class="pipeline">
    {{#path}}
    <li><a href="/orders?stage={{name}}" class="step {{tone}}"><strong data-stage="{{name}}">{{count}}</strong>
    <span>{{text}}</span></a></li>
    {{/path}}
    </ol>
    <ul class="chips">
    {{#aside}}
    <li><a href="/orders?stage={{name}}" class="chip {{tone}}{{#isNone}} none{{/isNone}}">{{text}}
    <b data-stage="{{name}}">{{count}}</b></a></li>
    {{/aside}}
    </ul>
    </section>

    <div class="columns">
    <section class="panel">
    <h2>Throughput <small>orders per minute, last ten minutes</small></h2>
    {{{chart}}}
    </section>
    <section class="panel">
    <h2>Lanes <small>under way of allowed</small></h2>
    <table class="plain">
    {{#lanes}}
    <tr><th scope="row">{{name}}</th><td><meter min="0" max="{{limit}}" value="{{inUse}}">{{inUse}}</meter></td>
    <td class="number">{{inUse}} / {{limit}}</td></tr>
    {{/lanes}}
    </table>
    {{^lanes}}<p class="muted">No lane is configured.</p>{{/lanes}}
    </section>
    </div>

    <div class="columns">
    <section class="panel">
    <h2>Exceptions <small>the ten nearest to their deadline</small></h2>
    {{#top}}
    <p class="row"><a href="/orders/{{handoff}}">{{number}}</a> <span class="chip bad">{{kind}}</span>
    <span class="muted">{{owner}} · {{#isLate}}overdue{{/isLate}}{{^isLate}}{{left}}{{/isLate}}</span><br>
    <span class="reason">{{reason}}</span></p>
    {{/top}}
    {{^top}}<p class="muted">Nobody is waited for.</p>{{/top}}
    </section>
    <section class="panel">
    <h2>Live</h2>
    <ol class="tail" id="tail" aria-live="off"></ol>
    <p class="muted" id="tail-empty">The next transition appears here.</p>
    </section>
    </div>
    """
}
