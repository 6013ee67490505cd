extension Templates {
  static let orders = """
    <h1>Orders</h1>
    <form class="search panel" method="get" action="/orders" role="search">
    <label>Find <input name="text" value="{{text}}" placeholder="number, id, e-mail, ERP record"></label>
    <label>Stage <select name="stage"><option value="">any</option>
    {{#stages}}<option value="{{name}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/stages}}
    </select></label>
    <label>Storefront <select name="storefront"><option value="">any</option>
    {{#storefronts}}<option value="{{name}}"{{#isChosen}} selected{{/isChosen}}>{{name}}</option>{{/storefronts}}
    </select></label>
    <button>Search</button>
    </form>
    {{#notice}}<p class="notice">{{notice}}</p>{{/notice}}
    <div class="panel flush">
    <table class="cards">
    <thead><tr><th>Order</th><th>Stage</th><th class="number">Total</th><th>Customer</th><th>Storefront</th>
    <th>ERP record</th>
    <th>Captured</th></tr></thead>
    <tbody>
    {{#rows}}
    <tr><td data-label="Order"><a href="/orders/{{handoff}}">{{number}}</a></td>
    <td data-label="Stage"><span class="chip {{tone}}">{{stage}}</span>
    {{#hasException}}<span class="chip bad">exception</span>{{/hasException}}</td>
    <td data-label="Total" class="number">{{total}}</td><td data-label="Customer">{{email}}</td>
    <td data-label="Storefront">{{storefront}}</td><td data-label="ERP record">{{record}}</td>
    <td data-label="Captured"><time datetime="{{capturedAt}}">{{ago}}</time></td></tr>
    {{/rows}}
    </tbody>
    </table>
    {{^rows}}<p class="muted none-found">No order fits.</p>{{/rows}}
    </div>
    """

  static let order = """
    <h1>Order {{number}} <span class="chip {{tone}}">{{stage}}</span></h1>
    {{#done}}<p class="notice good">{{done}}</p>{{/done}}
    <section class="panel why">
    <h2>Why it stands there</h2>
    {{#sentences}}<p>{{.}}</p>{{/sentences}}
    </section>
    {{#open}}
    <section class="panel exception">
    <h2>Exception <span class="chip bad">{{kind}}</span>
    <small>{{owner}} · <span data-until="{{untilMs}}">{{left}}</span></small></h2>
    {{{actions}}}
    </section>
    {{/open}}
    <section class="panel">
    <h2>What happened <small>{{span}}</small></h2>
    <div class="scroll">{{{picture}}}</div>
    </section>
    <div class="columns">
    <section class="panel">
    <h2>Facts</h2>
    <dl>
    {{#facts}}<dt>{{name}}</dt><dd>{{value}}</dd>{{/facts}}
    </dl>
    </section>
    <section class="panel">
    <h2>Lines <small>version {{version}}</small></h2>
    <table class="plain">
    <thead><tr><th>SKU</th><th>Article</th><th class="number">Units</th><th class="number">Price</th></tr></thead>
    {{#lines}}<tr><td>{{sku}}</td><td>{{title}}</td><td class="number">{{quantity}}</td>
    <td class="number">{{price}}</td></tr>{{/lines}}
    </table>
    <p class="total">Total {{total}}</p>
    {{#hasVersions}}
    <h3>Versions</h3>
    <table class="plain">
    {{#versions}}<tr><td>{{number}}</td><td>{{total}}</td><td>{{at}}</td><td><code>{{digest}}</code></td></tr>
    {{/versions}}
    </table>
    {{/hasVersions}}
    </section>
    </div>
    <div class="columns">
    <section class="panel">
    <h2>What is due</h2>
    {{#tasks}}<p class="row">{{what}} <span class="chip quiet">{{lane}}</span> <span class="muted">{{when}}</span></p>
    {{/tasks}}
    {{^tasks}}<p class="muted">Nothing.</p>{{/tasks}}
    </section>
    <section class="panel">
    <h2>Messages</h2>
    {{#messages}}<p class="row">{{kind}} to {{recipient}}<br>
    <span class="muted">decided {{decided}} · {{attempts}} · {{accepted}}</span></p>
    {{#content}}<pre>{{content}}</pre>{{/content}}
    {{/messages}}
    {{^messages}}<p class="muted">The customer has been told nothing.</p>{{/messages}}
    </section>
    </div>
    <details class="panel">
    <summary>Journal, {{entries}} entries</summary>
    <div class="scroll"><table class="plain journal">
    <thead><tr><th>#</th><th>At</th><th>Event</th><th>By</th><th>Stage</th><th>Detail</th><th>Hash</th></tr></thead>
    {{#journal}}<tr><td>{{sequence}}</td><td>{{at}}</td><td>{{event}}</td><td>{{actor}}</td><td>{{stage}}</td>
    <td class="wrap">{{detail}}</td><td><code>{{hash}}</code></td></tr>{{/journal}}
    </table></div>
    </details>
    <details class="panel">
    <summary>Deliveries, {{deliveryCount}}</summary>
    <table class="plain">
    {{#deliveries}}<tr><td>{{at}}</td><td>{{topic}}</td><td>{{disposition}}</td><td><code>{{id}}</code></td></tr>
    {{/deliveries}}
    </table>
    </details>
    <p class="muted">{{#isMasked}}Addresses are masked and messages left out.
    <a href="/orders/{{handoff}}?content=1">Show them</a>{{/isMasked}}
    {{^isMasked}}<a href="/orders/{{handoff}}">Mask addresses again</a>{{/isMasked}}</p>
    """

  static let exceptions = """
    <h1>Exceptions</h1>
    {{#done}}<p class="notice good">{{done}}</p>{{/done}}
    <p class="filters"><a href="/exceptions"{{^owner}} aria-current="page"{{/owner}}>all owners</a>
    {{#owners}}<a href="/exceptions?owner={{query}}"{{#isChosen}} aria-current="page"{{/isChosen}}>{{name}}
    <b>{{count}}</b></a>{{/owners}}</p>
    {{#cut}}<p class="muted">{{cut}}</p>{{/cut}}
    {{#list}}
    <section class="panel exception">
    <h2><a href="/orders/{{handoff}}">{{number}}</a> <span class="chip bad">{{kind}}</span>
    <span class="chip {{tone}}">stage {{stage}}</span>
    <small>{{owner}} · <span data-until="{{untilMs}}"{{#isLate}} class="late"{{/isLate}}>{{left}}</span></small></h2>
    <p class="reason">{{reason}}</p>
    <p class="muted">{{storefront}} · opened {{since}}{{#escalated}} · {{escalated}}{{/escalated}}</p>
    {{{actions}}}
    </section>
    {{/list}}
    {{#next}}<p class="filters">
    <a href="/exceptions?after={{next}}{{#owner}}&amp;owner={{ownerQuery}}{{/owner}}">Those that come next</a>
    </p>{{/next}}
    {{^list}}<p class="panel muted">
    Nothing{{#isFurther}} further{{/isFurther}} waits for {{#owner}}this owner{{/owner}}{{^owner}}a person{{/owner}}.
    </p>
    {{/list}}
    """

  static let actions = """
    <form method="post" action="/exceptions/{{id}}/decide" class="actions">
    <input type="hidden" name="csrf" value="{{formToken}}"><input type="hidden" name="revision" value="{{revision}}">
    <input type="hidden" name="back" value="{{back}}">
    <label>Your name <input name="by" required maxlength="100" autocomplete="name"></label>
    {{#mayAdopt}}<label>ERP record <input name="recordId" maxlength="128" placeholder="for adopt"></label>{{/mayAdopt}}
    <span class="buttons">
    {{#buttons}}<button name="decision" value="{{name}}" class="{{look}}" title="{{hint}}"
    {{#ask}} data-ask="{{ask}}"{{/ask}}>{{label}}</button>
    {{/buttons}}
    </span>
    </form>
    <details class="assign"><summary>What each decision does</summary>
    <dl>{{#buttons}}<dt>{{label}}</dt><dd>{{hint}}</dd>{{/buttons}}</dl></details>
    <details class="assign"><summary>Give it to somebody else</summary>
    <form method="post" action="/exceptions/{{id}}/assign" class="actions">
    <input type="hidden" name="csrf" value="{{formToken}}"><input type="hidden" name="back" value="{{back}}">
    <label>Your name <input name="by" required maxlength="100" autocomplete="name"></label>
    <label>New owner <input name="owner" required maxlength="200" placeholder="{{owner}}"></label>
    <span class="buttons"><button class="quiet">Assign</button></span>
    </form></details>
    """
}
