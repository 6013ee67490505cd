extension Templates {
  static let unreadable = """
    <h1>Unreadable deliveries</h1>
    {{#done}}<p class="notice good">{{done}}</p>{{/done}}
    <p class="muted">Authentic, and not to be understood. Each has an owner; none is dropped. Mend the cause (a setting,
    the storefront's data, a newer version of this program), then replay it.</p>
    <p class="filters"><a href="/unreadable"{{^isAll}} aria-current="page"{{/isAll}}>open</a>
    <a href="/unreadable?all=1"{{#isAll}} aria-current="page"{{/isAll}}>closed ones too</a></p>
    {{#list}}
    <section class="panel exception">
    <h2><a href="/unreadable/{{id}}">{{storefront}} {{id}}</a> <span class="chip unsure">{{topic}}</span>
    {{#isLate}}<span class="chip bad">overdue</span>{{/isLate}}
    {{#isOpen}}<small>{{owner}} · <span data-until="{{untilMs}}"{{#isLate}} class="late"{{/isLate}}>{{left}}</span>
    </small>{{/isOpen}}</h2>
    <p class="reason">{{reason}}</p>
    <p class="muted">arrived {{since}} · {{bytes}} bytes{{#resolution}} · {{resolution}}{{/resolution}}</p>
    {{#isOpen}}{{> unreadableActions}}{{/isOpen}}
    </section>
    {{/list}}
    {{^list}}<p class="panel muted">Everything was understood, or is closed.</p>{{/list}}
    """

  static let unreadableDelivery = """
    <h1>Unreadable delivery {{id}} <span class="chip unsure">{{topic}}</span>
    {{#isLate}}<span class="chip bad">overdue</span>{{/isLate}}</h1>
    {{#said}}<p class="notice">{{said}}</p>{{/said}}
    <section class="panel exception">
    <h2>{{storefront}}
    <small>{{owner}}{{#isOpen}} · <span data-until="{{untilMs}}">{{left}}</span>{{/isOpen}}</small></h2>
    <p class="reason">{{reason}}</p>
    <p class="muted">arrived {{at}} · {{bytes}} bytes{{#resolution}} · {{resolution}}{{/resolution}}</p>
    {{#isOpen}}{{> unreadableActions}}{{/isOpen}}
    </section>
    {{#headers}}<section class="panel"><h2>Headers</h2><pre>{{headers}}</pre></section>{{/headers}}
    {{#body}}<section class="panel"><h2>Body{{#isCut}} <small>its first 65536 bytes</small>{{/isCut}}</h2>
    <pre>{{body}}</pre></section>{{/body}}
    """

  static let unreadableActions = """
    <form method="post" action="/unreadable/{{id}}/replay" class="actions">
    <input type="hidden" name="csrf" value="{{formToken}}">
    <label>Your name <input name="by" required maxlength="100" autocomplete="name"></label>
    <span class="buttons"><button title="Read it again, after its cause was mended.">Replay</button></span>
    </form>
    <details class="assign"><summary>Close it without reading</summary>
    <form method="post" action="/unreadable/{{id}}/close" class="actions">
    <input type="hidden" name="csrf" value="{{formToken}}">
    <label>Your name <input name="by" required maxlength="100" autocomplete="name"></label>
    <label>Reason <input name="reason" required maxlength="200" placeholder="what was done about it"></label>
    <span class="buttons"><button class="danger" data-ask="Nothing more happens with this delivery.">Close</button>
    </span>
    </form></details>
    """
}
